"""A person's own page and the paths below it: the link into Messages, the contact card, the QR code, live updates.

A token names an assignment, never a number: a link that was printed, shared or saved shows the line that is theirs
*now*. Every bad token gets the same 404. Only two buttons change anything: that of /quiet, and "try again" on the
waitlist. When a person whose number changed opens their page, that is recorded in the background.
"""

import asyncio
import re

from router.core.assignment import Assignment, State
from router.core.errors import NotFound
from router.core.links.client import Client, Platform
from router.core.links.qr import qr_png, qr_svg
from router.core.links.token import PAGE, Tokens
from router.core.phone import E164
from router.services.campaigns.openings import Openings
from router.services.people.cards import Cards
from router.services.people.page_watcher import PageWatcher
from router.services.people.signups import Signups
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.step_counter import PageStep, StepCounter
from router.web.hot.join import RETRY_AFTER, RETRY_MINUTES
from router.web.hot.live import STREAM_HEADERS, EventStream
from router.web.hot.unsubscribe import QuietPage
from router.web.raw_response import PRIVATE, MethodNotAllowed, RawResponse, Scope, redirect
from router.web.rendering.person_layouts import PersonFacts
from router.web.rendering.person_view import view_person
from router.web.rendering.pool_pages import PageShelf, PoolPages, page
from router.web.rendering.visitor import Headers, Visitor, visitor_of

PREFIX = "/t/"
_TOKEN_AT = len(PREFIX)
_NOTHING_HERE = "There is nothing here. Check the link, or ask whoever gave it to you."
_SVG = (b"content-type", b"image/svg+xml; charset=utf-8")
_PNG = (b"content-type", b"image/png")
_METHODS = dict.fromkeys(("", "quiet"), ("GET", "HEAD", "POST"))
_SHOWS_NUMBER = frozenset({"", "go"})
_APPLE_SYSTEM = re.compile(rb"\bDarwin/|^(?:iOS|iPadOS|macOS|visionOS|Mac OS X)/")
_LIVE_PAGE = b"x-live-page"
_NO_EVENTS = RawResponse(200, b"", STREAM_HEADERS)


