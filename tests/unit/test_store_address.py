"""SWITCHYARD_REDIS_URL is read as documented, and a faulty one never shows its password."""

import pytest

from router.core.errors import InvalidField
from router.store.server.address import Topology, read_address


@pytest.mark.parametrize(
    ("url", "topology", "tls", "hosts", "database"),
    [
        ("redis://cache", Topology.SINGLE, False, (("cache", 6379),), 0),
        ("redis:///3", Topology.SINGLE, False, (("localhost", 6379),), 3),
        ("rediss://cache:6380/1", Topology.SINGLE, True, (("cache", 6380),), 1),
        ("redis://[::1]:7000/2", Topology.SINGLE, False, (("::1", 7000),), 2),
        ("redis+sentinel://a,b:7/lines", Topology.SENTINEL, False, (("a", 26379), ("b", 7)), 0),
        ("rediss+sentinel://a/lines/4", Topology.SENTINEL, True, (("a", 26379),), 4),
        ("redis+cluster://a:7000,[::1]:7001", Topology.CLUSTER, False, (("a", 7000), ("::1", 7001)), 0),
        ("rediss+cluster://a/0", Topology.CLUSTER, True, (("a", 6379),), 0),
    ],
)
def test_each_form_names_its_servers(
    url: str, topology: Topology, tls: bool, hosts: tuple[tuple[str, int], ...], database: int
) -> None:
    """Scheme, hosts, default ports and the database are read from the URL."""
    address = read_address(url)
    assert (address.topology, address.tls, address.hosts, address.database) == (topology, tls, hosts, database)


def test_a_socket_is_a_path() -> None:
    """A unix URL holds the percent-decoded path and the database as an option."""
    address = read_address("unix://:secret@/run/a%20b/store.sock?db=2")
    assert (address.socket, address.database, address.password) == ("/run/a b/store.sock", 2, "secret")


def test_a_login_is_percent_decoded() -> None:
    """User and password may hold any character, percent-encoded; '@' may be written as it is."""
    address = read_address("redis+sentinel://us%3Aer:p%2F@ss@a/lines?sentinel_password=other")
    assert (address.username, address.password) == ("us:er", "p/@ss")
    assert (address.service, address.options) == ("lines", {"sentinel_password": "other"})


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("", "begin with one of redis://"),
        ("s3cret", "begin with one of redis://"),
        ("s3cret://host", "begin with one of redis://"),
        ("redis://:s3cret/x@host:6379/0", "%2F"),
        ("redis://:pa?s3cret@host", "user:password@|%3F"),
        ("redis://:pa#s3cret@host", "%23"),
        ("redis://s3cret@host", "user:password@"),
        ("redis://:s3cret@host:70000", "up to 65535"),
        ("redis://:s3cret@host/s3cret", "number"),
        ("redis://:s3cret@a,b", "redis\\+sentinel:// or redis\\+cluster://"),
        ("redis://:s3cret@[::1", "in brackets"),
        ("redis://:s3cret@host?s3cret=1", "takes nothing"),
        ("rediss://:s3cret@host?ssl_cert_reqs=s3cret", "none, optional or required"),
        ("unix://s3cret", "three slashes"),
        ("unix:///", "three slashes"),
        ("redis+sentinel://:s3cret@a:26379", "name the service"),
        ("redis+sentinel:///lines", "host:port"),
        ("redis+cluster://:s3cret@a,,b", "host:port"),
        ("redis+cluster://:s3cret@a/5", "database 0"),
    ],
)
def test_a_faulty_url_is_refused_without_its_password(url: str, fix: str) -> None:
    """The message names the variable and the fix, and repeats no part of the URL."""
    with pytest.raises(InvalidField, match=fix) as refused:
        read_address(url)
    assert refused.value.field == "SWITCHYARD_REDIS_URL"
    assert "s3cret" not in str(refused.value)


def test_an_address_does_not_print_its_password() -> None:
    """A log line that holds an address by mistake holds no secret."""
    assert "s3cret" not in repr(read_address("redis://:s3cret@host"))
