"""One step of all the campaigns of a pool: look, plan, take in what people did, prompt, and end what is over."""

import asyncio
from dataclasses import dataclass

from router.core.campaign import Campaign, CampaignState
from router.core.errors import Conflict
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.directory import PoolView
from router.services.migration.prompting import Prompting
from router.services.migration.watch import CampaignWatch
from router.store.campaigns import Campaigns, Settlement
from router.store.lines import Lines, Overview

_STEP_MS = 1000  # a step of one campaign; the next pool must not wait long
_REMEMBERED_MS = 30 * 86_400_000  # a person who texts a month after their prompt still moved because of it
_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationReport:
    """What one step did, over the campaigns of one pool."""

    live: int = 0
    planned: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    moved: int = 0


class MigrationEngine:
    """Moves the campaigns of any pool on. Several workers may do so at once: every step is a claim in the store."""

    def __init__(
        self, campaigns: Campaigns, lines: Lines, watch: CampaignWatch, prompting: Prompting, clock: StoreClock
    ) -> None:
        self._campaigns = campaigns
        self._lines = lines
        self._watch = watch
        self._prompting = prompting
        self._clock = clock

    async def step(self, view: PoolView) -> MigrationReport:
        """Move a pool's campaigns on by one step.

        Raises:
            StoreUnavailable: the next step does the rest.
        """
        now_ms = self._clock.now_ms()
        overview = await self._lines.overview(view.keys)
        campaigns = await self._watch.look(view.pool, overview, now_ms=now_ms)
        recent = [campaign for campaign in campaigns if now_ms - campaign.created_at_ms < _REMEMBERED_MS]
        moved = await self._take_in(view, recent)
        planned = sent = failed = unknown = 0
        live = [campaign for campaign in campaigns if campaign.state.is_live]
        for campaign in live:
            unknown += await self._prompting.recover(view, campaign)
            if not campaign.is_planned:
                planned += await self._plan(view, campaign)
            elif campaign.state is CampaignState.RUNNING:
                report = await self._prompt(view, overview, campaign)
                sent, failed, unknown = sent + report[0], failed + report[1], unknown + report[2]
        return MigrationReport(live=len(live), planned=planned, sent=sent, failed=failed, unknown=unknown, moved=moved)

    async def _plan(self, view: PoolView, campaign: Campaign) -> int:
        """Find everybody who texted on the line; nobody is found twice, so a plan that broke off begins again."""
        added = 0
        async for people in self._campaigns.people_of_line(view.keys, campaign.slot):
            added += await self._campaigns.enqueue(view.keys, campaign.id, people, now_ms=self._clock.now_ms())
        try:
            await self._watch.change(view.keys, campaign, is_planned=True)
        except Conflict:
            return added
        _log.info("campaign_planned", campaign=campaign.id, count=added)
        return added

    async def _take_in(self, view: PoolView, campaigns: list[Campaign]) -> int:
        """Let the campaigns know who moved, and who saw their new number."""
        now_ms, moved = self._clock.now_ms(), 0
        while codes := await self._campaigns.moves(view.keys):
            people = [Settlement(code=code, word="moved") for code in dict.fromkeys(codes)]
            for campaign in campaigns:
                moved += await self._campaigns.settle(view.keys, campaign.id, people, now_ms=now_ms)
            await self._campaigns.forget_moves(view.keys, len(codes))
        while codes := await self._campaigns.openings(view.keys):
            people = [Settlement(code=code, word="opened") for code in dict.fromkeys(codes)]
            for campaign in campaigns:
                await self._campaigns.settle(view.keys, campaign.id, people, now_ms=now_ms)
            await self._campaigns.forget_openings(view.keys, len(codes))
        return moved

    async def _prompt(self, view: PoolView, overview: Overview, campaign: Campaign) -> tuple[int, int, int]:
        sent = failed = unknown = 0
        ends_at_ms = self._clock.now_ms() + _STEP_MS
        while (left_ms := ends_at_ms - self._clock.now_ms()) > 0:
            report = await self._prompting.go_on(view, overview, campaign)
            sent, failed, unknown = sent + report.sent, failed + report.failed, unknown + report.unknown
            wait_s = report.wait.total_seconds()
            if report.has_no_room or (report.is_idle and not wait_s) or wait_s * 1000 > left_ms:
                break
            await asyncio.sleep(wait_s)
        if not any(await self._campaigns.queued(view.keys, campaign.id)):
            await self._end(view, campaign)
        return sent, failed, unknown

    async def _end(self, view: PoolView, campaign: Campaign) -> None:
        """Nobody is left to prompt, unless somebody came to the line since it was looked through."""
        if await self._plan_again(view, campaign):
            return
        now_ms = self._clock.now_ms()
        try:
            await self._watch.change(view.keys, campaign, state=CampaignState.DONE, ended_at_ms=now_ms)
        except Conflict:
            return

    async def _plan_again(self, view: PoolView, campaign: Campaign) -> int:
        added = 0
        async for people in self._campaigns.people_of_line(view.keys, campaign.slot):
            added += await self._campaigns.enqueue(view.keys, campaign.id, people, now_ms=self._clock.now_ms())
        return added
