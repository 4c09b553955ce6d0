"""A person's own page and what hangs off it: the way into Messages, the contact card, the QR code, live news.

A token names an assignment, never a number: whatever was printed, shared or saved shows the line that is theirs *now*.
Every bad token gets the same 404. Nothing here changes anything but the button of /quiet; that a person whose number
changed saw the new one is noted aside.
"""

import asyncio
from typing import Any

from router.core.assignment import Assignment, State
from router.core.client import Client, Platform
from router.core.errors import NotFound
from router.core.phone import E164, display
from router.core.qr import qr_png, qr_svg
from router.core.token import PAGE, Tokens
from router.services.cards import Cards
from router.services.directory import Directory
from router.services.migration.openings import Openings
from router.services.signups import Signups
from router.services.watcher import Watcher
from router.web.answer import PRIVATE, Answer, MethodNotAllowed, Receive, Scope, redirect
from router.web.events import STREAM_HEADERS, EventStream
from router.web.join import RETRY_AFTER, RETRY_MINUTES
from router.web.pool_pages import PageShelf, PoolPages, page
from router.web.quiet import QuietPage
from router.web.visitor import Headers, visitor_of

_NOBODY = "There is nothing here. Check the link, or ask whoever gave it to you."
_SVG = (b"content-type", b"image/svg+xml; charset=utf-8")
_PNG = (b"content-type", b"image/png")
_METHODS = dict.fromkeys(("", "quiet"), ("GET", "HEAD", "POST"))
_SHOWS_NUMBER = frozenset({"", "go"})
_NO_EVENTS = Answer(200, b"", STREAM_HEADERS)


