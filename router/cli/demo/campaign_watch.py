"""Follow campaigns: tell what is new, hand prompts to whom they are for, and write down what is judged later."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import httpx

from router.cli.demo.campaign_news import CampaignOpened, CampaignOver, CampaignPaused, CampaignRuns, Prompted
from router.cli.demo.campaigns import CampaignRow, Campaigns, PersonRow
from router.cli.demo.crowd import Crowd
from router.cli.demo.frame import CampaignNow, Position
from router.cli.demo.happenings import Trouble
from router.cli.demo.ledger import Ledger
from router.cli.demo.sinks import Prompt, Sinks
from router.cli.demo.visit import Tell

_EVERY_S = 0.5
_HOLD_DOWN_PATIENCE_S = 60.0  # it doubles with each flag of the same line; a demo that runs on outgrows this


class CampaignWatch:
    """Looks twice a second.

    Attributes:
        shown: where live campaigns stand, or the last one that was.
    """

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        sinks: Sinks,
        crowd: Crowd,
        ledger: Ledger,
        positions: Callable[[], list[Position]],
        tell: Tell,
    ) -> None:
        self._campaigns = campaigns
        self._sinks = sinks
        self._crowd = crowd
        self._ledger = ledger
        self._positions = positions
        self._tell = tell
        self._states: dict[str, str] = {}
        self._recovered: set[str] = set()
        self.shown: tuple[CampaignNow, ...] = ()

    async def keep_watching(self) -> None:
        """Look until cancelled; whoever got a prompt acts on it meanwhile."""
        async with asyncio.TaskGroup() as readers:
            while True:
                try:
                    for prompt in await self.look():
                        visit = self._crowd.at(prompt.address)
                        if visit is not None:
                            readers.create_task(visit.heed(prompt.link))
                except httpx.HTTPError as fault:
                    self._tell(Trouble(what=f"following campaigns: {fault!r}"))
                await asyncio.sleep(_EVERY_S)

    async def look(self) -> list[Prompt]:
        """Look once, and return the prompts that arrived since.

        Raises:
            httpx.HTTPError: gateway or sandbox did not answer.
        """
        rows = await self._campaigns.all()
        for row in reversed(rows):
            await self._take_in(row)
        live = tuple(row.now for row in rows if row.is_live)
        self.shown = live or tuple(row.now for row in rows[:1])
        new = [prompt for prompt in await self._sinks.new_prompts() if self._ledger.note(prompt, self._whose(prompt))]
        for prompt in new:
            self._tell(Prompted(channel=prompt.channel, address=prompt.address, text=prompt.text))
        return new

    async def wait_until_running(self, line: str) -> None:
        """Wait until the campaign off a line prompts people, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_HOLD_DOWN_PATIENCE_S):
                while not any(now.line == line and now.state == "running" for now in self.shown):  # noqa: ASYNC110 - so often we look
                    await asyncio.sleep(_EVERY_S)

    async def note_recovery(self, line: str) -> None:
        """Write down who waits for a prompt although the line works again; the gateway has just said that it knows.

        Raises:
            httpx.HTTPError: the gateway did not answer.
        """
        for row in await self._campaigns.all():
            if row.now.line == line:
                self._recovered.add(row.now.id)
                waiting = [one for one in await self._campaigns.people(row.now.id) if one.state == "waiting"]
                self._ledger.spare(self._crowd.numbers(one.signup for one in waiting))
                return

    def _whose(self, prompt: Prompt) -> str:
        visit = self._crowd.at(prompt.address)
        return prompt.address if visit is None else visit.phone.person.number

    @property
    def count(self) -> int:
        """How many campaigns there were."""
        return len(self._states)

    async def _take_in(self, row: CampaignRow) -> None:
        now, before = row.now, self._states.get(row.now.id)
        if before is not None and not row.is_live and before == now.state:
            return
        for position in self._positions():
            self._ledger.note_weight(now.id, position.line, position.weight_percent)
        people = await self._campaigns.people(now.id)
        if row.is_live and now.id not in self._recovered:
            self._ledger.unspare(self._crowd.numbers(one.signup for one in people))
        self._ledger.note_sent_to(now.id, Counter(one.target for one in people if one.target))
        if before != now.state:
            self._states[now.id] = now.state
            self._tell_state(row, people, is_new=before is None)

    def _tell_state(self, row: CampaignRow, people: list[PersonRow], *, is_new: bool) -> None:
        now = row.now
        if is_new:
            self._tell(CampaignOpened(campaign=now.id, line=now.line, hold_down_s=row.hold_down_s))
        match now.state:
            case "holding":
                pass
            case "running":
                self._tell(CampaignRuns(campaign=now.id, line=now.line, people=now.people))
            case "paused":
                self._tell(CampaignPaused(campaign=now.id, line=now.line, why=row.why))
            case _:
                self._tell(_over(row, people))


def _over(row: CampaignRow, people: list[PersonRow]) -> CampaignOver:
    return CampaignOver(
        campaign=row.now.id,
        line=row.now.line,
        state=row.now.state,
        why=row.why,
        people=row.now.people,
        moved=row.now.moved,
        asked=sum(one.target is not None for one in people),
        waiting=row.now.waiting,
    )
