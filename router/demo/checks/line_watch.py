"""Read the gateway's lines and events every second, and report what is new."""

import asyncio
import time
from collections.abc import Callable

import httpx

from router.demo.checks.flag_check import FlagCheck
from router.demo.checks.totals import RunTotals
from router.demo.clients.gateway_api import GatewayApi, LogRow
from router.demo.output.event import Trouble
from router.demo.output.line_events import LineNews
from router.demo.output.people_events import Confirmed, Met, Moved, OptedOut
from router.demo.output.run_events import Board, CampaignNow, Position
from router.demo.people.journey import Report

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


class LineWatch:
    """Holds the latest state of each line.

    Attributes:
        campaigns: returns the campaigns that are worth showing.
        own_events: ids of the events that the demo itself caused.
        by_demo: held while the demo causes an event, so that it is not mistaken for somebody else's.
    """

    def __init__(self, gateway: GatewayApi, flag_check: FlagCheck, run_totals: RunTotals, report: Report) -> None:
        self._gateway = gateway
        self._flag_check = flag_check
        self._run_totals = run_totals
        self._report = report
        self.positions: list[Position] = []
        self.campaigns: Callable[[], tuple[CampaignNow, ...]] = tuple
        self.own_events: set[str] = set()
        self.by_demo = asyncio.Lock()

    async def keep_watching(self) -> None:
        """Read every second until cancelled."""
        while True:
            try:
                await self.poll()
            except httpx.HTTPError as fault:
                self._report(Trouble(what=f"reading from the gateway: {fault!r}"))
            await asyncio.sleep(_EVERY_S)

    async def poll(self) -> None:
        """Read once.

        Raises:
            httpx.HTTPError: the gateway did not answer.
        """
        for row in await self._gateway.new_people_events():
            event = _OF_PEOPLE.get(row.word)
            if event is not None and row.type == _RECEIVED:
                self._report(event(line=row.line))
        async with self.by_demo:
            rows = await self._gateway.new_line_events()
        for row in rows:
            self._report_line(row)
        self.positions = await self._gateway.positions(time.monotonic())
        self._report(Board(lines=tuple(self.positions), totals=self._run_totals.totals(), campaigns=self.campaigns()))

    def _report_line(self, row: LogRow) -> None:
        if row.event in self.own_events or row.type != _STATUS:
            return
        self._flag_check.forget(row.line)
        word = _SAID_OF_LINES.get(row.word, row.word)
        self._report(LineNews(line=row.line, word=word, detail=row.detail))
