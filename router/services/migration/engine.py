"""One step of all the campaigns of a pool: look, plan, take in what people did, prompt, and end what is over."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from router.core.campaign import Campaign, CampaignState, Cause, PersonState
from router.core.code import Code
from router.core.errors import Conflict
from router.observe.logs import get_logger
from router.services.alerts import Alerts
from router.services.clock import StoreClock
from router.services.directory import PoolView
from router.services.migration.ending import tell_left_behind
from router.services.migration.finding import PeopleFinder
from router.services.migration.prompting import Prompting, PromptingReport
from router.services.migration.targets import missing_lines
from router.services.migration.watch import CampaignWatch
from router.store.campaign_people import Settlement
from router.store.campaigns import MAX_ENQUEUED, Campaigns
from router.store.lines import Lines, Overview

Sleep = Callable[[float], Awaitable[None]]

_STEP = timedelta(seconds=1)  # of one campaign; the next pool must not wait long
_REMEMBERED_MS = 30 * 86_400_000  # a person who texts a month after their prompt still moved because of it
_MS = timedelta(milliseconds=1)
_LEFT = (PersonState.WAITING, PersonState.SENDING, PersonState.SENT, PersonState.UNKNOWN)
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
    """Moves the campaigns of any pool on. Several workers may do so at once: every step is a claim in the store.

    Args:
        campaigns: what they are, and who stands where in them.
        lines: of their pools.
        watch: opens and ends them.
        finder: finds their people.
        prompting: prompts people.
        alerts: tells operators of a campaign that can not go on.
        clock: the store's.
        sleep: waits for a channel's pace, in seconds.
    """

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        lines: Lines,
        watch: CampaignWatch,
        finder: PeopleFinder,
        prompting: Prompting,
        alerts: Alerts,
        clock: StoreClock,
        sleep: Sleep,
    ) -> None:
        self._campaigns = campaigns
        self._lines = lines
        self._watch = watch
        self._finder = finder
        self._prompting = prompting
        self._alerts = alerts
        self._clock = clock
        self._sleep = sleep
        self._without_room: set[str] = set()

    async def step(self, view: PoolView) -> MigrationReport:
        """Move a pool's campaigns on by one step.

        Raises:
            StoreUnavailable: the next step does the rest.
        """
        now_ms = self._clock.now_ms()
        overview = await self._lines.overview(view.keys)
        campaigns = await self._watch.look(view.pool, overview, now_ms=now_ms)
        recent = [
            campaign
            for campaign in campaigns
            if campaign.state.is_live or now_ms - campaign.created_at_ms < _REMEMBERED_MS
        ]
        moved = await self._take_in(view, recent)
        unknown = await self._prompting.recover(view, campaigns)
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
        return MigrationReport(live=len(live), planned=planned, sent=sent, failed=failed, unknown=unknown, moved=moved)

    async def _plan(self, view: PoolView, campaign: Campaign) -> int:
        """Find everybody of the campaign; a plan that broke off begins again."""
        added = await self._finder.find(view, campaign)
        with suppress(Conflict):  # somebody changed the campaign meanwhile: the next step looks through the line again
            await self._watch.change(view.keys, campaign, is_planned=True)
            _log.info("campaign_planned", campaign=campaign.id, count=added)
        return added

    async def _take_in(self, view: PoolView, campaigns: Sequence[Campaign]) -> int:
        """Let the campaigns know who moved, and who saw their new number."""
        moved = 0
        while codes := await self._campaigns.moves(view.keys):
            moved += await self._settle_all(view, campaigns, codes, "moved")
            await self._campaigns.forget_moves(view.keys, codes)
        while codes := await self._campaigns.openings(view.keys):
            await self._settle_all(view, campaigns, codes, "opened")
            await self._campaigns.forget_openings(view.keys, codes)
        return moved

    async def _settle_all(self, view: PoolView, campaigns: Sequence[Campaign], codes: Sequence[Code], word: str) -> int:
        people = [Settlement(code=code, word=word) for code in dict.fromkeys(codes)]
        now_ms, changed = self._clock.now_ms(), 0
        for campaign in campaigns:
            changed += await self._campaigns.settle(view.keys, campaign.id, people, now_ms=now_ms)
        return changed

    async def _prompt(self, view: PoolView, overview: Overview, campaign: Campaign) -> list[PromptingReport]:
        ends_at_ms, reports = self._clock.now_ms() + _STEP // _MS, list[PromptingReport]()
        # More than a whole step is left where the clock was set back.
        while timedelta(0) < (left := (ends_at_ms - self._clock.now_ms()) * _MS) <= _STEP:
            # Everybody whose time has come is awake before the first of them is chosen.
            if await self._campaigns.wake(view.keys, campaign.id, now_ms=self._clock.now_ms()) == MAX_ENQUEUED:
                continue
            report = await self._prompting.go_on(view, overview, campaign)
            reports.append(report)
            await self._tell_room(view, overview, campaign, report)
            if report.is_idle:
                if report.is_held_up or not timedelta(0) < report.wait <= left:
                    break
                await self._sleep(report.wait.total_seconds())
        if not await self._campaigns.has_queue(view.keys, campaign.id):
            await self._end(view, campaign)
        return reports

    async def _end(self, view: PoolView, campaign: Campaign) -> None:
        """Nobody is left to prompt, unless somebody came since it was looked for people."""
        now = await self._campaigns.get(view.keys, campaign.id)
        if now is None or now.state is not CampaignState.RUNNING:
            return
        if await self._finder.find(view, campaign) or await self._campaigns.has_queue(view.keys, campaign.id):
            return
        with suppress(Conflict):
            await self._watch.change(view.keys, now, state=CampaignState.DONE, ended_at_ms=self._clock.now_ms())
            await tell_left_behind(self._alerts, self._campaigns, view.keys, now)

    async def _tell_room(self, view: PoolView, overview: Overview, campaign: Campaign, report: PromptingReport) -> None:
        """Tell once that no line has room, until one has."""
        if not report.has_no_room:
            if not report.is_idle:
                self._without_room.discard(campaign.id)
            return
        if campaign.id in self._without_room:
            return
        self._without_room.add(campaign.id)
        counts = (await self._campaigns.progress(view.keys, campaign)).counts
        # Whoever was invited holds a place already; whoever was asked to move does not.
        left = (PersonState.WAITING,) if campaign.cause is Cause.WAITLIST else _LEFT
        missing = missing_lines(overview, sum(counts[state] for state in left))
        message = (
            f"Campaign {campaign.id} stands still with {counts[PersonState.WAITING]} people: no line has room. "
            f"Add lines ({missing} more are needed), or raise a capacity: switchyard capacity"
        )
        await self._alerts.tell("campaign_without_room", campaign.id, message)
