"""Release the places of people who never texted, one bounded step at a time."""

from dataclasses import dataclass

from router.core.time_units import MINUTE_MS
from router.services.pools.pool_cache import PoolCache, PoolView
from router.store.assignments import MAX_EXPIRED_AT_ONCE, Assignments

_MAX_MINUTES_A_TICK = 100


@dataclass(frozen=True, slots=True)
class ExpiryReport:
    """What one tick did."""

    expired: int


async def tick(pool_cache: PoolCache, assignments: Assignments, *, now_ms: int) -> ExpiryReport:
    """Expire what is due in every pool.

    Raises:
        StoreUnavailable: what was not released is still due.
    """
    return ExpiryReport(sum([await _sweep(view, assignments, now_ms) for view in pool_cache.all()]))


async def _sweep(view: PoolView, assignments: Assignments, now_ms: int) -> int:
    expired = 0
    for minute in await assignments.due_minutes(view.keys, up_to=now_ms // MINUTE_MS, limit=_MAX_MINUTES_A_TICK):
        left = 1
        while left:
            codes = await assignments.due_codes(view.keys, minute, limit=MAX_EXPIRED_AT_ONCE)
            done, left = await assignments.expire(view.keys, minute, codes, now_ms=now_ms)
            expired += done
    return expired
