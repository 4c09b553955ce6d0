"""Count in memory what people do on pages, and add it to the day's counts of their pool once a second.

Counting touches no store, so it costs a page nothing but a dictionary. A killed process loses a second's counts.
"""

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
        self._counts: dict[PoolId, dict[tuple[int, PageStep], int]] = {}

    def add(self, pool: PoolId, slot: int, step: PageStep) -> None:
        """Count one step on a line, given by its slot."""
        counts = self._counts.get(pool)
        if counts is None:
            counts = self._counts[pool] = {}
        key = (slot, step)
        counts[key] = counts.get(key, 0) + 1

    async def flush(self) -> None:
        """Add all counts to those of today, pool by pool.

        Raises:
            StoreUnavailable: what was not added waits for the next flush. If the store took the counts of a pool all
                the same, they count twice.
        """
        day = self._clock.now_ms() // DAY_MS
        for pool in list(self._counts):
            counts = self._counts.pop(pool)
            try:
                await self._traffic.add(
                    PoolKeys(pool), day, {f"{slot}:{step}": n for (slot, step), n in counts.items()}
                )
            except StoreUnavailable:
                waiting = self._counts.setdefault(pool, {})
                for key, times in counts.items():
                    waiting[key] = waiting.get(key, 0) + times
                raise
