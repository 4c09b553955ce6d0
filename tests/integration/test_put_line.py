"""put_line: a line gets its slot for ever, and its changes hold from the next signup on."""

import asyncio
from dataclasses import replace

import pytest
from redis.exceptions import ResponseError

from router.core.errors import Conflict, NotFound
from router.core.line import Gate, Line, LineHealth, LineLimits, LineLoad, OperatorState, Tier
from router.core.phone import parse_e164
from router.core.pool import Pool, PoolId
from router.store.keys import PoolKeys
from tests.stores import CLOSED, FLAGGED, HEALTHY, MAIN, ROOMY, LivePool, Store, given, person

ALPHA = Line(slot=0, number=parse_e164("+12025550101"), revision=1)
BRAVO = Line(slot=0, number=parse_e164("+12025550102"), revision=1)


async def test_slots_are_given_in_order_and_kept(pool: LivePool) -> None:
    """A line has the number it was added with and the next free slot; changing it keeps both and its people."""
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


async def test_a_change_tells_everybody_that_it_came(pool: LivePool) -> None:
    """The version grows with each line written, so that other processes read again."""
    before = await pool.store.pools.version(MAIN)
    slot = await pool.add_line()
    await pool.change_line(slot, health=FLAGGED)
    assert await pool.store.pools.version(MAIN) == before + 2


async def test_of_two_who_add_a_number_one_does(pool: LivePool) -> None:
    """The other is told that the pool has it, and no slot is lost."""
    added = await asyncio.gather(
        *(pool.store.lines.put(pool.keys, ALPHA, ROOMY, is_new=True) for _ in range(5)), return_exceptions=True
    )
    assert sorted(str(type(answer)) for answer in added) == sorted(map(str, [int] + [Conflict] * 4))
    assert await pool.store.lines.put(pool.keys, BRAVO, ROOMY, is_new=True) == 1


async def test_of_two_changes_decided_on_one_revision_one_counts(pool: LivePool) -> None:
    """Whoever comes second must read again."""
    await pool.store.lines.put(pool.keys, ALPHA, ROOMY, is_new=True)
    changes = [replace(ALPHA, label=f"Change {number}", revision=2) for number in range(5)]
    done = await asyncio.gather(
        *(pool.store.lines.put(pool.keys, change, ROOMY, is_new=False) for change in changes), return_exceptions=True
    )
    assert sum(answer == 0 for answer in done) == 1
    assert (await pool.lines())[0].line == changes[done.index(0)]


async def test_what_is_not_there_can_not_be_changed(pool: LivePool) -> None:
    """A slot nobody has and a pool nobody made are refused, and nothing is written."""
    before = pool.store.keyspace()
    with pytest.raises(NotFound, match="line"):
        await pool.store.lines.put(pool.keys, replace(ALPHA, slot=5, revision=2), ROOMY, is_new=False)
    with pytest.raises(NotFound, match="pool"):
        await pool.store.lines.put(PoolKeys(PoolId("nowhere")), ALPHA, ROOMY, is_new=True)
    assert pool.store.keyspace() == before


@pytest.mark.parametrize("gate", CLOSED)
async def test_a_gate_holds_from_the_next_signup_on(pool: LivePool, gate: Gate) -> None:
    """A line that closes gives its turn away and leaves the cards of newcomers; open again it takes its share."""
    health, limits = CLOSED[gate]
    for _ in range(3):
        await pool.add_line()
    await pool.change_line(1, limits=limits, health=health)
    now = (await pool.lines())[1]
    assert (now.tier, now.gate) == (Tier.NONE, gate)
    people = [given(signup) for signup in await pool.sign_up_all([person() for _ in range(20)])]
    assert all(1 not in {held.home_slot, *held.backups} for held in people)
    await pool.change_line(1, limits=ROOMY, health=HEALTHY)
    people = [given(signup) for signup in await pool.sign_up_all([person() for _ in range(30)])]
    assert [sum(held.home_slot == slot for held in people) for slot in range(3)] == [10, 10, 10]


async def test_a_gate_and_signups_at_once_never_cross(pool: LivePool) -> None:
    """Once the gate's write was answered, no signup is given the line."""
    for _ in range(2):
        await pool.add_line()

    async def flag_and_sign_up() -> None:
        await pool.change_line(0, health=LineHealth(operator_state=OperatorState.DRAIN))
        people = await pool.sign_up_all([person() for _ in range(30)])
        assert all(given(signup).home_slot == 1 for signup in people)

    await asyncio.gather(flag_and_sign_up(), *(pool.sign_up(person()) for _ in range(15)))
    assert await pool.loads() == await pool.recount()


async def test_limits_below_the_load_close_a_line_without_losing_anybody(pool: LivePool) -> None:
    """A capacity cut under the people who are there makes the line full; raised again it goes on."""
    await pool.add_line()
    await pool.sign_up_all([person() for _ in range(5)])
    await pool.change_line(0, limits=LineLimits(weight=1, capacity=3, target=2))
    now = (await pool.lines())[0]
    assert (now.gate, now.load.reserved) == (Gate.FULL, 5)
    await pool.change_line(0, limits=LineLimits(weight=1, capacity=6, target=4))
    assert (await pool.lines())[0].gate is Gate.TARGET
    assert (await pool.sign_up(person())).is_new


@pytest.mark.parametrize("wrong", [*range(5, 14), "revision", "few", "many", "keys"])
async def test_a_malformed_call_is_refused(pool: LivePool, wrong: int | str) -> None:
    """BAD_ARG for each argument that is no number and for any but fourteen; nothing is written."""
    keys = pool.keys
    names: list[str] = [*keys.picking, keys.line, keys.numbers, keys.version, keys.config]
    # number, slot, revision, JSON, then the nine numbers; the script counts its writer as the first argument.
    arguments: list[str | int] = ["+12025550101", "", 0, '{"slot":"SLOT"}', 0, 100, 10, 9, "", 1000, "", 0, 1001]
    if isinstance(wrong, int):
        arguments[wrong - 1] = "many"
    elif wrong == "revision":
        arguments[2] = "first"
    elif wrong == "few":
        arguments.pop()
    elif wrong == "many":
        arguments.append(1)
    else:
        names.pop()
    before = pool.store.keyspace()
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await pool.store.scripts.change("put_line", names, *arguments)
    assert pool.store.keyspace() == before


async def test_pools_do_not_see_each_other(pool: LivePool, store: Store) -> None:
    """The same number may be in two pools, each with its own people and its own turn."""
    other = LivePool(store, PoolKeys(PoolId("other")))
    await store.pools.put(Pool(id=PoolId("other"), name="Other", revision=1), is_new=True)
    for each in (pool, other):
        await store.lines.put(each.keys, ALPHA, ROOMY, is_new=True)
    await pool.sign_up(person("ada"))
    assert (await other.sign_up(person("ada"))).is_new
    assert await pool.loads() == await other.loads() == {0: LineLoad(reserved=1, new_24h=1)}
