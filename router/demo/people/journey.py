"""What one person does, from the signup page to their last text."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from router.demo.clients.linq_account import SandboxAccount
from router.demo.clients.signups_api import SignupsApi
from router.demo.output.event import DemoEvent, Trouble
from router.demo.output.people_events import CameBack, NotDelivered, SignedUp, TurnedAway
from router.demo.people.person import FirstText, Heeds, KnownBy
from router.demo.people.phone import PageFault, Phone, Shown

_STOP = "STOP"

Report = Callable[[DemoEvent], None]
RecordSignup = Callable[[str, float], None]


@dataclass(slots=True, kw_only=True)
class Journey:
    """One person, what they were shown last, and whether they have texted.

    Attributes:
        record_signup: called with the line a person was shown, and when they asked for it.
        signup: their id in the gateway: the code in their text.
        on: the line that received their latest text; None while a text is under way.
        has_moved: they texted one line, and then another.
    """

    phone: Phone
    account: SandboxAccount
    customer: SignupsApi
    path: str
    report: Report
    record_signup: RecordSignup
    shown: Shown | None = None
    has_texted: bool = False
    has_stopped: bool = False
    signup: str = ""
    on: str | None = None
    has_moved: bool = False
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_recognised(self) -> bool:
        """Whether the gateway can recognise their texts as theirs: by the code, or by the phone."""
        person = self.phone.person
        return person.first_text is not FirstText.WITHOUT_CODE or person.known_by is KnownBy.PHONE

    async def sign_up(self) -> None:
        """Come for the first time."""
        asked_at_s = time.time()
        try:
            self.shown = await self._arrive()
        except (PageFault, httpx.HTTPError) as fault:
            self.report(Trouble(what=f"signing up: {fault!r}"))
            return
        if self.shown is None:
            self.report(TurnedAway())
            return
        self._remember_code(self.shown)
        self.record_signup(self.shown.line, asked_at_s)
        self.report(SignedUp(line=self.shown.line, page_url=self.shown.page_url))

    async def go_on(self) -> None:
        """Do everything that this person will do after signing up."""
        person = self.phone.person
        if person.first_text is not FirstText.NEVER:
            await asyncio.sleep(person.thinks_s)
            await self._attempt("texting", self._first_text)
        acts: list[tuple[float, str, Callable[[], Awaitable[None]]]] = []
        if person.comes_back_s is not None:
            acts.append((person.comes_back_s, "coming back", self._come_back))
        if self.has_texted and person.writes_again_s is not None:
            acts.append((person.writes_again_s, "texting again", self._write_again))
        if self.has_texted and person.stops_s is not None:
            acts.append((person.stops_s, "texting STOP", self._stop))
        passed_s = 0.0
        for moment_s, what, act in sorted(acts, key=lambda planned: planned[0]):
            await asyncio.sleep(moment_s - passed_s)
            passed_s = moment_s
            await self._attempt(what, act)

    async def heed(self, link: str) -> None:
        """React to a prompt as this person would: open its link and text the number there, or less."""
        person = self.phone.person
        if person.heeds is Heeds.LEAVES:
            return
        await asyncio.sleep(person.reads_s)
        if not self.has_stopped:
            await self._attempt("following a prompt", lambda: self._open_prompt(link))

    async def opt_out(self) -> None:
        """Text STOP."""
        await self._attempt("texting STOP", self._stop)

    async def follow(self) -> None:
        """Notice after a while that the number has changed, and text the new one."""
        if self.phone.person.notices_s is None:
            return
        await asyncio.sleep(self.phone.person.notices_s)
        if not self.has_stopped:
            await self._attempt("texting the new number", self._write_again)

    async def look(self) -> Shown | None:
        """Look at their page, and return what it shows now."""
        shown = await self.phone.look()
        self.shown = shown or self.shown
        return shown

    async def _attempt(self, what: str, act: Callable[[], Awaitable[None]]) -> None:
        async with self._busy:  # one phone does one thing at a time
            try:
                await act()
            except (PageFault, httpx.HTTPError) as fault:
                self.report(Trouble(what=f"{what}: {fault!r}"))

    async def _arrive(self) -> Shown | None:
        """Come to the signup page, or follow the link that the customer's app shows to people it knows."""
        person = self.phone.person
        if person.known_by is None:
            return await self.phone.sign_up(self.path)
        ticket = await self.customer.sign_up(person.known_by, person.address)
        if ticket is None:
            return None
        return await self.phone.open_link(ticket)

    def _remember_code(self, shown: Shown) -> None:
        """Remember the code: the last word of the text on the page. A page has no text once they have texted."""
        self.signup = shown.text.rpartition(" ")[2] or self.signup

    async def _open_prompt(self, link: str) -> None:
        self.shown = await self.phone.open_link(link) or self.shown
        if self.phone.person.heeds is Heeds.TEXTS:
            await self._text(self.phone.person.second_text)

    async def _first_text(self) -> None:
        assert self.shown is not None
        self.has_texted = await self._text(self.phone.person.words_for(self.shown.text))

    async def _write_again(self) -> None:
        # They open their page first, because it shows today's number. People who sent STOP do not text again.
        if not self.has_stopped and await self.look() is not None:
            await self._text(self.phone.person.second_text)

    async def _stop(self) -> None:
        self.has_stopped = await self._text(_STOP)

    async def _come_back(self) -> None:
        before = self.shown
        again = await self.phone.sign_up(self.path)
        if again is None or before is None:
            self.report(TurnedAway())
            return
        self.shown = again
        self._remember_code(again)
        self.report(CameBack(line=again.line, is_same_page=again.page_url == before.page_url))

    async def _text(self, text: str) -> bool:
        """Text the number shown last; if that does not arrive, the one their page shows now."""
        assert self.shown is not None
        old = self.shown.line
        if await self._text_to(old, text):
            return True
        now = await self.look()
        if now is None or now.line == old:
            return False
        self.report(NotDelivered(line=old, now=now.line))
        return await self._text_to(now.line, text)

    async def _text_to(self, line: str, text: str) -> bool:
        before, self.on = self.on, None
        is_taken = await self.account.text(self.phone.person.number, line, text)
        self.on = line if is_taken else before
        self.has_moved |= before not in {None, self.on}
        return is_taken
