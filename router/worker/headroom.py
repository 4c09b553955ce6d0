"""Tell operators when lines must be ordered: a person at the provider rents them out, and a new line warms up."""

from dataclasses import dataclass
from datetime import timedelta

from router.services.alerts import Alerts
from router.services.capacity import CapacityReports
from router.services.directory import Directory

EVERY = timedelta(minutes=15)
PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HeadroomReport:
    """What one tick found."""

    low_pools: int


async def tick(directory: Directory, capacity: CapacityReports, alerts: Alerts) -> HeadroomReport:
    """Look at every pool that has lines, and tell of those whose reserve begins before a new line could help.

    Raises:
        StoreUnavailable: the next tick looks again.
    """
    low_pools = 0
    for view in directory.all():
        report = await capacity.report(view.pool.id)
        if report.plan.lines and report.plan.must_order_now:
            low_pools += 1
            message = f"Pool {view.pool.id!r}: {report.advice[0]} See: switchyard capacity --pool {view.pool.id}"
            await alerts.tell("headroom_low", view.pool.id, message, pause=PAUSE)
    return HeadroomReport(low_pools)
