"""Let time pass over the lines: warming lines gain weight, arrivals older than a day are forgotten."""

from dataclasses import dataclass

from router.core.capacity import limits_of
from router.core.line import LineLimits
from router.services.directory import Directory, PoolView
from router.store.lines import Lines


@dataclass(frozen=True, slots=True)
class AgingReport:
    """What one tick did."""

    changed_lines: int


async def tick(directory: Directory, lines: Lines, *, now_ms: int) -> AgingReport:
    """Bring every pool's limits to `now_ms`.

    A line that someone changes meanwhile is left alone: it was given its limits by that change.

    Raises:
        StoreUnavailable: the next tick does it.
    """
    return AgingReport(sum([await _age(view, lines, now_ms) for view in directory.all()]))


async def _age(view: PoolView, lines: Lines, now_ms: int) -> int:
    overview = await lines.overview(view.keys)
    changed: dict[int, tuple[int, LineLimits]] = {}
    for slot, now in overview.lines.items():
        limits = limits_of(now.line, view.pool, now_ms=now_ms)
        if limits != now.limits:
            changed[slot] = (now.line.revision, limits)
    return await lines.refresh(view.keys, changed, now_ms=now_ms)
