"""Which addresses are public, so that the customer's app may be there."""

from ipaddress import ip_address

import httpx
import pytest

from router.channels.outgoing import AddressRefused
from router.channels.public_addresses import PublicOnly, is_public


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_what_is_not_of_the_public_internet_is_not_called(address: str) -> None:
    """Loopback, private, shared, link-local, documentation and multicast addresses, and each of them inside another."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_what_anybody_can_reach_is_called(address: str) -> None:
    """The neighbours of private ranges are called as well."""
    assert is_public(ip_address(address))


def test_an_address_inside_another_counts_as_itself() -> None:
    """A public address is public in any notation."""
    assert is_public(ip_address("::ffff:1.1.1.1"))
    assert is_public(ip_address("64:ff9b::101:101"))


class Recorder(httpx.AsyncBaseTransport):
    """The network, as far as these tests need it: it stores the requests that it should send."""

    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Store a request, and answer it."""
        self.sent.append(request)
        return httpx.Response(204, request=request)


async def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    """The call uses the name from the URL, which the certificate is checked against."""
    recorder = Recorder()
    async with httpx.AsyncClient(transport=PublicOnly(recorder)) as client:
        assert (await client.post("https://1.1.1.1:8443/hook", content=b"{}")).status_code == 204
    (sent,) = recorder.sent
    assert (str(sent.url), sent.headers["host"]) == ("https://1.1.1.1:8443/hook", "1.1.1.1:8443")
    assert sent.extensions["sni_hostname"] == "1.1.1.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "[::ffff:10.0.0.1]"])
async def test_a_private_host_is_refused_however_it_is_written(host: str) -> None:
    """A name, a number or hexadecimal: the address that it leads to decides."""
    recorder = Recorder()
    async with httpx.AsyncClient(transport=PublicOnly(recorder)) as client:
        with pytest.raises(AddressRefused):
            await client.post(f"http://{host}/hook")
    assert recorder.sent == []


async def test_a_name_without_an_address_is_no_connection() -> None:
    """It is a connection failure, because the name may have an address later."""
    async with httpx.AsyncClient(transport=PublicOnly(Recorder())) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post("https://nowhere.invalid/hook")
