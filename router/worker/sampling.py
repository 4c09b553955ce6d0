"""Measure what people send: every few minutes, for every pool."""

from dataclasses import dataclass

from router.services.capacity.reports import CapacityReports
from router.services.pools.pool_cache import PoolCache


@dataclass(frozen=True, slots=True)
class SamplingReport:
    """What one tick did."""

    changed_pools: int


async def tick(pool_cache: PoolCache, capacity: CapacityReports, *, now_ms: int) -> SamplingReport:
    """Measure every pool again.

    Raises:
        StoreUnavailable: the earlier measurements stay in use; the next tick measures again.
    """
    return SamplingReport(sum([await capacity.sample(view.pool, now_ms=now_ms) for view in pool_cache.all()]))
