"""The signup link: GET shows a page, POST assigns, and in a redirect pool a person's own navigation assigns at once.

GET, HEAD, previews, prefetchers and bots never take anyone's place. `SameSite` and `Sec-Fetch-Site` keep other sites
from pressing the button, and the nonce shows that our page was open.
"""

from urllib.parse import parse_qs

from msgspec import json

from router.core.assignment import Assignment
from router.core.client import Client
from router.core.code import Code
from router.core.errors import NotFound
from router.core.nonce import RANDOM_BYTES, Nonces
from router.core.token import COOKIE, PAGE, Tokens
from router.services.clock import StoreClock
from router.services.directory import Directory
from router.services.randomness import Randomness
from router.services.signups import Signups
from router.web.answer import PRIVATE, Answer, MethodNotAllowed, Receive, Scope, read_body, redirect
from router.web.pool_pages import PageShelf, PoolPages, page
from router.web.visitor import Headers, visitor_of

RETRY_MINUTES = 5
RETRY_AFTER = (b"retry-after", b"%d" % (RETRY_MINUTES * 60))
_FORM_LIMIT_BYTES = 4096
_JSON = (b"content-type", b"application/json")


class Join:
    """Everything under /j/{pool}."""

    def __init__(
        self,
        *,
        signups: Signups,
        directory: Directory,
        shelf: PageShelf,
        tokens: Tokens,
        nonces: Nonces,
        clock: StoreClock,
        random_bytes: Randomness,
    ) -> None:
        self._signups = signups
        self._directory = directory
        self._shelf = shelf
        self._tokens = tokens
        self._nonces = nonces
        self._clock = clock
        self._random_bytes = random_bytes

    async def answer(self, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        """Answer one request whose path starts with /j/."""
        name, _, rest = scope["path"][3:].partition("/")
        view = self._directory.find(name) or await self._directory.seek(name)
        pages = self._shelf.of(view)
        method: str = scope["method"]
        if rest:
            return self._dressing(pages, rest, method)
        if method == "POST":
            return await self._press(pages, headers, receive)
        if method not in {"GET", "HEAD"}:
            raise MethodNotAllowed("GET, HEAD, POST")
        visitor = visitor_of(headers)
        if visitor.is_person and method == "GET" and pages.redirects:
            return await self._open_messages(pages, visitor.client, headers)
        return self._landing(pages, visitor.client)

    def _landing(self, pages: PoolPages, client: Client) -> Answer:
        now_s = self._clock.now_ms() // 1000
        nonce = self._nonces.make(pages.view.pool.id, now_s=now_s, random=self._random_bytes(RANDOM_BYTES))
        return page(200, pages.landing(client).filled(nonce))

    async def _open_messages(self, pages: PoolPages, client: Client, headers: Headers) -> Answer:
        known = self._known(pages, headers)
        assignment = (await self._signups.visit(pages.view, known=known, nonce=None)).assignment
        if assignment is None or (slot := assignment.slot) is None:
            return self._waitlist(pages)
        if slot not in pages.view.lines:
            pages = await self._pages_knowing(pages, assignment)
        code = assignment.code
        link = pages.links.deeplink(slot, client.platform, code)
        if code == known:
            return redirect(302, link)
        return redirect(302, link, self._cookie(pages, code))

    async def _press(self, pages: PoolPages, headers: Headers, receive: Receive) -> Answer:
        form = parse_qs((await read_body(receive, limit_bytes=_FORM_LIMIT_BYTES)).decode("latin-1"))
        nonce = form.get("nonce", [""])[0].encode()
        pool = pages.view.pool.id
        is_ours = headers.get(b"sec-fetch-site", b"same-origin") in {b"same-origin", b"none"}
        if not is_ours or not self._nonces.is_good(pool, nonce, now_s=self._clock.now_ms() // 1000):
            # An old or foreign form: show the page afresh, its button works.
            return redirect(303, pages.join_path.encode())
        signup = await self._signups.visit(pages.view, known=self._known(pages, headers), nonce=nonce)
        wants_json = b"application/json" in headers.get(b"accept", b"")
        assignment = signup.assignment
        if assignment is None or (slot := assignment.slot) is None:
            # The script falls back to the plain form when it gets no page_url, and so shows the page.
            return self._waitlist(pages)
        pages = await self._pages_knowing(pages, assignment)
        code = assignment.code
        path = f"/t/{self._tokens.mint(PAGE, pool, code)}"
        cookie = self._cookie(pages, code)
        if not wants_json:
            return redirect(303, path.encode(), cookie)
        client = visitor_of(headers).client
        link = pages.links.deeplink(slot, client.platform, code).decode()
        return Answer(200, json.encode({"page_url": path, "deeplink": link}), (cookie, _JSON, *PRIVATE))

    def _waitlist(self, pages: PoolPages) -> Answer:
        return page(202, pages.waitlist(RETRY_MINUTES), RETRY_AFTER)

    async def _pages_knowing(self, pages: PoolPages, assignment: Assignment) -> PoolPages:
        if assignment.slot in pages.view.lines:
            return pages
        return self._shelf.of(await self._signups.view_of(pages.view, assignment))

    def _known(self, pages: PoolPages, headers: Headers) -> Code | None:
        token = pages.read_cookie(headers.get(b"cookie"))
        claim = None if token is None else self._tokens.read(COOKIE, token)
        return claim.code if claim is not None and claim.pool == pages.view.pool.id else None

    def _cookie(self, pages: PoolPages, code: Code) -> tuple[bytes, bytes]:
        return pages.set_cookie(self._tokens.mint(COOKIE, pages.view.pool.id, code))

    @staticmethod
    def _dressing(pages: PoolPages, name: str, method: str) -> Answer:
        if method not in {"GET", "HEAD"}:
            raise MethodNotAllowed("GET, HEAD")
        if name == "brand.css":
            return pages.brand_css
        if name == "logo.jpg" and pages.logo is not None:
            return pages.logo
        raise NotFound("There is nothing here.")
