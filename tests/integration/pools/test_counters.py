"""After any mix of operations the counters equal a recount of the records."""

import asyncio
from random import Random

import pytest
from msgspec.structs import replace

from router.core.assignment import Outcome
from router.core.code import Code, prefix_of
from router.core.line import LineHealth, LineLimits, OperatorState, Reputation, Status
from tests.kit.stores import HEALTHY, HOUR_MS, MINUTE_MS, LivePool, assigned, fingerprint, person

OPERATIONS = 300
PEOPLE = 60
HEALTHS = (
    HEALTHY,
    HEALTHY,
    LineHealth(status=Status.FLAGGED),
    LineHealth(reputation=Reputation.AT_RISK),
    LineHealth(operator_state=OperatorState.DRAIN),
    LineHealth(operator_state=OperatorState.RETIRED),
)


class Storm:
    """Draws operations. People come from a small crowd, so that most of them return."""

    def __init__(self, pool: LivePool, seed: int) -> None:
        self.pool = pool
        self.random = Random(seed)
        self.codes: dict[str, Code] = {}

    async def run_one(self) -> None:
        """Run one operation."""
        weights = {self.sign_up: 10, self.confirm: 3, self.forget: 1, self.change: 2, self.sweep: 1, self.age: 1}
        (step,) = self.random.choices(list(weights), list(weights.values()))
        await step()

    async def sign_up(self) -> None:
        """A person signs up, for the first time or again."""
        name = f"person {self.random.randrange(PEOPLE)}"
        someone = person(
            name,
            prefix="CCC"[: self.random.randrange(3)].ljust(3, "D"),
            once=(name, name),
            wished=self.random.choice([None, 0, 1, 99]),
            excluded=(self.random.randrange(5),),
        )
        signup = await self.pool.sign_up(someone)
        if signup.outcome is Outcome.ELSEWHERE:
            home = replace(someone, prefix=prefix_of(signup.found), known=signup.found)
            signup = await self.pool.sign_up(home)
        if signup.assignment:
            self.codes[name] = signup.assignment.code

    async def confirm(self) -> None:
        """A person texts, perhaps twice or late."""
        if self.codes:
            await self.pool.confirm(self.random.choice(list(self.codes.values())))

    async def forget(self) -> None:
        """A person is erased."""
        if self.codes:
            name = self.random.choice(list(self.codes))
            code = self.codes.pop(name)
            await self.pool.store.assignments.forget(self.pool.keys, code, [fingerprint(name)])

    async def change(self) -> None:
        """A line changes."""
        capacity = self.random.randrange(1, 15)
        limits = LineLimits(
            weight=self.random.randrange(4),
            capacity=capacity,
            target=capacity * 8 // 10,
            new_people_per_day=self.random.choice([None, 3]),
        )
        await self.pool.change_line(self.random.randrange(5), limits=limits, health=self.random.choice(HEALTHS))

    async def sweep(self) -> None:
        """Places are given back."""
        await self.pool.sweep()

    async def age(self) -> None:
        """Time passes."""
        await self.pool.advance(self.random.choice([MINUTE_MS, 40 * MINUTE_MS, 5 * HOUR_MS]))


@pytest.mark.parametrize("seed", range(3))
async def test_counters_equal_a_recount(pool: LivePool, seed: int) -> None:
    """Signups, texts, erasures, sweeps, changed lines and passing time leave no counter off by one."""
    for _ in range(5):
        await pool.add_line(LineLimits(weight=2, capacity=12, target=10))
    storm = Storm(pool, seed)
    for _ in range(OPERATIONS):
        await storm.run_one()
    await pool.advance(0)
    assert await pool.loads() == await pool.recount()
    pool.now_ms += 2 * HOUR_MS
    await pool.sweep()
    await pool.advance(24 * HOUR_MS)
    assert await pool.loads() == await pool.recount()
    assert all(load.reserved == 0 for load in (await pool.loads()).values())


async def test_counters_equal_a_recount_with_many_callers(pool: LivePool) -> None:
    """The same holds when signups, texts, erasures and sweeps come from many callers at once."""
    for _ in range(3):
        await pool.add_line(LineLimits(weight=1, capacity=30, target=25))
    random = Random(4)
    for _ in range(10):
        people = [f"person {number}" for number in random.choices(range(PEOPLE), k=8)]
        signups = await asyncio.gather(*(pool.sign_up(person(name)) for name in people))
        codes = [assigned(signup).code for signup in signups if signup.assignment]
        await asyncio.gather(
            *map(pool.confirm, random.sample(codes, 3)),
            *(pool.store.assignments.forget(pool.keys, code, []) for code in random.sample(codes, 2)),
            *(pool.sign_up(person(name)) for name in people[:3]),
            pool.sweep(),
            pool.sweep(),
        )
        pool.now_ms += 20 * MINUTE_MS
    await pool.advance(0)
    assert await pool.loads() == await pool.recount()
