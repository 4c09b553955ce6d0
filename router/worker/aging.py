"""Let time pass over the lines: warming ones gain weight, old arrivals are forgotten, silence breeds doubt."""

from dataclasses import dataclass

from router.core.silence import silent_since_ms
from router.services.directory import Directory
from router.services.limits import refresh_limits
from router.store.hook_log import HookLog
from router.store.lines import Lines


@dataclass(frozen=True, slots=True)
class AgingReport:
    """What one tick did."""

    changed_lines: int


async def tick(directory: Directory, lines: Lines, hook_log: HookLog, *, now_ms: int) -> AgingReport:
    """Bring every pool's limits to `now_ms`.

    Raises:
        StoreUnavailable: the next tick does it.
    """
    last_heard_ms = await hook_log.last_taken_ms()
    changed = 0
    for view in directory.all():
        silent = silent_since_ms(last_heard_ms.get(view.pool.environment), now_ms=now_ms)
        changed += await refresh_limits(lines, view.pool, view.measured, now_ms=now_ms, silent_since_ms=silent)
    return AgingReport(changed)
