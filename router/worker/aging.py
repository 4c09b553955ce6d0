"""Let time pass over the lines: warming lines gain weight, arrivals older than a day are forgotten."""

from dataclasses import dataclass

from router.services.directory import Directory
from router.services.limits import refresh_limits
from router.store.lines import Lines


@dataclass(frozen=True, slots=True)
class AgingReport:
    """What one tick did."""

    changed_lines: int


async def tick(directory: Directory, lines: Lines, *, now_ms: int) -> AgingReport:
    """Bring every pool's limits to `now_ms`.

    Raises:
        StoreUnavailable: the next tick does it.
    """
    return AgingReport(sum([await refresh_limits(lines, view.pool, now_ms=now_ms) for view in directory.all()]))
