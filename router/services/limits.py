"""Bring what the picker knows of a pool's lines up to the pool's settings and to the hour."""

from router.core.capacity import limits_of
from router.core.pool import Pool
from router.core.traffic import Measured
from router.store.keys import PoolKeys
from router.store.lines import Lines


async def refresh_limits(
    lines: Lines, pool: Pool, measured: Measured, *, now_ms: int, silent_since_ms: int | None = None
) -> int:
    """Derive every line's limits again, write those that differ, and let the rolling 24 h move on.

    A line that someone changes meanwhile is passed over: its own change wrote its limits.

    Returns:
        How many lines changed.

    Raises:
        StoreUnavailable: nothing was changed, or it is not known whether; call again.
    """
    keys = PoolKeys(pool.id)
    overview = await lines.overview(keys)
    changed = {
        slot: (now.line.revision, limits)
        for slot, now in overview.lines.items()
        if (limits := limits_of(now.line, pool, measured, now_ms=now_ms)) != now.limits
    }
    return await lines.refresh(keys, changed, now_ms=now_ms, silent_since_ms=silent_since_ms)
