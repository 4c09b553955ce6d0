"""The store's clock, as a worker reads it."""

import time

from router.services.clock import StoreClock
from router.store.connection import StoreConnection, server_time_ms


async def store_clock(client: StoreConnection) -> StoreClock:
    """Return a clock that was set just now."""

    async def ask_ms() -> int:
        return await server_time_ms(client)

    clock = StoreClock(ask_ms, lambda: time.monotonic() * 1000)
    await clock.synchronise()
    return clock
