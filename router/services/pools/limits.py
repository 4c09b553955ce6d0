"""Recompute each line's limits from the pool's settings and the time, and write those that changed."""

from router.core.capacity.capacity import limits_of
from router.core.capacity.traffic import Measured
from router.core.pool import Pool
from router.store.keys import PoolKeys
from router.store.lines import Lines


async def refresh_limits(
    lines: Lines, pool: Pool, measured: Measured, *, now_ms: int, silent_since_ms: int | None = None
) -> int:
    """Recompute the limits of every line, write those that differ, and advance the rolling 24 hours.

    A line that changes meanwhile is skipped: that change wrote its limits.

    Returns:
        How many lines changed.

    Raises:
        StoreUnavailable: nothing was changed, or we do not know; call again.
    """
    keys = PoolKeys(pool.id)
    overview = await lines.overview(keys)
    changed = {
        slot: (now.line.revision, limits)
        for slot, now in overview.lines.items()
        if (limits := limits_of(now.line, pool, measured, now_ms=now_ms)) != now.limits
    }
    return await lines.refresh(keys, changed, now_ms=now_ms, silent_since_ms=silent_since_ms)
