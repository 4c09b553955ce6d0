"""The store's clock, as a worker reads it."""

import time

from router.services.runtime.clock import StoreClock
from router.store.server.client import StoreClient


async def store_clock(client: StoreClient) -> StoreClock:
    """Return a clock that was set just now."""
    clock = StoreClock(client.time_ms, lambda: time.monotonic() * 1000)
    await clock.synchronise()
    return clock
