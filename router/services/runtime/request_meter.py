"""Count this process's requests by route, status and duration, and add the counts to those of its machine.

Counting touches no store. `flush` adds what was counted to one hash of the machine in one call, so a killed process
loses what it counted since the last flush.
"""

import asyncio
from bisect import bisect_left
from collections.abc import Mapping
from time import perf_counter

from router.core.errors import StoreUnavailable
from router.store.machine_counts import MachineCounts

BOUNDS_S = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5)
LOOP = "loop"
SUM_US = "sum_us"

_US = 1_000_000
_BUCKETS = len(BOUNDS_S) + 1
_EMPTY = [0] * (_BUCKETS + 1)


class RequestMeter:
    """Counts in memory; the last number of each row is the sum of the durations in seconds."""

    def __init__(self, counts: MachineCounts) -> None:
        self._counts = counts
        self._rows: dict[tuple[str, int], list[float]] = {}

    def add(self, route: str, status: int, took_s: float) -> None:
        """Count one request."""
        try:
            row = self._rows[route, status]
        except KeyError:
            row = self._rows[route, status] = [0.0] * (_BUCKETS + 1)
        row[bisect_left(BOUNDS_S, took_s)] += 1
        row[_BUCKETS] += took_s

    async def flush(self) -> None:
        """Measure one turn of the event loop, and add all counts to the machine's.

        Raises:
            StoreUnavailable: the counts wait for the next flush. If the store took them all the same, they count twice.
        """
        began = perf_counter()
        await asyncio.sleep(0)
        self.add(LOOP, 0, perf_counter() - began)
        rows, self._rows = self._rows, {}
        try:
            await self._counts.add(_fields_of(rows))
        except StoreUnavailable:
            for key, row in rows.items():
                self._rows[key] = [
                    one + more for one, more in zip(row, self._rows.get(key, [0.0] * len(row)), strict=True)
                ]
            raise

    async def totals(self) -> dict[tuple[str, int], list[int]]:
        """Return the counts of all processes of this machine, in the same rows."""
        rows: dict[tuple[str, int], list[int]] = {}
        for field, number in (await self._counts.all()).items():
            route, status, what = field.split(":")
            row = rows.setdefault((route, int(status)), _EMPTY.copy())
            row[_BUCKETS if what == SUM_US else int(what)] = number
        return rows


def _fields_of(rows: Mapping[tuple[str, int], list[float]]) -> dict[str, int]:
    return {
        f"{route}:{status}:{SUM_US if place == _BUCKETS else place}": int(number * _US if place == _BUCKETS else number)
        for (route, status), row in rows.items()
        for place, number in enumerate(row)
        if number
    }