class PersonPages:
    """Everything under /t/{token}."""

    def __init__(
        self,
        *,
        signups: Signups,
        directory: Directory,
        shelf: PageShelf,
        tokens: Tokens,
        cards: Cards,
        watcher: Watcher,
        openings: Openings,
    ) -> None:
        self._signups = signups
        self._directory = directory
        self._shelf = shelf
        self._tokens = tokens
        self._cards = cards
        self._watcher = watcher
        self._openings = openings
        self._quiet = QuietPage(signups, shelf)

    async def answer(self, scope: Scope, headers: Headers, receive: Receive) -> Answer | EventStream:
        """Answer one request whose path starts with /t/.

        Raises:
            NotFound: the token, or what follows it, names nothing.
            MethodNotAllowed, StoreUnavailable
        """
        method: str = scope["method"]
        token, _, what = scope["path"][3:].partition("/")
        allowed = _METHODS.get(what, ("GET", "HEAD"))
        if method not in allowed:
            raise MethodNotAllowed(", ".join(allowed))
        pages, assignment = await self._find(token)
        if what == "events":
            is_head = method == "HEAD"
            return _NO_EVENTS if is_head else EventStream(self._watcher, pages.view.pool.id, assignment)
        if what == "quiet":
            if method == "POST":
                return await self._take_wish(pages, assignment, f"/t/{token}", receive)
            return self._quiet.show(pages, assignment, f"/t/{token}")
        if method == "POST":
            return await self._ask_again(pages, assignment, f"/t/{token}")
        if method == "GET" and what in _SHOWS_NUMBER and visitor_of(headers).is_person:
            self._openings.note(pages.view, assignment)
        return await self._answer(pages, assignment, f"/t/{token}", what, headers)

    async def _find(self, token: str) -> tuple[PoolPages, Assignment]:
        claim = self._tokens.read(PAGE, token)
        if claim is None:
            raise NotFound(_NOBODY)
        view = await self._directory.seek(claim.pool)
        assignment = await self._signups.find(view, claim.code)
        if assignment is None:
            raise NotFound(_NOBODY)
        return self._shelf.of(await self._signups.view_of(view, assignment)), assignment

    async def _ask_again(self, pages: PoolPages, assignment: Assignment, page_path: str) -> Answer:
        """Give somebody on the waitlist a line, if one has room by now; all others have what they can have."""
        if assignment.state is State.WAITLISTED:
            await self._signups.visit(pages.view, known=assignment.code, nonce=None)
        return redirect(303, page_path.encode())

    async def _take_wish(self, pages: PoolPages, assignment: Assignment, page_path: str, receive: Receive) -> Answer:
        taken = await self._quiet.take(pages, assignment, page_path, receive)
        if taken is None:
            raise NotFound(_NOBODY)
        return taken

    async def _answer(
        self, pages: PoolPages, assignment: Assignment, page_path: str, what: str, headers: Headers
    ) -> Answer:
        client, is_person = visitor_of(headers)
        if what in {"qr.svg", "qr.png"}:
            return await _draw_qr(what, pages.base_url + page_path, pages.view.pool.name)
        if what.endswith(".vcf"):
            return (
                await self._card(pages, assignment)
                if _numbers(pages, assignment)
                else _no_line(pages, assignment, page_path)
            )
        if what not in {"", "go"}:
            raise NotFound(_NOBODY)
        if assignment.slot is None:
            return _no_line(pages, assignment, page_path)
        if what == "":
            return page(200, self._render(pages, assignment, page_path, client))
        if not is_person:
            return redirect(303, page_path.encode())
        return redirect(302, pages.links.deeplink(assignment.slot, client.platform, assignment.code))

    async def _card(self, pages: PoolPages, assignment: Assignment) -> Answer:
        body = await self._cards.card(pages.view, _numbers(pages, assignment))
        disposition = f'inline; filename="{pages.links.card_name}"'.encode()
        kind = (b"content-type", b"text/vcard; charset=utf-8")
        return Answer(200, body, (*PRIVATE, kind, (b"content-disposition", disposition)))

    def _render(self, pages: PoolPages, assignment: Assignment, page_path: str, client: Client) -> bytes:
        assert assignment.slot is not None
        primary, *backups = _numbers(pages, assignment)
        context = pages.brand | {
            "client": client,
            "line": _shown(primary),
            "backups": [_shown(backup) for backup in backups],
            "text": pages.links.text(assignment.code),
            "code": assignment.code,
            "deeplink": pages.links.deeplink(assignment.slot, client.platform, assignment.code).decode(),
            "imessage_link": pages.links.imessage_link(assignment.slot) if client.platform is Platform.MAC else None,
            "card_url": f"{page_path}/{pages.links.card_name}",
            "qr_svg_url": f"{page_path}/qr.svg",
            "page_url": pages.base_url + page_path,
            "events_url": f"{page_path}/events",
            "state": assignment.state.seen.word,
            "moved": assignment.is_rerouted,
        }
        return self._shelf.templates.get_template("person.html").render(context).encode()


def _no_line(pages: PoolPages, assignment: Assignment, page_path: str) -> Answer:
    kept_at = page_path if assignment.state is State.WAITLISTED else ""
    return page(202, pages.waitlist(RETRY_MINUTES, kept_at=kept_at), RETRY_AFTER)


async def _draw_qr(form: str, url: str, name: str) -> Answer:
    """The code leads to the page, never to a number, so a printed one outlives every line."""
    if form == "qr.png":
        return Answer(200, await asyncio.to_thread(qr_png, url), (*PRIVATE, _PNG))
    return Answer(200, await asyncio.to_thread(qr_svg, url, f"Open {name} on a phone"), (*PRIVATE, _SVG))


def _numbers(pages: PoolPages, assignment: Assignment) -> tuple[E164, ...]:
    """The number to text now, then the person's other numbers, their old line among them."""
    slots = dict.fromkeys((assignment.slot, *assignment.backups, assignment.home_slot))
    return pages.view.numbers(slot for slot in slots if slot is not None)


def _shown(number: E164) -> dict[str, Any]:
    return {"number": number, "display": display(number)}
