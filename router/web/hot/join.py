"""The signup link: GET shows a page, POST assigns, and in a redirect pool a person's own navigation assigns at once.

GET, HEAD, previews, prefetchers and bots never take a place on a line. Everybody sees the button, robots too: a guess
may be wrong, and only a press takes a place. `SameSite` and `Sec-Fetch-Site` keep other sites
from pressing the button, and the nonce shows that our page was open.
"""

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from msgspec import json

from router.core.assignment import Assignment
from router.core.code import Code
from router.core.errors import NotFound
from router.core.lines.funnel import POOL_SLOT
from router.core.links.nonce import RANDOM_BYTES, Nonces
from router.core.links.token import COOKIE, PAGE, Tokens
from router.core.people.left_contact import MAX_LEFT_CHARACTERS, ContactFault, read_contact, region_of
from router.core.people.origin import NOWHERE, Origin, read_source
from router.services.people.consents import Consents
from router.services.people.signups import Signups
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.services.runtime.randomness import Randomness
from router.services.runtime.step_counter import PageStep, StepCounter
from router.web.hot.posted_form import posted_form
from router.web.raw_response import PRIVATE, MethodNotAllowed, RawResponse, Scope, redirect
from router.web.rendering.pool_pages import PageShelf, PoolPages, WaitlistForm, page
from router.web.rendering.visitor import Headers, Visitor, visitor_of

PREFIX = "/j/"
RETRY_MINUTES = 5
RETRY_AFTER = (b"retry-after", b"%d" % (RETRY_MINUTES * 60))
_POOL_AT = len(PREFIX)
_COOKIES_READ = 8  # of one name: a browser has one, and a proxy may repeat it
_QUERY_LIMIT_BYTES = 2048
_SOURCE = b"src="
_WAIT = "wait"  # in the form of the waitlist page, and not in that of the signup page
_JSON = (b"content-type", b"application/json")


