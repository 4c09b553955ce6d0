"""put_line: a line gets its slot for ever, and its changes hold from the next signup on."""

import asyncio
from dataclasses import replace

import pytest

from router.core.errors import Conflict, NotFound
from router.core.line import Gate, Line, LineHealth, LineLimits, LineLoad, OperatorState, Tier
from router.core.phone import parse_e164
from router.core.pool import Pool, PoolId
from router.store.keys import PoolKeys
from tests.kit.stores import CLOSED, FLAGGED, HEALTHY, MAIN, ROOMY, LivePool, Store, assigned, person

ALPHA = Line(slot=0, number=parse_e164("+12025550101"), revision=1)
BRAVO = Line(slot=0, number=parse_e164("+12025550102"), revision=1)


async def test_slots_are_given_in_order_and_stay(pool: LivePool) -> None:
    """A line has its number and the next free slot. A change keeps both, and its people."""
    assert await pool.store.lines.put(pool.keys, ALPHA, ROOMY, is_new=True) == 0
    assert await pool.store.lines.put(pool.keys, replace(BRAVO, label='"SLOT"'), ROOMY, is_new=True) == 1
    await pool.sign_up(person(wished=1))
    changed = replace(BRAVO, slot=1, label="Bravo", revision=2)
    assert await pool.store.lines.put(pool.keys, changed, replace(ROOMY, weight=7), is_new=False) == 1
    now = await pool.lines()
    assert now[0].line == ALPHA
    assert (now[1].line, now[1].limits.weight, now[1].load, now[1].picks) == (
        changed,
        7,
        LineLoad(reserved=1, new_24h=1),
        1,
    )


async def test_a_change_raises_the_version(pool: LivePool) -> None:
    """The version grows with each write, so that other processes read again."""
    before = await pool.store.pools.version(MAIN)
    slot = await pool.add_line()
    await pool.change_line(slot, health=FLAGGED)
    assert await pool.store.pools.version(MAIN) == before + 2


async def test_of_two_callers_that_add_a_number_one_succeeds(pool: LivePool) -> None:
    """The other is refused because the pool has the number already. No slot is lost."""
    added = await asyncio.gather(
        *(pool.store.lines.put(pool.keys, ALPHA, ROOMY, is_new=True) for _ in range(5)), return_exceptions=True
    )
    assert sorted(str(type(answer)) for answer in added) == sorted(map(str, [int] + [Conflict] * 4))
    assert await pool.store.lines.put(pool.keys, BRAVO, ROOMY, is_new=True) == 1


async def test_of_two_changes_decided_on_one_revision_one_counts(pool: LivePool) -> None:
    """The second caller must read again."""
    await pool.store.lines.put(pool.keys, ALPHA, ROOMY, is_new=True)
    changes = [replace(ALPHA, label=f"Change {number}", revision=2) for number in range(5)]
    done = await asyncio.gather(
        *(pool.store.lines.put(pool.keys, change, ROOMY, is_new=False) for change in changes), return_exceptions=True
    )
    assert sum(answer == 0 for answer in done) == 1
    assert (await pool.lines())[0].line == changes[done.index(0)]


async def test_an_unknown_line_or_pool_cannot_be_changed(pool: LivePool) -> None:
    """An unknown slot and an unknown pool are refused, and nothing is written."""
    before = pool.store.keyspace()
    with pytest.raises(NotFound, match="line"):
        await pool.store.lines.put(pool.keys, replace(ALPHA, slot=5, revision=2), ROOMY, is_new=False)
    with pytest.raises(NotFound, match="pool"):
        await pool.store.lines.put(PoolKeys(PoolId("nowhere")), ALPHA, ROOMY, is_new=True)
    assert pool.store.keyspace() == before


@pytest.mark.parametrize("gate", CLOSED)
async def test_a_gate_holds_from_the_next_signup_on(pool: LivePool, gate: Gate) -> None:
    """A closed line gives up its turn and leaves the cards of new people. Open again, it gets its share."""
    health, limits = CLOSED[gate]
    for _ in range(3):
        await pool.add_line()
    await pool.change_line(1, limits=limits, health=health)
    now = (await pool.lines())[1]
    assert (now.tier, now.gate) == (Tier.NONE, gate)
    people = [assigned(signup) for signup in await pool.sign_up_all([person() for _ in range(20)])]
    assert all(1 not in {held.home_slot, *held.backups} for held in people)
    await pool.change_line(1, limits=ROOMY, health=HEALTHY)
    people = [assigned(signup) for signup in await pool.sign_up_all([person() for _ in range(30)])]
    assert [sum(held.home_slot == slot for held in people) for slot in range(3)] == [10, 10, 10]


async def test_a_gate_and_signups_at_once_never_cross(pool: LivePool) -> None:
    """Once the gate's write was answered, no signup is given the line."""
    for _ in range(2):
        await pool.add_line()

    async def flag_and_sign_up() -> None:
        await pool.change_line(0, health=LineHealth(operator_state=OperatorState.DRAIN))
        people = await pool.sign_up_all([person() for _ in range(30)])
        assert all(assigned(signup).home_slot == 1 for signup in people)

    await asyncio.gather(flag_and_sign_up(), *(pool.sign_up(person()) for _ in range(15)))
    assert await pool.loads() == await pool.recount()


async def test_limits_below_the_load_close_a_line_without_losing_anyone(pool: LivePool) -> None:
    """A capacity below the number of people makes the line full. Once it is raised, the line goes on."""
    await pool.add_line()
    await pool.sign_up_all([person() for _ in range(5)])
    await pool.change_line(0, limits=LineLimits(weight=1, capacity=3, target=2))
    now = (await pool.lines())[0]
    assert (now.gate, now.load.reserved) == (Gate.FULL, 5)
    await pool.change_line(0, limits=LineLimits(weight=1, capacity=6, target=4))
    assert (await pool.lines())[0].gate is Gate.TARGET
    assert (await pool.sign_up(person())).is_new


async def test_pools_do_not_see_each_other(pool: LivePool, store: Store) -> None:
    """The same number may be in two pools, each with its own people and its own turn."""
    other = LivePool(store, PoolKeys(PoolId("other")))
    await store.pools.put(Pool(id=PoolId("other"), name="Other", revision=1), is_new=True)
    for each in (pool, other):
        await store.lines.put(each.keys, ALPHA, ROOMY, is_new=True)
    await pool.sign_up(person("ada"))
    assert (await other.sign_up(person("ada"))).is_new
    assert await pool.loads() == await other.loads() == {0: LineLoad(reserved=1, new_24h=1)}
