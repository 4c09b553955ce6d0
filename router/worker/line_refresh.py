"""Recompute lines as time passes: warming lines gain weight, old arrivals expire, a silent provider raises doubt."""

from dataclasses import dataclass

from router.core.lines.silence import silent_since_ms
from router.services.pools.limits import refresh_limits
from router.services.pools.pool_cache import PoolCache
from router.store.deliveries import DeliveryStore
from router.store.lines import Lines


@dataclass(frozen=True, slots=True)
class AgingReport:
    """What one tick did."""

    changed_lines: int


async def tick(pool_cache: PoolCache, lines: Lines, delivery_store: DeliveryStore, *, now_ms: int) -> AgingReport:
    """Recompute every pool's limits for `now_ms`.

    Raises:
        StoreUnavailable: the next tick does it.
    """
    last_heard_ms = await delivery_store.last_taken_ms()
    changed = 0
    for view in pool_cache.all():
        silent = silent_since_ms(last_heard_ms.get(view.pool.environment), now_ms=now_ms)
        changed += await refresh_limits(lines, view.pool, view.measured, now_ms=now_ms, silent_since_ms=silent)
    return AgingReport(changed)
