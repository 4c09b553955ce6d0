"""Lead on whoever asks for an address that is almost right: `/j/Main`, `/main`, `/t/TOKEN.`.

It redirects and does not answer in place, because a browser sends its cookie to the pool's own path only. It never
redirects for good: what is wrong today may be an address tomorrow.
"""

from urllib.parse import quote

from router.core.links.addresses import Address, read_address
from router.core.links.token import PAGE, Tokens
from router.services.pools.pool_cache import PoolCache
from router.web.raw_response import RawResponse, Scope, redirect

_SAME_METHOD = 307


class Signposts:
    """Knows which pools and which people there are."""

    def __init__(self, pool_cache: PoolCache, tokens: Tokens) -> None:
        self._pool_cache = pool_cache
        self._tokens = tokens

    def lead_on(self, scope: Scope) -> RawResponse | None:
        """Return a redirect to the address that was meant, with the query; None if there is none."""
        path: str = scope["path"]
        address = read_address(path)
        start = None if address is None else self._start_of(address)
        if address is None or start is None:
            return None
        meant = f"{start}/{address.rest}" if address.rest else start
        if meant == path:
            return None
        query: bytes = scope.get("query_string", b"")
        return redirect(_SAME_METHOD, quote(meant).encode() + (b"?" + query if query else b""))

    def _start_of(self, address: Address) -> str | None:
        for name in address.names:
            if self._pool_cache.cached(name) if address.place == "j" else self._tokens.read(PAGE, name):
                return f"/{address.place}/{name}"
        return None
