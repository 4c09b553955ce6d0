"""Take one step of all campaigns of a pool: advance, find people, record what they did, prompt, and finish."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from router.core.act import BY_WORKER
from router.core.campaigns.campaign import Campaign, CampaignState, PersonState
from router.core.campaigns.cause import Cause
from router.core.code import Code
from router.core.errors import Conflict
from router.core.time_units import MILLISECOND
from router.services.alerts import Alerts
from router.services.campaigns.lifecycle import CampaignLifecycle
from router.services.campaigns.people_finder import PeopleFinder
from router.services.campaigns.prompting import Prompting, PromptingReport
from router.services.campaigns.room import missing_lines
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.store.campaign_people import Settlement
from router.store.campaign_queue import MAX_ENQUEUED, CampaignQueue
from router.store.campaigns import Campaigns
from router.store.lines import Lines, Overview
from router.telemetry.logs import get_logger

Sleep = Callable[[float], Awaitable[None]]

_STEP = timedelta(seconds=1)  # for one campaign; the next pool must not wait long
_REMEMBERED_MS = 30 * 86_400_000  # a person who texts a month after their prompt still moved because of it
_LEFT = (PersonState.WAITING, PersonState.SENDING, PersonState.SENT, PersonState.UNKNOWN)
_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignStepReport:
    """What one step did, over all campaigns of one pool."""

    live: int = 0
    planned: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    moved: int = 0


class CampaignEngine:
    """Runs the campaigns of any pool. Several workers may run the same ones: every step is a claim in the store.

    Args:
        campaigns: stores the campaigns.
        queue: stores whose turn it is, and the results.
        lines: reads the lines of a pool.
        lifecycle: opens, advances and finishes campaigns.
        finder: finds their people.
        prompting: prompts people.
        alerts: alerts operators to a campaign that cannot go on.
        clock: the store's.
        sleep: waits for a channel's pace, in seconds.
        opened_wait: as in CampaignRules.
    """

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        queue: CampaignQueue,
        lines: Lines,
        lifecycle: CampaignLifecycle,
        finder: PeopleFinder,
        prompting: Prompting,
        alerts: Alerts,
        clock: StoreClock,
        sleep: Sleep,
        opened_wait: timedelta,
    ) -> None:
        self._campaigns = campaigns
        self._queue = queue
        self._lines = lines
        self._lifecycle = lifecycle
        self._finder = finder
        self._prompting = prompting
        self._alerts = alerts
        self._clock = clock
        self._sleep = sleep
        self._opened_wait = opened_wait
        self._without_room: set[str] = set()

    async def step(self, view: PoolView) -> CampaignStepReport:
        """Take one step of each campaign of a pool.

        Raises:
            StoreUnavailable: the next step does the rest.
        """
        now_ms = self._clock.now_ms()
        overview = await self._lines.overview(view.keys)
        campaigns = await self._lifecycle.advance(view.pool, overview, now_ms=now_ms)
        recent = [
            campaign
            for campaign in campaigns
            if campaign.state.is_live or now_ms - campaign.created_at_ms < _REMEMBERED_MS
        ]
        moved = await self._record_moves_and_openings(view, recent)
        unknown = await self._prompting.settle_abandoned(view, campaigns)
        planned = sent = failed = 0
        live = [campaign for campaign in campaigns if campaign.state.is_live]
        for campaign in live:
            if not campaign.is_planned:
                planned += await self._plan(view, campaign)
            elif campaign.cause is Cause.WAITLIST:
                planned += await self._finder.find(view, campaign)
            if campaign.state is CampaignState.RUNNING:
                for report in await self._prompt(view, overview, campaign):
                    sent, failed, unknown = sent + report.sent, failed + report.failed, unknown + report.unknown
        return CampaignStepReport(
            live=len(live), planned=planned, sent=sent, failed=failed, unknown=unknown, moved=moved
        )

    async def _plan(self, view: PoolView, campaign: Campaign) -> int:
        """Find the people of the campaign; a search that was interrupted begins again."""
        added = await self._finder.find(view, campaign)
        with suppress(Conflict):  # the campaign changed meanwhile: the next step searches again
            await self._lifecycle.change(view.keys, campaign, by=BY_WORKER, is_planned=True)
            _log.info("campaign_planned", campaign=campaign.id, count=added)
        return added

    async def _record_moves_and_openings(self, view: PoolView, campaigns: Sequence[Campaign]) -> int:
        """Record in the campaigns who moved, and who saw their new number."""
        moved = 0
        while codes := await self._queue.moves(view.keys):
            moved += await self._settle_all(view, campaigns, codes, "moved")
            await self._queue.forget_moves(view.keys, codes)
        while codes := await self._queue.openings(view.keys):
            await self._settle_all(view, campaigns, codes, "opened")
            await self._queue.forget_openings(view.keys, codes)
        return moved

    async def _settle_all(self, view: PoolView, campaigns: Sequence[Campaign], codes: Sequence[Code], word: str) -> int:
        now_ms, changed = self._clock.now_ms(), 0
        again_ms = now_ms + self._opened_wait // MILLISECOND if word == "opened" else 0
        people = [Settlement(code=code, word=word, again_ms=again_ms) for code in dict.fromkeys(codes)]
        for campaign in campaigns:
            changed += await self._queue.settle(view.keys, campaign.id, people, now_ms=now_ms)
        return changed

    async def _prompt(self, view: PoolView, overview: Overview, campaign: Campaign) -> list[PromptingReport]:
        ends_at_ms, reports = self._clock.now_ms() + _STEP // MILLISECOND, list[PromptingReport]()
        # If the clock was set back, more than a whole step is left.
        while timedelta(0) < (left := (ends_at_ms - self._clock.now_ms()) * MILLISECOND) <= _STEP:
            # Wake everybody whose time has come before the first of them is chosen.
            if await self._queue.wake(view.keys, campaign.id, now_ms=self._clock.now_ms()) == MAX_ENQUEUED:
                continue
            report = await self._prompting.send_next_batch(view, overview, campaign)
            reports.append(report)
            await self._report_missing_room(view, overview, campaign, report)
            if report.is_idle:
                if report.is_held_up or not timedelta(0) < report.wait <= left:
                    break
                await self._sleep(report.wait.total_seconds())
        if not await self._queue.has_queue(view.keys, campaign.id):
            await self._finish(view, campaign)
        return reports

    async def _finish(self, view: PoolView, campaign: Campaign) -> None:
        """Finish the campaign, unless people joined since the last search."""
        now = await self._campaigns.get(view.keys, campaign.id)
        if now is None or now.state is not CampaignState.RUNNING:
            return
        if await self._finder.find(view, campaign) or await self._queue.has_queue(view.keys, campaign.id):
            return
        with suppress(Conflict):
            await self._lifecycle.finish(view.keys, now, now_ms=self._clock.now_ms())

    async def _report_missing_room(
        self, view: PoolView, overview: Overview, campaign: Campaign, report: PromptingReport
    ) -> None:
        """Alert operators once that no line has room, until one has again."""
        if not report.has_no_room:
            if not report.is_idle:
                self._without_room.discard(campaign.id)
            return
        if campaign.id in self._without_room:
            return
        self._without_room.add(campaign.id)
        counts = (await self._campaigns.progress(view.keys, campaign)).counts
        # People who were invited hold a place already; people who were asked to move do not.
        left = (PersonState.WAITING,) if campaign.cause is Cause.WAITLIST else _LEFT
        missing = missing_lines(overview, sum(counts[state] for state in left))
        message = (
            f"Campaign {campaign.id} cannot go on: {counts[PersonState.WAITING]} people wait, and no line has room. "
            f"Add lines ({missing} more are needed), or raise a capacity: switchyard capacity"
        )
        await self._alerts.send("campaign_without_room", campaign.id, message)
