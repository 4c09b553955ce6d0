"""Call only servers on the public internet, whatever a name resolves to.

A name is resolved once, all of its addresses must be public, and the connection goes to one of them. So a name that
resolves differently the second time gains nothing. The certificate is still checked against the name.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from router.channels.outgoing import AddressRefused

_NAT64 = 96  # bits before the IPv4 address in RFC 6052's well-known prefix
_NAT64_PREFIX = int(IPv6Address("64:ff9b::")) >> (128 - _NAT64)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is reachable on the public internet and belongs to one machine."""
    if isinstance(address, IPv6Address):
        if (inner := address.ipv4_mapped or address.sixtofour) is not None:
            return is_public(inner)
        if int(address) >> (128 - _NAT64) == _NAT64_PREFIX:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class PublicOnly(httpx.AsyncBaseTransport):
    """Sends requests through another transport, to public addresses only."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first address that lets us connect.

        Raises:
            AddressRefused: an address of the host is not public.
            httpx.ConnectError: the host has no address, or none can be reached.
        """
        host = request.url.host
        addresses = await _resolve(host, request.url.port or 443, request)
        if not all(map(is_public, addresses)):
            raise AddressRefused("its address is not public; SWITCHYARD_APP_WEBHOOK_PRIVATE=true allows that")
        for address in addresses[:-1]:
            try:
                return await self._inner.handle_async_request(_to(request, address, host))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_to(request, addresses[-1], host))

    async def aclose(self) -> None:
        """Close the other transport."""
        await self._inner.aclose()


async def _resolve(host: str, port: int, request: httpx.Request) -> list[IPv4Address | IPv6Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError("the name has no address", request=request) from error
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def _to(request: httpx.Request, address: IPv4Address | IPv6Address, host: str) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,  # they name the original host
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
