"""What one person does, from the signup page to their last text."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from router.cli.demo.account import Account
from router.cli.demo.happenings import Happening, Trouble
from router.cli.demo.people import FirstText
from router.cli.demo.people_news import CameBack, NotDelivered, SignedUp, TurnedAway
from router.cli.demo.phone import PageFault, Phone, Shown

_STOP = "STOP"

Tell = Callable[[Happening], None]


@dataclass(slots=True, kw_only=True)
class Visit:
    """One person, what they were shown last, and whether they have texted.

    Attributes:
        noted: told of a signup with the line it was shown and when it was asked for.
    """

    phone: Phone
    account: Account
    path: str
    tell: Tell
    noted: Callable[[str, float], None]
    shown: Shown | None = None
    has_texted: bool = False
    has_stopped: bool = False
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def sign_up(self) -> None:
        """Come for the first time."""
        asked_at_s = time.time()
        try:
            self.shown = await self.phone.sign_up(self.path)
        except (PageFault, httpx.HTTPError) as fault:
            self.tell(Trouble(what=f"signing up: {fault!r}"))
            return
        if self.shown is None:
            self.tell(TurnedAway())
            return
        self.noted(self.shown.line, asked_at_s)
        self.tell(SignedUp(line=self.shown.line, page_url=self.shown.page_url))

    async def go_on(self) -> None:
        """Do all that this person will do after signing up."""
        person = self.phone.person
        if person.first_text is not FirstText.NEVER:
            await asyncio.sleep(person.thinks_s)
            await self._surely("texting", self._first_text)
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
            await self._surely(what, act)

    async def follow(self) -> None:
        """Notice after a while that the number has changed, and text the new one."""
        if self.phone.person.notices_s is None:
            return
        await asyncio.sleep(self.phone.person.notices_s)
        if not self.has_stopped:
            await self._surely("texting the new number", self._write_again)

    async def look(self) -> Shown | None:
        """Look at their page, and return what it shows now."""
        shown = await self.phone.look()
        self.shown = shown or self.shown
        return shown

    async def _surely(self, what: str, act: Callable[[], Awaitable[None]]) -> None:
        async with self._busy:  # one phone does one thing at a time
            try:
                await act()
            except (PageFault, httpx.HTTPError) as fault:
                self.tell(Trouble(what=f"{what}: {fault!r}"))

    async def _first_text(self) -> None:
        assert self.shown is not None
        self.has_texted = await self._text(self.phone.person.words_for(self.shown.text))

    async def _write_again(self) -> None:
        # They open their page first: there stands the number of today.
        if await self.look() is not None:
            await self._text(self.phone.person.second_text)

    async def _stop(self) -> None:
        self.has_stopped = await self._text(_STOP)

    async def _come_back(self) -> None:
        before = self.shown
        again = await self.phone.sign_up(self.path)
        if again is None or before is None:
            self.tell(TurnedAway())
            return
        self.shown = again
        self.tell(CameBack(line=again.line, is_same_page=again.page_url == before.page_url))

    async def _text(self, text: str) -> bool:
        """Text the number shown last; if that does not arrive, the one their page shows now."""
        assert self.shown is not None
        number = self.phone.person.number
        old = self.shown.line
        if await self.account.text(number, old, text):
            return True
        now = await self.look()
        if now is None or now.line == old:
            return False
        self.tell(NotDelivered(line=old, now=now.line))
        return await self.account.text(number, now.line, text)
