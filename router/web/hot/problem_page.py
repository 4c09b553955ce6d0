"""What people see when something went wrong: a page in their own words, with the brand where it is known, and a way on.

It needs no store: brands come from the pools that this process has seen. Where the store is away, the page tries again
by itself, and its button repeats the very request, so a form that was posted keeps its fields.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

from router.core.language import Language
from router.core.links.token import PAGE, Tokens
from router.services.pools.pool_cache import PoolCache
from router.web.hot.posted_form import MAX_FORM_BYTES
from router.web.raw_response import Header, RawResponse, Scope
from router.web.rendering.pool_pages import PageShelf, PoolPages, content_language, page
from router.web.rendering.visitor import Headers, visitor_of

_REFRESH_S = 5
_KINDS = {404: "lost", 405: "lost", 421: "unknown_host", 500: "broken", 502: "broken", 503: "away"}
# Only the operator of a new server sees this, so it names the settings and is in English.
_UNKNOWN_HOST = (
    "This server does not answer for that name. If the server is yours, set SWITCHYARD_BASE_URL or "
    "SWITCHYARD_ALLOWED_HOSTS."
)
_OUR_OWN_SITE = {b"same-origin", b"none"}
_FORM_TYPE = b"application/x-www-form-urlencoded"
_MAX_FIELDS = 32


@dataclass(frozen=True, slots=True)
class Again:
    """How to repeat a request: open its address, or post its form."""

    url: str
    is_form: bool = False
    fields: Sequence[tuple[str, str]] = ()


class ProblemPages:
    """Makes the page for any problem."""

    def __init__(self, pool_cache: PoolCache, shelf: PageShelf, tokens: Tokens) -> None:
        self._pool_cache = pool_cache
        self._shelf = shelf
        self._tokens = tokens

    def show(self, status: int, scope: Scope, headers: Headers, form: bytes, kept: Sequence[Header]) -> RawResponse:
        """Return the page.

        Args:
            status: of the problem.
            scope: the request.
            headers: of the request.
            form: its body, if it posted one.
            kept: headers of the problem that the page has too.
        """
        kind = _KINDS.get(status, "other")
        pages = None if kind == "unknown_host" else self._pages_of(scope["path"])
        if pages is None:
            language, brand = visitor_of(headers).language or Language.EN, {"pool": None}
        else:
            pages = pages.for_visitor(visitor_of(headers))
            language, brand = pages.language, pages.brand
        context: dict[str, Any] = brand | {
            "kind": kind,
            "start_url": "" if pages is None else pages.join_path,
            "again": _repeat(scope, headers, form),
            "refresh_s": _REFRESH_S,
            "for_operators": _UNKNOWN_HOST,
        }
        body = self._shelf.templates.of(language).get_template("problem.html").render(context).encode()
        return page(status, body, *kept, *content_language(language))

    def _pages_of(self, path: str) -> PoolPages | None:
        """Return the pages of the pool whose address this is, else those of the only pool; None if we cannot know."""
        place, _, name = path.lstrip("/").partition("/")
        name = name.partition("/")[0]
        if place == "t":
            claim = self._tokens.read(PAGE, name)
            pool: str = "" if claim is None else claim.pool
        else:
            pool = (name if place == "j" else place).casefold()
        view = self._pool_cache.cached(pool)
        if view is None:
            known = self._pool_cache.all()
            view = known[0] if len(known) == 1 else None
        return None if view is None else self._shelf.of(view)


def _repeat(scope: Scope, headers: Headers, form: bytes) -> Again:
    url = quote("/" + scope["path"].lstrip("/"))
    if query := scope.get("query_string", b"").decode("latin-1"):
        url += "?" + query
    # A form of another site was refused, or would have been: its fields must not become ours.
    is_ours = headers.get(b"sec-fetch-site", b"same-origin") in _OUR_OWN_SITE
    if scope["method"] != "POST" or not is_ours:
        return Again(url)
    is_readable = headers.get(b"content-type", b"").startswith(_FORM_TYPE) and len(form) <= MAX_FORM_BYTES
    fields = parse_qsl(form.decode("latin-1"), keep_blank_values=True)[:_MAX_FIELDS] if is_readable else []
    return Again(url, is_form=True, fields=fields)