class Join:
    """Everything under /j/{pool}."""

    def __init__(
        self,
        *,
        signups: Signups,
        consents: Consents,
        pool_cache: PoolCache,
        shelf: PageShelf,
        tokens: Tokens,
        nonces: Nonces,
        clock: StoreClock,
        random_bytes: Randomness,
        steps: StepCounter,
    ) -> None:
        self._signups = signups
        self._consents = consents
        self._pool_cache = pool_cache
        self._shelf = shelf
        self._tokens = tokens
        self._nonces = nonces
        self._clock = clock
        self._random_bytes = random_bytes
        self._steps = steps

    async def handle(self, scope: Scope, headers: Headers, body: bytes) -> RawResponse:
        """Respond to one request whose path starts with `PREFIX`; `body` is what a POST has."""
        name, _, rest = scope["path"][_POOL_AT:].partition("/")
        view = self._pool_cache.cached(name) or await self._pool_cache.get(name)
        visitor = visitor_of(headers)
        pages = self._shelf.of(view).for_visitor(visitor)
        method: str = scope["method"]
        if rest:
            return self._brand_asset(pages, rest, method)
        query = scope["query_string"]
        source = source_in(query) if query else ""
        if method == "POST":
            return await self._submit_form(pages, visitor, headers, posted_form(body), source)
        if method not in {"GET", "HEAD"}:
            raise MethodNotAllowed("GET, HEAD, POST")
        if visitor.may_take_place and method == "GET" and pages.redirects:
            return await self._open_messages(pages, visitor, headers, source)
        if not visitor.look.may_be_preview and method == "GET":
            self._steps.add(view.pool.id, POOL_SLOT, PageStep.SIGNUP_PAGE)
        return RawResponse(200, pages.landing(visitor, self._make_nonce(pages), source), pages.page_headers)

    async def _open_messages(self, pages: PoolPages, visitor: Visitor, headers: Headers, source: str) -> RawResponse:
        known, origin = self._code_in_cookie(pages, headers), Origin(source=source) if source else NOWHERE
        assignment = (await self._signups.visit(pages.view, known=known, nonce=None, origin=origin)).assignment
        if assignment is None or (slot := assignment.slot) is None:
            return self._waitlist_page(pages, source)
        if slot not in pages.view.lines:
            pages = await self._pages_knowing(pages, assignment)
        code = assignment.code
        self._steps.add(pages.view.pool.id, slot, PageStep.MESSAGES)
        link = pages.links.deeplink(slot, visitor.client.platform, code)
        if code == known:
            return redirect(302, link)
        return redirect(302, link, self._set_cookie(pages, code))

    async def _submit_form(
        self, pages: PoolPages, visitor: Visitor, headers: Headers, form: Mapping[str, str], source: str
    ) -> RawResponse:
        nonce = form.get("nonce", "").encode()
        source = read_source(form.get("source", "")) or source
        pool = pages.view.pool.id
        is_ours = headers.get(b"sec-fetch-site", b"same-origin") in {b"same-origin", b"none"}
        if not is_ours or not self._nonces.is_good(pool, nonce, now_s=self._clock.now_ms() // 1000):
            # An old form, or another site's: show a fresh page, whose button works.
            return redirect(303, (pages.join_path + (f"?src={source}" if source else "")).encode())
        known = self._code_in_cookie(pages, headers)
        consent = await self._consents.given(pages.view, form.get("words", ""), pages.words)
        origin = Origin(source=source, consent=consent)
        signup = await self._signups.visit(pages.view, known=known, nonce=nonce, origin=origin)
        wants_json = b"application/json" in headers.get(b"accept", b"")
        assignment = signup.assignment
        if assignment is None or (slot := assignment.slot) is None:
            if _WAIT in form:
                return await self._keep_place(pages, form.get("contact", ""), known, nonce, origin)
            # The script gets no page_url here, so it submits the plain form, which shows the page.
            return self._waitlist_page(pages, source)
        pages = await self._pages_knowing(pages, assignment)
        code = assignment.code
        path = f"/t/{self._tokens.mint(PAGE, pool, code)}"
        cookie = self._set_cookie(pages, code)
        if not wants_json:
            return redirect(303, path.encode(), cookie)
        self._steps.add(pool, slot, PageStep.MESSAGES)
        link = pages.links.deeplink(slot, visitor.client.platform, code).decode()
        return RawResponse(200, json.encode({"page_url": path, "deeplink": link}), (cookie, _JSON, *PRIVATE))

    async def _keep_place(
        self, pages: PoolPages, typed: str, known: Code | None, nonce: bytes, origin: Origin
    ) -> RawResponse:
        """Put a visitor on the waitlist who left a contact, or show them what is wrong with it."""
        view = pages.view
        line = next(iter(view.lines.values()), None)
        contact = read_contact(typed, "US" if line is None else region_of(line.number))
        if isinstance(contact, ContactFault):
            return self._waitlist_page(pages, origin.source, typed=typed, fault=contact)
        signup = await self._signups.wait(view, contact, known=known, nonce=nonce, origin=origin)
        if signup.assignment is None:
            return self._waitlist_page(pages, origin.source)
        code = signup.assignment.code
        path = f"/t/{self._tokens.mint(PAGE, view.pool.id, code)}"
        return redirect(303, path.encode(), self._set_cookie(pages, code))

    def _waitlist_page(self, pages: PoolPages, source: str, *, typed: str = "", fault: str = "") -> RawResponse:
        form = WaitlistForm(
            nonce=self._make_nonce(pages).decode(), source=source, typed=typed[:MAX_LEFT_CHARACTERS], fault=fault
        )
        shown = pages.waitlist(RETRY_MINUTES, form=form)
        if fault:
            return page(422, shown, *pages.language_headers)
        return page(202, shown, RETRY_AFTER, *pages.language_headers)

    def _make_nonce(self, pages: PoolPages) -> bytes:
        now_s = self._clock.now_ms() // 1000
        return self._nonces.make(pages.view.pool.id, now_s=now_s, random=self._random_bytes(RANDOM_BYTES))

    async def _pages_knowing(self, pages: PoolPages, assignment: Assignment) -> PoolPages:
        if assignment.slot in pages.view.lines:
            return pages
        known = self._shelf.of(await self._signups.view_of(pages.view, assignment))
        return known.in_language(pages.language)

    def _code_in_cookie(self, pages: PoolPages, headers: Headers) -> Code | None:
        cookies = headers.get(b"cookie")
        if cookies is None:
            return None
        pool = pages.view.pool.id
        for token in pages.read_cookies(cookies)[:_COOKIES_READ]:
            claim = self._tokens.read(COOKIE, token)
            if claim is not None and claim.pool == pool:
                return claim.code
        return None

    def _set_cookie(self, pages: PoolPages, code: Code) -> tuple[bytes, bytes]:
        return pages.set_cookie(self._tokens.mint(COOKIE, pages.view.pool.id, code))

    @staticmethod
    def _brand_asset(pages: PoolPages, name: str, method: str) -> RawResponse:
        if method not in {"GET", "HEAD"}:
            raise MethodNotAllowed("GET, HEAD")
        if name == "brand.css":
            return pages.brand_css
        if name == "logo.jpg" and pages.logo is not None:
            return pages.logo
        raise NotFound("There is nothing here.")


def source_in(query: bytes) -> str:
    """Return the word by which a link says where its visitors come from; empty without a safe one."""
    if _SOURCE not in query:
        return ""
    for field in query[:_QUERY_LIMIT_BYTES].split(b"&"):
        if field.startswith(_SOURCE):
            return read_source(unquote_to_bytes(field.removeprefix(_SOURCE)).decode("latin-1"))
    return ""
