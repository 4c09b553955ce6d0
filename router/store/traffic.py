"""What happened on a pool's lines by day, and how much each person texted."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from itertools import product
from struct import Struct
from typing import Any, cast

from router.core.assignment import State
from router.core.code import ALPHABET, PREFIX_LENGTH
from router.core.pilot import PersonTraffic
from router.core.traffic import DayOfTraffic, Traffic
from router.store.connection import translate_errors
from router.store.keys import PoolKeys
from router.store.scripts import Client

_BUCKETS_A_PAGE = 250  # some 30,000 people and 1 MB at most, and a few milliseconds of the store's time
_RECORD = Struct(">BBHHHHIIIIHHB")
_SETTLED = frozenset({State.CONFIRMED, State.MOVING, State.OPTED_OUT})
_FIELD_OF = {
    b"in": "incoming",
    b"out": "outgoing",
    b"failed": "failed",
    b"started": "started",
    b"new": "new",
    b"person_hours": "person_hours",
    b"confirmed": "confirmed",
    b"expired": "expired",
}

Progress = Callable[[int, int], None]


class TrafficLog:
    """Reads what the operations count."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def days(self, keys: PoolKeys, *, first: int, last: int) -> list[DayOfTraffic]:
        """Return what happened on each of these days since 1970, both included, oldest first.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        wanted = range(first, last + 1)
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for day in wanted:
                pipeline.hgetall(keys.traffic(day))
            replies = await pipeline.execute()
        # Half a second of work for a thousand lines, during which the process must go on answering.
        return await asyncio.to_thread(_read_days, wanted, cast(Any, replies))

    async def people(self, keys: PoolKeys, on_progress: Progress) -> AsyncIterator[list[PersonTraffic]]:
        """Read everybody who has texted, page by page: the whole pool, so never while a person waits.

        Args:
            keys: whose.
            on_progress: told after each page how many buckets of how many are read.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        prefixes = ["".join(letters) for letters in product(ALPHABET, repeat=PREFIX_LENGTH)]
        for first in range(0, len(prefixes), _BUCKETS_A_PAGE):
            page = prefixes[first : first + _BUCKETS_A_PAGE]
            with translate_errors():
                pipeline = self._client.pipeline(transaction=False)
                for prefix in page:
                    pipeline.hvals(keys.records(prefix))
                buckets = await pipeline.execute()
            yield [person for bucket in buckets for record in cast(Any, bucket) if (person := _read_person(record))]
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


def _read_person(record: bytes) -> PersonTraffic | None:
    state, _, slot, _, _, _, _, _, confirmed_at_s, _, texts, answers, _ = _RECORD.unpack(record)
    return PersonTraffic(slot, confirmed_at_s, texts, answers) if State(state) in _SETTLED else None
