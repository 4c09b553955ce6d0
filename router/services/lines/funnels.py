"""Report how many people reached each step on the way to a conversation, by line and day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from router.core.errors import InvalidField
from router.core.line import Line
from router.core.lines.funnel import FunnelDay, FunnelSteps
from router.core.pool import PoolId
from router.core.time_units import DAY_MS, DAY_S
from router.services.pools.admin import find_pool
from router.services.runtime.clock import StoreClock
from router.store.keys import PoolKeys
from router.store.lines import Lines
from router.store.pools import Pools
from router.store.traffic import TrafficLog

MAX_FUNNEL_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelReport:
    """The steps of some days, the oldest first; the last is today."""

    pool: PoolId
    lines: tuple[Line, ...]
    days: Sequence[FunnelDay]


class Funnels:
    """Reads the counts of a pool."""

    def __init__(self, pools: Pools, lines: Lines, traffic: TrafficLog, clock: StoreClock) -> None:
        self._pools = pools
        self._lines = lines
        self._traffic = traffic
        self._clock = clock

    async def report(self, pool_id: str, *, days: int) -> FunnelReport:
        """Return the steps of today and of the days before it.

        Raises:
            InvalidField: `days` is out of range.
            NotFound: there is no such pool.
        """
        if not 1 <= days <= MAX_FUNNEL_DAYS:
            raise InvalidField("days", f"{days} must be 1 to {MAX_FUNNEL_DAYS}")
        pool = await find_pool(self._pools, pool_id)
        keys, today = PoolKeys(pool.id), self._clock.now_ms() // DAY_MS
        now = (await self._lines.overview(keys)).lines
        counted = await self._traffic.funnel(keys, first=today - days + 1, last=today)
        # Places are counted by whole hours; those of the running hour stand in the line.
        for slot, line in now.items():
            steps = counted[-1].setdefault(slot, FunnelSteps())
            counted[-1][slot] = replace(steps, places=steps.places + line.new_this_hour)
        first_s = (today - days + 1) * DAY_S
        return FunnelReport(
            pool=pool.id,
            lines=tuple(line.line for line in now.values()),
            days=[
                FunnelDay(datetime.fromtimestamp(first_s + place * DAY_S, tz=UTC).date(), lines)
                for place, lines in enumerate(counted)
            ],
        )
