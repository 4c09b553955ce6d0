"""Send the customer's app the news of every pool."""

from dataclasses import dataclass

from router.services.campaigns.app_news import AppNewsSender
from router.services.pools.pool_cache import PoolCache


@dataclass(frozen=True, slots=True)
class NewsReport:
    """How many items were sent."""

    sent: int


async def tick(pool_cache: PoolCache, sender: AppNewsSender) -> NewsReport:
    """Send every pool's news.

    Raises:
        StoreUnavailable: the next tick sends the rest.
    """
    return NewsReport(sum([await sender.send_waiting(view) for view in pool_cache.all()]))
