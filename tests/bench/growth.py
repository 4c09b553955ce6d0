"""The store's cost of an assignment as pools grow, and the memory that a person takes.

Small and large pools are in one store and take turns, so a swing of the machine affects both. The cost is the store's
own time in scripts (INFO commandstats), which is the part that can grow; the client's cost a call would only hide it.
"""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from redis.asyncio import Redis

from router.store.server.client import StoreClient
from tests.bench.assigning import Assigning, connect_assigning
from tests.bench.machine import choose_cores
from tests.bench.report import Row, Section, Target
from tests.bench.servers import store

FEW_LINES, MANY_LINES = 10, 1_000
FEW_PEOPLE = 1_000
_BATCH = 64
_BATCHES_A_TURN = 20
_SCRIPT_CALLS = ("fcall", "evalsha", "eval")
_TITLE = "Growth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Microseconds a person: in the store's scripts, and by the caller's clock."""

    store_us: float
    wall_us: float


class Grower:
    """Assigns people and reads the cost that the store reports."""

    def __init__(self, client: Redis, assigning: Assigning) -> None:
        self.client = client
        self.assigning = assigning
        self._people = 0

    async def add(self, pool: str, people: int) -> Cost:
        """Assign `people` new people to a pool."""
        spent_us, started_s = await self._script_us(), time.perf_counter()
        for start in range(0, people, _BATCH):
            await self.assigning.assign(pool, self._new_users(min(_BATCH, people - start)))
        wall_us = (time.perf_counter() - started_s) * 1e6
        return Cost(store_us=(await self._script_us() - spent_us) / people, wall_us=wall_us / people)

    async def used_bytes(self) -> int:
        """Return the memory of the store's data."""
        return int((await self.client.info("memory"))["used_memory"])

    async def compare(self, small: str, large: str, turns: int) -> dict[str, float | None]:
        """Let two pools take turns and return their costs and the median of the turns' ratios."""
        pairs = []
        for _ in range(turns):
            cheap = await self.add(small, _BATCH * _BATCHES_A_TURN)
            pairs.append((cheap, await self.add(large, _BATCH * _BATCHES_A_TURN)))
        return {
            "small us": median(small.store_us for small, _ in pairs),
            "large us": median(large.store_us for _, large in pairs),
            "large / small": median(large.store_us / small.store_us for small, large in pairs),
            "wall / wall": median(large.wall_us / small.wall_us for small, large in pairs),
        }

    async def _script_us(self) -> int:
        stats = await self.client.info("commandstats")
        return sum(int(stats[name]["usec"]) for call in _SCRIPT_CALLS if (name := f"cmdstat_{call}") in stats)

    def _new_users(self, count: int) -> list[str]:
        self._people += count
        return [f"u-{number:012d}" for number in range(self._people - count, self._people)]


async def _grow(client: Redis, many_people: int, turns: int) -> Section:
    grower = Grower(client, await connect_assigning(StoreClient(client)))
    await grower.assigning.open_pool("few-lines", lines=FEW_LINES)
    await grower.assigning.open_pool("many-lines", lines=MANY_LINES)
    by_lines = await grower.compare("few-lines", "many-lines", turns)

    await grower.assigning.open_pool("few-people", lines=50)
    await grower.assigning.open_pool("many-people", lines=50)
    await grower.add("few-people", FEW_PEOPLE)
    empty_bytes = await grower.used_bytes()
    await grower.add("many-people", many_people)
    bytes_a_person = (await grower.used_bytes() - empty_bytes) / many_people
    by_people = await grower.compare("few-people", "many-people", turns)

    rows = (
        Row(
            name=f"{FEW_LINES} -> {MANY_LINES:,} lines",
            figures=by_lines,
            targets=(Target(figure="large / small", at_most=2.0),),
        ),
        Row(
            name=f"{FEW_PEOPLE:,} -> {many_people:,} people",
            figures=by_people,
            targets=(Target(figure="large / small", at_most=1.25),),
        ),
        Row(
            name=f"a person, at {many_people:,}",
            figures={"bytes": bytes_a_person},
            targets=(Target(figure="bytes", at_most=250.0),),
        ),
    )
    notes = (f"store time in scripts a person, in batches of {_BATCH}; {turns} turns each, medians of ratios",)
    return Section(title=_TITLE, rows=rows, notes=notes)


async def _grow_in_own_store(many_people: int, turns: int) -> Section:
    cores = choose_cores()
    with (
        tempfile.TemporaryDirectory(prefix="switchyard-growth-") as scratch,
        store(cores, Path(scratch) / "store") as socket,
    ):
        async with Redis.from_url(f"unix://{socket}") as client:
            return await _grow(client, many_people, turns)


def measure_growth(*, many_people: int, turns: int) -> Section:
    """Grow pools in a new store and compare the costs."""
    return asyncio.run(_grow_in_own_store(many_people, turns))
