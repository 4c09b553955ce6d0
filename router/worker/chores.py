"""The worker's chores: which tick runs how often."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from router.gateway import Gateway
from router.process.starter import has_lost_its_starter
from router.worker import app_news, campaigns, expiry, headroom, line_refresh, retry_deliveries, sampling
from router.worker.loop import Chore
from router.worker.reconcilers import RECONCILE_EVERY, open_reconcilers

_SECOND = timedelta(seconds=1)


@asynccontextmanager
async def open_chores(gateway: Gateway) -> AsyncIterator[list[Chore]]:
    """Yield all chores of a worker; the connections that some of them need are closed at the end."""
    pool_cache, clock = gateway.pool_cache, gateway.clock
    async with open_reconcilers(gateway) as reconcilers:
        yield [
            Chore("refresh", _SECOND, gateway.refresh),
            Chore("starter", _SECOND, _leave_with_starter),
            Chore("expiry", _SECOND, lambda: expiry.tick(pool_cache, gateway.assignments, now_ms=clock.now_ms())),
            Chore(
                "line_refresh",
                timedelta(seconds=10),
                lambda: line_refresh.tick(pool_cache, gateway.lines, gateway.delivery_store, now_ms=clock.now_ms()),
            ),
            Chore(
                "sampling",
                timedelta(minutes=5),
                lambda: sampling.tick(pool_cache, gateway.capacity, now_ms=clock.now_ms()),
            ),
            Chore(
                "headroom",
                headroom.EVERY,
                lambda: headroom.tick(pool_cache, gateway.capacity, gateway.alerts, gateway.headroom_news),
            ),
            Chore("campaigns", _SECOND, lambda: campaigns.tick(pool_cache, gateway.campaign_engine)),
            Chore("app_news", _SECOND, lambda: app_news.tick(pool_cache, gateway.app_news_sender)),
            Chore("retry_deliveries", timedelta(seconds=10), lambda: retry_deliveries.tick(gateway.deliveries)),
            *(Chore("reconcile", RECONCILE_EVERY, tick) for tick in reconcilers),
        ]


async def _leave_with_starter() -> None:
    """End this worker as a SIGTERM would, once the gateway that started it is gone."""
    if has_lost_its_starter():
        os.kill(os.getpid(), signal.SIGTERM)
