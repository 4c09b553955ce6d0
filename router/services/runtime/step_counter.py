"""Count in memory what people do on pages, and add it to the day's counts of their pool once a second.

Counting touches no store, so it costs a page nothing but a dictionary. A killed process loses a second's counts.
"""

from collections import defaultdict
from enum import StrEnum

from router.core.errors import StoreUnavailable
from router.core.pool import PoolId
from router.core.time_units import DAY_MS
from router.services.runtime.clock import StoreClock
from router.store.keys import PoolKeys
from router.store.traffic import TrafficLog


class PageStep(StrEnum):
    """What a person did on a page; the word is that of the store."""

    SIGNUP_PAGE = "signup_page"
    OWN_PAGE = "own_page"
    MESSAGES = "messages"


class StepCounter:
    """Counts the steps of this process."""

    def __init__(self, traffic: TrafficLog, clock: StoreClock) -> None:
        self._traffic = traffic
        self._clock = clock
        self._counts: dict[tuple[PoolId, int, PageStep], int] = {}

    def add(self, pool: PoolId, slot: int, step: PageStep) -> None:
        """Count one step on a line, given by its slot."""
        key, counts = (pool, slot, step), self._counts
        counts[key] = counts.get(key, 0) + 1

    async def flush(self) -> None:
        """Add all counts to those of today.

        Raises:
            StoreUnavailable: the counts wait for the next flush. If the store took them all the same, they count twice.
        """
        counts, self._counts = self._counts, {}
        by_pool: dict[PoolId, dict[str, int]] = defaultdict(dict)
        for (pool, slot, step), times in counts.items():
            by_pool[pool][f"{slot}:{step}"] = times
        day = self._clock.now_ms() // DAY_MS
        for pool, fields in by_pool.items():
            try:
                await self._traffic.add(PoolKeys(pool), day, fields)
            except StoreUnavailable:
                for key, times in counts.items():
                    if key[0] == pool:
                        self._counts[key] = self._counts.get(key, 0) + times
                raise
