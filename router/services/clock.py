"""The one clock: the store's, read over this process's steady one.

Wall clocks of machines differ and jump; the store's clock orders everything. A reading is the store's time when it was
last asked plus the monotonic time since, and it never goes back.
"""

from collections.abc import Awaitable, Callable


class StoreClock:
    """Tells the store's time without asking it each time.

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
        """Ask the store; the answer is taken to be from the middle of the round trip.

        Raises:
            StoreUnavailable: the old reading goes on.
        """
        before_ms = self._monotonic_ms()
        store_ms = await self._ask_ms()
        self._offset_ms = store_ms - (before_ms + self._monotonic_ms()) / 2

    def now_ms(self) -> int:
        """Milliseconds since 1970 by the store's clock."""
        self._latest_ms = max(self._latest_ms, int(self._monotonic_ms() + self._offset_ms))
        return self._latest_ms
