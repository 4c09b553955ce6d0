"""Read every second what the gateway says, and tell what is new in it."""

import asyncio
import time
from collections.abc import Callable

import httpx

from router.cli.demo.frame import Board, CampaignNow, Position
from router.cli.demo.gateway import Gateway, Row
from router.cli.demo.happenings import Trouble
from router.cli.demo.line_news import LineNews
from router.cli.demo.people_news import Confirmed, Met, Moved, OptedOut
from router.cli.demo.proof import Proof
from router.cli.demo.tally import Tally
from router.cli.demo.visit import Tell

_EVERY_S = 1.0
_RECEIVED = "message.received"
_STATUS = "phone_number.status_updated"
_OF_PEOPLE = {"confirmed": Confirmed, "met": Met, "moved": Moved, "opted_out": OptedOut}
_SAID_OF_LINES = {
    "flagged": "closed at once",
    "recovered": "open again, and warming up",
    "reputation": "taken into account for new people",
    "unchanged": "known already",
}


class Watch:
    """Keeps at hand where each line stands.

    Attributes:
        campaigns: says where those stand that are worth showing.
        own_events: ids of the events that the story itself caused.
        by_story: held while the story causes one, so that it is not taken for somebody else's.
    """

    def __init__(self, gateway: Gateway, proof: Proof, tally: Tally, tell: Tell) -> None:
        self._gateway = gateway
        self._proof = proof
        self._tally = tally
        self._tell = tell
        self.positions: list[Position] = []
        self.campaigns: Callable[[], tuple[CampaignNow, ...]] = tuple
        self.own_events: set[str] = set()
        self.by_story = asyncio.Lock()

    async def keep_watching(self) -> None:
        """Look every second until cancelled."""
        while True:
            try:
                await self.look()
            except httpx.HTTPError as fault:
                self._tell(Trouble(what=f"reading from the gateway: {fault!r}"))
            await asyncio.sleep(_EVERY_S)

    async def look(self) -> None:
        """Look once.

        Raises:
            httpx.HTTPError: the gateway did not answer.
        """
        for row in await self._gateway.news_of_people():
            happening = _OF_PEOPLE.get(row.word)
            if happening is not None and row.type == _RECEIVED:
                self._tell(happening(line=row.line))
        async with self.by_story:
            rows = await self._gateway.news_of_lines()
        for row in rows:
            self._note_line(row)
        self.positions = await self._gateway.positions(time.monotonic())
        self._tell(Board(lines=tuple(self.positions), totals=self._tally.totals(), campaigns=self.campaigns()))

    def _note_line(self, row: Row) -> None:
        if row.event in self.own_events or row.type != _STATUS:
            return
        self._proof.forget(row.line)
        word = _SAID_OF_LINES.get(row.word, row.word)
        self._tell(LineNews(line=row.line, word=word, detail=row.detail))