class PersonPages:
    """Everything under /t/{token}."""

    def __init__(
        self,
        *,
        signups: Signups,
        pool_cache: PoolCache,
        shelf: PageShelf,
        tokens: Tokens,
        cards: Cards,
        watcher: PageWatcher,
        openings: Openings,
        steps: StepCounter,
    ) -> None:
        self._signups = signups
        self._pool_cache = pool_cache
        self._shelf = shelf
        self._tokens = tokens
        self._cards = cards
        self._watcher = watcher
        self._openings = openings
        self._steps = steps
        self._quiet = QuietPage(signups)

    async def handle(self, scope: Scope, headers: Headers, body: bytes) -> RawResponse | EventStream:
        """Respond to one request whose path starts with `PREFIX`; `body` is what a POST has.

        Raises:
            NotFound: the token, or the path below it, does not exist.
            MethodNotAllowed, StoreUnavailable
        """
        method: str = scope["method"]
        token, _, what = scope["path"][_TOKEN_AT:].partition("/")
        allowed = _METHODS.get(what, ("GET", "HEAD"))
        if method not in allowed:
            raise MethodNotAllowed(", ".join(allowed))
        visitor = visitor_of(headers)
        pages, assignment = await self._find(token, visitor)
        page_path = PREFIX + token
        if what == "events":
            is_head = method == "HEAD"
            return _NO_EVENTS if is_head else EventStream(self._watcher, pages.view.pool.id, assignment)
        if what == "quiet":
            if method == "POST":
                return await self._change_wish(pages, assignment, page_path, body)
            return self._quiet.show(pages, assignment, page_path)
        if method == "POST":
            return await self._try_again(pages, assignment, page_path, visitor)
        if method == "GET" and what in _SHOWS_NUMBER and visitor.is_person:
            self._openings.record(pages.view, assignment)
            if assignment.slot is not None:
                step = PageStep.OWN_PAGE if what == "" else PageStep.MESSAGES
                self._steps.add(pages.view.pool.id, assignment.slot, step)
        return await self._show(pages, assignment, page_path, what, visitor=visitor, headers=headers)

    async def _find(self, token: str, visitor: Visitor) -> tuple[PoolPages, Assignment]:
        claim = self._tokens.read(PAGE, token)
        if claim is None:
            raise NotFound(_NOTHING_HERE)
        view = await self._pool_cache.get(claim.pool)
        assignment = await self._signups.find(view, claim.code)
        if assignment is None:
            raise NotFound(_NOTHING_HERE)
        return self._shelf.of(await self._signups.view_of(view, assignment)).for_visitor(visitor), assignment

    async def _try_again(
        self, pages: PoolPages, assignment: Assignment, page_path: str, visitor: Visitor
    ) -> RawResponse:
        """Give a person on the waitlist a line, if one has room by now; everybody else keeps theirs.

        Whoever was taken for a preview gets their page in this answer: previews do not press.
        """
        if assignment.state is State.WAITLISTED:
            await self._signups.visit(pages.view, known=assignment.code, nonce=None)
        if not visitor.client.may_be_preview:
            return redirect(303, page_path.encode())
        pages, assignment = await self._find(page_path[_TOKEN_AT:], visitor)
        if assignment.slot is None:
            return _no_line(pages, assignment, page_path)
        return RawResponse(200, _render(pages, assignment, page_path, visitor), pages.page_headers)

    async def _change_wish(self, pages: PoolPages, assignment: Assignment, page_path: str, body: bytes) -> RawResponse:
        response = await self._quiet.submit(pages, assignment, page_path, body)
        if response is None:
            raise NotFound(_NOTHING_HERE)
        return response

    async def _show(
        self,
        pages: PoolPages,
        assignment: Assignment,
        page_path: str,
        what: str,
        *,
        visitor: Visitor,
        headers: Headers,
    ) -> RawResponse:
        client = visitor.client
        if what in {"qr.svg", "qr.png"}:
            return await _draw_qr(what, pages.base_url + page_path, pages.view.pool.name)
        if what.endswith(".vcf"):
            return (
                await self._card(pages, assignment, has_labels=_shows_labels(client, headers))
                if _numbers(pages, assignment)
                else _no_line(pages, assignment, page_path)
            )
        if what not in {"", "go"}:
            raise NotFound(_NOTHING_HERE)
        if assignment.slot is None:
            return _no_line(pages, assignment, page_path)
        if what == "":
            # Only a page that is open already asks so, and it shows nothing that it has not shown before.
            is_preview = client.may_be_preview and _LIVE_PAGE not in headers
            body = pages.preview(page_path) if is_preview else _render(pages, assignment, page_path, visitor)
            return RawResponse(200, body, pages.page_headers)
        if not visitor.is_person:
            return redirect(303, page_path.encode())
        return redirect(302, pages.links.deeplink(assignment.slot, client.platform, assignment.code))

    async def _card(self, pages: PoolPages, assignment: Assignment, *, has_labels: bool) -> RawResponse:
        body = await self._cards.card(pages.view, _numbers(pages, assignment), assignment.code, has_labels=has_labels)
        disposition = f'inline; filename="{pages.links.card_name}"'.encode()
        kind = (b"content-type", b"text/vcard; charset=utf-8")
        return RawResponse(200, body, (*PRIVATE, kind, (b"content-disposition", disposition)))


def _render(pages: PoolPages, assignment: Assignment, page_path: str, visitor: Visitor) -> bytes:
    slot, links, client = assignment.slot, pages.links, visitor.client
    assert slot is not None
    person = PersonFacts(
        token=page_path[_TOKEN_AT:],
        code=assignment.code,
        numbers=_numbers(pages, assignment),
        shown=assignment.fingerprint,
        deeplink=links.deeplink(slot, client.platform, assignment.code),
        imessage_link=links.imessage_link(slot) if client.platform is Platform.MAC else None,
    )
    view = view_person(assignment.seen, client, is_rerouted=assignment.is_rerouted)
    return pages.person_layouts.render(person, view, visitor)


def _shows_labels(client: Client, headers: Headers) -> bool:
    """Whether a card is for a device of Apple's: for a browser there, or its system, which fetches cards by itself."""
    return client.platform in {Platform.IOS, Platform.MAC} or bool(
        _APPLE_SYSTEM.search(headers.get(b"user-agent", b""))
    )


def _no_line(pages: PoolPages, assignment: Assignment, page_path: str) -> RawResponse:
    is_kept = assignment.state is State.WAITLISTED
    shown = assignment.fingerprint
    body = pages.waitlist(RETRY_MINUTES, page_path=page_path, is_kept=is_kept, shown=shown)
    return page(202, body, RETRY_AFTER, *pages.language_headers)


async def _draw_qr(form: str, url: str, name: str) -> RawResponse:
    """Draw a code that leads to the page, never to a number: a printed one outlives every line."""
    if form == "qr.png":
        return RawResponse(200, await asyncio.to_thread(qr_png, url), (*PRIVATE, _PNG))
    return RawResponse(200, await asyncio.to_thread(qr_svg, url, f"Open {name} on a phone"), (*PRIVATE, _SVG))


def _numbers(pages: PoolPages, assignment: Assignment) -> tuple[E164, ...]:
    """Return the number to text now, then the person's other numbers."""
    return pages.view.numbers(assignment.slots)
