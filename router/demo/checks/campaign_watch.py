"""Follow campaigns: report what is new, give each prompt to its person, and record what is checked at the end."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import httpx

from router.demo.checks.prompt_check import PromptCheck
from router.demo.clients.campaigns_api import CampaignRow, CampaignsApi, PromptedPerson
from router.demo.clients.inboxes import Inboxes, Prompt
from router.demo.output.campaign_events import CampaignOpened, CampaignOver, CampaignPaused, CampaignRuns, Prompted
from router.demo.output.event import Trouble
from router.demo.output.run_events import CampaignNow, Position
from router.demo.people.crowd import Crowd
from router.demo.people.journey import Report

_EVERY_S = 0.5
_MOVE_PATIENCE_S = 30.0
_FEW_WAIT = 6  # more get their prompt while the line recovers
_HOLD_DOWN_PATIENCE_S = 60.0  # it doubles with each flag of the same line; in a long demo it grows past this


class CampaignProgress:
    """Reads all campaigns twice a second.

    Attributes:
        shown: the live campaigns, or the last one if none is live.
    """

    def __init__(
        self,
        *,
        campaigns: CampaignsApi,
        sinks: Inboxes,
        crowd: Crowd,
        prompt_check: PromptCheck,
        positions: Callable[[], list[Position]],
        report: Report,
    ) -> None:
        self._campaigns = campaigns
        self._sinks = sinks
        self._crowd = crowd
        self._prompt_check = prompt_check
        self._positions = positions
        self._report = report
        self._states: dict[str, str] = {}
        self._recovered: set[str] = set()
        self.shown: tuple[CampaignNow, ...] = ()

    async def keep_watching(self) -> None:
        """Read until cancelled. People who got a prompt act on it meanwhile."""
        async with asyncio.TaskGroup() as readers:
            while True:
                try:
                    for prompt in await self.poll():
                        journey = self._crowd.at(prompt.address)
                        if journey is not None:
                            readers.create_task(journey.heed(prompt.link))
                except httpx.HTTPError as fault:
                    self._report(Trouble(what=f"following campaigns: {fault!r}"))
                await asyncio.sleep(_EVERY_S)

    async def poll(self) -> list[Prompt]:
        """Read once, and return the prompts that arrived since.

        Raises:
            httpx.HTTPError: the gateway or the sandbox did not answer.
        """
        rows = await self._campaigns.all()
        for row in reversed(rows):
            await self._follow(row)
        live = tuple(row.now for row in rows if row.is_live)
        self.shown = live or tuple(row.now for row in rows[:1])
        new = [
            prompt
            for prompt in await self._sinks.new_prompts()
            if self._prompt_check.record(prompt, self._whose(prompt))
        ]
        for prompt in new:
            self._report(Prompted(channel=prompt.channel, address=prompt.address, text=prompt.text))
        return new

    async def wait_until_running(self, line: str) -> None:
        """Wait until the campaign off a line prompts people, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_HOLD_DOWN_PATIENCE_S):
                while not any(now.line == line and now.state == "running" for now in self.shown):  # noqa: ASYNC110 - we poll
                    await asyncio.sleep(_EVERY_S)

    async def wait_until_halfway(self, line: str, *, prompted_s: float) -> None:
        """Wait while the campaign off a line prompts people: for a time and until one of them has moved.

        It ends earlier when few still wait, so that a line that recovers now spares somebody a prompt.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(prompted_s + _MOVE_PATIENCE_S):
                enough_at_s = time.monotonic() + prompted_s
                while not self._is_halfway(line, is_time=time.monotonic() >= enough_at_s):  # noqa: ASYNC110 - we poll
                    await asyncio.sleep(_EVERY_S)

    def _is_halfway(self, line: str, *, is_time: bool) -> bool:
        live = [now for now in self.shown if now.line == line and now.state == "running"]
        return not live or live[0].waiting <= _FEW_WAIT or (is_time and live[0].moved > 0)

    async def record_recovery(self, line: str) -> None:
        """Record who still waits for a prompt when the line works again. The gateway has just reported the recovery.

        Raises:
            httpx.HTTPError: the gateway did not answer.
        """
        for row in await self._campaigns.all():
            if row.now.line == line:
                self._recovered.add(row.now.id)
                waiting = [one for one in await self._campaigns.people(row.now.id) if one.state == "waiting"]
                self._prompt_check.spare(self._crowd.numbers(one.signup for one in waiting))
                return

    def _whose(self, prompt: Prompt) -> str:
        journey = self._crowd.at(prompt.address)
        return prompt.address if journey is None else journey.phone.person.number

    @property
    def count(self) -> int:
        """How many campaigns there were."""
        return len(self._states)

    async def _follow(self, row: CampaignRow) -> None:
        now, before = row.now, self._states.get(row.now.id)
        if before is not None and not row.is_live and before == now.state:
            return
        for position in self._positions():
            self._prompt_check.record_weight(now.id, position.line, position.weight_percent)
        people = await self._campaigns.people(now.id)
        if row.is_live and now.id not in self._recovered:
            self._prompt_check.unspare(self._crowd.numbers(one.signup for one in people))
        self._prompt_check.record_sent_to(now.id, Counter(one.target for one in people if one.target))
        if before != now.state:
            self._states[now.id] = now.state
            self._report_state(row, people, is_new=before is None)

    def _report_state(self, row: CampaignRow, people: list[PromptedPerson], *, is_new: bool) -> None:
        now = row.now
        if is_new:
            self._report(CampaignOpened(campaign=now.id, line=now.line, hold_down_s=row.hold_down_s))
        match now.state:
            case "holding":
                pass
            case "running":
                self._report(CampaignRuns(campaign=now.id, line=now.line, people=now.people))
            case "paused":
                self._report(CampaignPaused(campaign=now.id, line=now.line, why=row.why))
            case _:
                self._report(_over(row, people))


def _over(row: CampaignRow, people: list[PromptedPerson]) -> CampaignOver:
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
