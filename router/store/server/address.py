"""Read SWITCHYARD_REDIS_URL: which servers, reached how.

    redis://[[user:]password@]host[:port][/db]      rediss:// the same over TLS
    unix://[[user:]password@]/path/to/socket[?db=0]
    redis+sentinel://[[user:]password@]host:port,host:port/service[/db]      rediss+sentinel://
    redis+cluster://[[user:]password@]host:port,host:port                    rediss+cluster://

The login is for the data servers; Sentinels with a login of their own get it from `?sentinel_username=` and
`?sentinel_password=`. TLS takes `?ssl_ca_certs=`, `ssl_certfile=`, `ssl_keyfile=` and `ssl_cert_reqs=`.

No message here repeats any part of the URL: where a character of the password is not percent-encoded, the split falls
inside the password, and what looks like a host or a port is a piece of it.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from router.core.errors import InvalidField

FIELD = "SWITCHYARD_REDIS_URL"
DATA_PORT = 6379
SENTINEL_PORT = 26379
TLS_OPTIONS = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs"})
SENTINEL_OPTIONS = frozenset({"sentinel_username", "sentinel_password"})


class Topology(Enum):
    """How the servers work together."""

    SINGLE = "single"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoreAddress:
    """Everything in the URL; it has no repr because it holds the password.

    Attributes:
        hosts: (host, port) of the server, of the Sentinels, or of some cluster nodes; empty for a unix socket.
        socket: path of the unix socket, or None.
        service: the name the Sentinels know the data servers by, or None.
    """

    topology: Topology
    tls: bool
    hosts: tuple[tuple[str, int], ...]
    socket: str | None
    service: str | None
    database: int
    username: str | None
    password: str | None
    options: dict[str, str]


_URL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_SCHEMES = {
    "redis": (Topology.SINGLE, False),
    "rediss": (Topology.SINGLE, True),
    "unix": (Topology.SINGLE, False),
    "redis+sentinel": (Topology.SENTINEL, False),
    "rediss+sentinel": (Topology.SENTINEL, True),
    "redis+cluster": (Topology.CLUSTER, False),
    "rediss+cluster": (Topology.CLUSTER, True),
}


def read_address(url: str) -> StoreAddress:
    """Split the URL into its parts.

    Raises:
        InvalidField: the URL has another form; the message names the form to use.
    """
    parts = _split(url.strip())
    if parts.scheme not in _SCHEMES:
        _refuse(f"begin with one of {', '.join(f'{scheme}://' for scheme in _SCHEMES)}")
    if parts.fragment:
        _refuse("'#' ends a URL; write it as %23 in a password")
    topology, tls = _SCHEMES[parts.scheme]
    username, password, places = _split_login(parts.netloc)
    options = _read_options(parts, topology, tls=tls)
    socket = service = None
    hosts: tuple[tuple[str, int], ...] = ()

    if parts.scheme == "unix":
        if places or len(parts.path) <= 1:
            _refuse("write the whole path of the socket after three slashes, unix:///run/valkey/valkey.sock")
        socket, database = unquote(parts.path), options.pop("db", "0")
    elif topology is Topology.SENTINEL:
        hosts = _read_hosts(places, SENTINEL_PORT)
        service, _, database = unquote(parts.path).strip("/").partition("/")
        if not service:
            _refuse("name the service after the Sentinels, redis+sentinel://host:26379,host:26379/service")
    elif topology is Topology.CLUSTER:
        hosts, database = _read_hosts(places, DATA_PORT), unquote(parts.path).strip("/")
        if database not in {"", "0"}:
            _refuse("a cluster is reached by its database 0; leave out the path")
    else:
        hosts, database = _read_hosts(places or "localhost", DATA_PORT), unquote(parts.path).strip("/")
        if len(hosts) > 1:
            _refuse("several hosts need redis+sentinel:// or redis+cluster://")

    return StoreAddress(
        topology=topology,
        tls=tls,
        hosts=hosts,
        socket=socket,
        service=service,
        database=_read_database(database or "0"),
        username=username,
        password=password,
        options=options,
    )


def _split(url: str) -> SplitResult:
    """Split as RFC 3986, appendix B, does. Some releases of urlsplit refuse the several hosts that may be here."""
    found = _URL.fullmatch(url)
    scheme, netloc, path, query, fragment = found.groups(default="") if found else ("", "", "", "", "")
    return SplitResult(scheme.lower(), netloc, path, query, fragment)


def _refuse(fix: str) -> NoReturn:
    raise InvalidField(FIELD, fix) from None


def _split_login(netloc: str) -> tuple[str | None, str | None, str]:
    login, at, places = netloc.rpartition("@")
    if not at:
        return None, None, places
    username, colon, password = login.partition(":")
    if not colon:
        _refuse("a login is written user:password@, or :password@ without a user")
    return unquote(username) or None, unquote(password) or None, places


def _read_hosts(places: str, default_port: int) -> tuple[tuple[str, int], ...]:
    hosts = []
    for place in places.split(","):
        if place.count("[") != place.count("]"):
            _refuse("an IPv6 address is written in brackets, redis://[::1]:6379/0")
        try:
            one = urlsplit(f"//{place}")
            host, port = one.hostname, one.port or default_port
        except ValueError:
            _refuse("a port is a number up to 65535; write '/', '?' and '@' as %2F, %3F and %40 in a password")
        if not host:
            _refuse("write host:port, and several with commas between them")
        hosts.append((host, port))
    return tuple(hosts)


def _read_database(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        _refuse("the database after the last slash is a number, 0 in most places")
    return int(text)


def _read_options(parts: SplitResult, topology: Topology, *, tls: bool) -> dict[str, str]:
    known = (TLS_OPTIONS if tls else frozenset()) | (SENTINEL_OPTIONS if topology is Topology.SENTINEL else frozenset())
    if parts.scheme == "unix":
        known = frozenset({"db"})
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if options.keys() - known:
        _refuse(f"after '?' this form takes {', '.join(sorted(known)) or 'nothing'}; write '?' as %3F in a password")
    if options.get("ssl_cert_reqs", "required") not in {"none", "optional", "required"}:
        _refuse("ssl_cert_reqs is none, optional or required")
    return options
