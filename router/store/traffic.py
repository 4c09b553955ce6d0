"""Counts of what happened on a pool's lines by day, and of each person's texts."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from itertools import product

from router.core.assignment import State
from router.core.capacity.pilot import PersonTraffic
from router.core.capacity.traffic import DayOfTraffic, Traffic
from router.core.code import ALPHABET, PREFIX_LENGTH
from router.core.lines.funnel import FunnelSteps
from router.core.time_units import DAY_MS
from router.store.formats import RECORD
from router.store.keys import PoolKeys
from router.store.server.client import StoreClient

_BUCKETS_A_PAGE = 250  # some 30,000 people and 1 MB at most, and a few milliseconds of the store's time
_read_traffic = RECORD.reader_of("state", "slot", "confirmed_s", "texts", "answers")
_FIELD_OF = {
    b"in": "incoming",
    b"out": "outgoing",
    b"failed": "failed",
    b"started": "started",
    b"new": "new",
    b"person_hours": "person_hours",
    b"confirmed": "confirmed",
    b"expired": "expired",
    b"reserve": "reserve",
    b"at_risk": "at_risk",
    b"preferred": "preferred",
}

_STEP_OF = {
    b"signup_page": "signup_pages",
    b"new": "places",
    b"own_page": "own_pages",
    b"messages": "messages_opened",
    b"confirmed": "first_texts",
    b"third": "third_texts",
}
_KEPT_MS = 40 * DAY_MS

Progress = Callable[[int, int], None]


class TrafficLog:
    """Reads the counts that the operations write."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def days(self, keys: PoolKeys, *, first: int, last: int) -> list[DayOfTraffic]:
        """Return what happened on each of these days since 1970, both included, oldest first.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        wanted = range(first, last + 1)
        replies = await self._client.hgetall_many(keys.traffic(day) for day in wanted)
        # Half a second of work for a thousand lines, in which the process must go on serving requests.
        return await asyncio.to_thread(_read_days, wanted, replies)

    async def funnel(self, keys: PoolKeys, *, first: int, last: int) -> list[dict[int, FunnelSteps]]:
        """Return the steps that people took on each of these days since 1970, by slot, oldest first.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        wanted = range(first, last + 1)
        replies = await self._client.hgetall_many(keys.traffic(day) for day in wanted)
        return await asyncio.to_thread(lambda: [_read_steps(counted) for counted in replies])

    async def add(self, keys: PoolKeys, day: int, counts: Mapping[str, int]) -> None:
        """Add counts of a day since 1970, by `slot:metric`.

        Raises:
            StoreUnavailable: it is not known whether they were added.
        """
        await self._client.count_in_hash(keys.traffic(day), counts, {}, lifetime_ms=_KEPT_MS)

    async def people(self, keys: PoolKeys, on_progress: Progress) -> AsyncIterator[list[PersonTraffic]]:
        """Read every person who texted, page by page. This reads the whole pool, so never call it while a person waits.

        Args:
            keys: the pool.
            on_progress: called after each page with the buckets read so far, and how many there are.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        prefixes = ["".join(letters) for letters in product(ALPHABET, repeat=PREFIX_LENGTH)]
        for first in range(0, len(prefixes), _BUCKETS_A_PAGE):
            page = prefixes[first : first + _BUCKETS_A_PAGE]
            buckets = await self._client.hvals_many(keys.records(prefix) for prefix in page)
            yield [person for bucket in buckets for record in bucket if (person := _read_person(record))]
            on_progress(first + len(page), len(prefixes))


def _read_days(days: Sequence[int], replies: Sequence[Mapping[bytes, bytes]]) -> list[DayOfTraffic]:
    return [DayOfTraffic(day, _read_day(counted)) for day, counted in zip(days, replies, strict=True)]


def _read_day(counted: Mapping[bytes, bytes]) -> dict[int, Traffic]:
    lines: dict[bytes, dict[str, float]] = defaultdict(dict)
    for name, times in counted.items():
        slot, _, metric = name.partition(b":")
        if metric in _FIELD_OF:  # another release may count more
            lines[slot][_FIELD_OF[metric]] = int(times)
    return {int(slot): Traffic(**counts) for slot, counts in lines.items()}


def _read_steps(counted: Mapping[bytes, bytes]) -> dict[int, FunnelSteps]:
    lines: dict[bytes, dict[str, int]] = defaultdict(dict)
    for name, times in counted.items():
        slot, _, metric = name.partition(b":")
        if metric in _STEP_OF:
            lines[slot][_STEP_OF[metric]] = int(times)
    return {int(slot): FunnelSteps(**counts) for slot, counts in lines.items()}


def _read_person(record: bytes) -> PersonTraffic | None:
    state, slot, confirmed_at_s, texts, answers = _read_traffic(record)
    return PersonTraffic(slot, confirmed_at_s, texts, answers) if State(state).is_settled else None
