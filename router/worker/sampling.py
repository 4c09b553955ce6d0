"""Measure what people send: every few minutes, for every pool."""

from dataclasses import dataclass

from router.services.capacity import CapacityReports
from router.services.directory import Directory


@dataclass(frozen=True, slots=True)
class SamplingReport:
    """What one tick did."""

    changed_pools: int


async def tick(directory: Directory, capacity: CapacityReports, *, now_ms: int) -> SamplingReport:
    """Measure every pool anew.

    Raises:
        StoreUnavailable: what was measured before goes on; the next tick measures again.
    """
    return SamplingReport(sum([await capacity.sample(view.pool, now_ms=now_ms) for view in directory.all()]))
