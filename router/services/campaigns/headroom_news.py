"""Queue the event that lines must be ordered, for the customer's app: once a day for each pool."""

import json

from router.core.campaigns.app_news import News, NewsKind
from router.core.time_units import DAY_MS
from router.services.campaigns.app_news import stable_id
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.store.alerts import AlertStore
from router.store.app_news import NewsLog

HEADROOM_LOW = "pool.headroom_low"


class HeadroomNews:
    """Queues first and claims the day then: a process that is killed in between queues it again, under the same id."""

    def __init__(self, news: NewsLog, alert_store: AlertStore, clock: StoreClock) -> None:
        self._news = news
        self._alert_store = alert_store
        self._clock = clock

    async def announce(self, view: PoolView, *, lines: int, lines_needed: int, advice: str) -> None:
        """Queue the event, if none was queued today.

        Raises:
            StoreUnavailable: call it again.
        """
        now_ms = self._clock.now_ms()
        subject = f"{view.pool.id} {now_ms // DAY_MS}"
        if await self._alert_store.is_claimed(HEADROOM_LOW, subject):
            return
        data = json.dumps({"lines": lines, "lines_needed": lines_needed, "advice": advice}, ensure_ascii=False)
        event = stable_id(f"{HEADROOM_LOW}:{subject}")
        await self._news.add(
            view.keys, News(id="", kind=NewsKind.PLAIN, at_ms=now_ms, word=HEADROOM_LOW, data=data, event=event)
        )
        await self._alert_store.claim_alert(HEADROOM_LOW, subject, pause_ms=DAY_MS)
