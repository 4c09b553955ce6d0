"""Check the Host header: a foreign one would bring another name into our links and caches."""

from typing import ClassVar

from router.core.errors import SwitchyardError


class ForeignHost(SwitchyardError):
    """A request that names a host that is not ours."""

    code: ClassVar[str] = "foreign_host"


class AllowedHosts:
    """Exact host names, any port, no wildcards.

    Args:
        names: host names without ports, as in a URL: `go.example.com`, `127.0.0.1`, `[::1]`.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._seen: set[bytes | None] = set()

    def check(self, host: bytes | None) -> None:
        """Accept a request whose Host is ours.

        Raises:
            ForeignHost: there is no Host, or it is not ours.
        """
        if host in self._seen or (host is not None and self._is_ours(host)):
            return
        raise ForeignHost(
            "This server does not answer for that name; see SWITCHYARD_BASE_URL and SWITCHYARD_ALLOWED_HOSTS."
        )

    def _is_ours(self, host: bytes) -> bool:
        name, separator, port = host.decode("latin-1").lower().rpartition(":")
        if not separator or port.endswith("]"):
            name = host.decode("latin-1").lower()
        elif not port.isdigit():
            return False
        if name not in self._names:
            return False
        if len(self._seen) < 64:  # noqa: PLR2004 - a port more or less: enough for every honest client
            self._seen.add(host)
        return True
