"""Estimate how fast a campaign goes now, and how long it still takes."""

from dataclasses import dataclass
from datetime import timedelta

from router.core.campaigns.campaign import CampaignState, PersonState, Progress
from router.core.campaigns.campaign_rules import CampaignRules, time_needed
from router.core.time_units import MILLISECOND
from router.services.campaigns.room import allowances_of
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.store.lines import Lines

_TO_PROMPT = (PersonState.WAITING, PersonState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where a campaign stands, and what to expect of it.

    Attributes:
        progress: the campaign, and how far it is.
        line: the number people leave; empty for the waitlist, and for a line that is gone.
        targets: number → people who were asked to text it.
        per_hour: new people that all lines together may get in an hour.
        prompts_per_second: a channel's pace.
        time_left: until everybody is prompted, not counting quiet hours; None while it waits for a human, or while no
            line can take people.
    """

    progress: Progress
    line: str
    targets: dict[str, int]
    per_hour: int
    prompts_per_second: float
    time_left: timedelta | None


class Outlooks:
    """Estimates from the lines as they are now."""

    def __init__(self, lines: Lines, pool_cache: PoolCache, rules: CampaignRules, clock: StoreClock) -> None:
        self._lines = lines
        self._pool_cache = pool_cache
        self._rules = rules
        self._clock = clock

    async def of(self, progress: Progress) -> Outlook:
        """Return where a campaign stands and what to expect of it.

        Raises:
            NotFound: its pool is gone.
            StoreUnavailable: the store does not answer.
        """
        campaign = progress.campaign
        view = await self._pool_cache.get(campaign.pool)
        overview = await self._lines.overview(view.keys)
        left_by = overview.lines.get(campaign.slot)
        allowances = allowances_of(overview, self._rules)
        return Outlook(
            progress=progress,
            line="" if left_by is None else left_by.line.number,
            targets={
                overview.lines[slot].line.number: people
                for slot, people in sorted(progress.targets.items())
                if slot in overview.lines
            },
            per_hour=sum(allowances.values()),
            prompts_per_second=self._rules.prompts_per_second,
            time_left=self._time_left(progress, list(allowances.values())),
        )

    def _time_left(self, progress: Progress, allowances: list[int]) -> timedelta | None:
        campaign = progress.campaign
        if not campaign.state.is_live:
            return timedelta(0)
        if campaign.state is CampaignState.PAUSED:
            return None
        people = sum(progress.counts.get(state, 0) for state in _TO_PROMPT)
        needed = time_needed({"one": people}, allowances, people, self._rules)
        held = max(timedelta(0), (campaign.hold_until_ms - self._clock.now_ms()) * MILLISECOND)
        return None if needed is None else held + needed
