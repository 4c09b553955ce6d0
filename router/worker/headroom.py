"""Alert operators when lines must be ordered: the provider rents them out by hand, and a new line must warm up."""

from dataclasses import dataclass
from datetime import timedelta

from router.services.alerts import Alerts
from router.services.campaigns.headroom_news import HeadroomNews
from router.services.capacity.reports import CapacityReports
from router.services.pools.pool_cache import PoolCache

EVERY = timedelta(minutes=15)
PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HeadroomReport:
    """What one tick found."""

    low_pools: int


async def tick(pool_cache: PoolCache, capacity: CapacityReports, alerts: Alerts, news: HeadroomNews) -> HeadroomReport:
    """Check every pool that has lines, and alert about those that need their reserve before a new line could help.

    Raises:
        StoreUnavailable: the next tick checks again.
    """
    low_pools = 0
    for view in pool_cache.all():
        report = await capacity.report(view.pool.id)
        if report.plan.lines and report.plan.must_order_now:
            low_pools += 1
            message = f"Pool {view.pool.id!r}: {report.advice[0]} See: switchyard capacity --pool {view.pool.id}"
            await alerts.send("headroom_low", view.pool.id, message, pause=PAUSE)
            await news.announce(
                view,
                lines=report.plan.lines,
                lines_needed=report.plan.lines_needed,
                advice=report.advice[0],
            )
    return HeadroomReport(low_pools)
