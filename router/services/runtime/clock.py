"""The one clock: the store's time, computed from this process's monotonic clock.

Wall clocks of machines differ and jump; the store's clock orders everything. A reading is the store's time when we last
asked plus the monotonic time since. It never goes back a little: it stands still until the store has caught up. If the
store's clock was set back by more, the reading follows, or this process would stand still for as long.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

_STOOD_OUT_MS = timedelta(seconds=10) // timedelta(milliseconds=1)  # servers may differ this much across a failover


class StoreClock:
    """Returns the store's time without asking it each time.

    Args:
        ask_ms: asks the store for its time, milliseconds since 1970.
        monotonic_ms: this process's steady clock.
    """

    def __init__(self, ask_ms: Callable[[], Awaitable[int]], monotonic_ms: Callable[[], float]) -> None:
        self._ask_ms = ask_ms
        self._monotonic_ms = monotonic_ms
        self._offset_ms = 0.0
        self._latest_ms = 0

    async def synchronise(self) -> None:
        """Ask the store for its time, and assume that it answered in the middle of the round trip.

        Raises:
            StoreUnavailable: the last answer stays in use.
        """
        before_ms = self._monotonic_ms()
        store_ms = await self._ask_ms()
        self._offset_ms = store_ms - (before_ms + self._monotonic_ms()) / 2

    def now_ms(self) -> int:
        """Return milliseconds since 1970 by the store's clock."""
        reading_ms = int(self._monotonic_ms() + self._offset_ms)
        if reading_ms > self._latest_ms or reading_ms < self._latest_ms - _STOOD_OUT_MS:
            self._latest_ms = reading_ms
        return self._latest_ms
