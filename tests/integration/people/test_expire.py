"""expire: places that were not confirmed in time are free again, each exactly once."""

import asyncio

import pytest

from router.core.assignment import Outcome, State
from router.core.line import LineLimits, LineLoad
from router.store.assignments import MAX_EXPIRED_AT_ONCE
from tests.kit.stores import FLAGGED, HOUR_MS, MINUTE_MS, START_MS, LivePool, assigned, person

DUE_MINUTE = START_MS // MINUTE_MS + 61  # the minute after the hour of the reservation


async def test_a_place_is_free_again_when_its_time_is_over(pool: LivePool) -> None:
    """Not a moment before. Then a full line accepts another person, and the first is shown as expired."""
    await pool.add_line(LineLimits(weight=1, capacity=1, target=1))
    ada = assigned(await pool.sign_up(person("ada")))
    pool.now_ms = DUE_MINUTE * MINUTE_MS - 1
    assert await pool.sweep() == 0
    assert (await pool.sign_up(person("bob"))).outcome is Outcome.WAITLIST
    pool.now_ms += 1
    assert await pool.sweep() == 1
    found = await pool.read(ada.code)
    assert found is not None
    assert found.state is State.EXPIRED
    assert (await pool.sign_up(person("bob"))).is_new
    assert await pool.loads() == await pool.recount() == {0: LineLoad(reserved=1, new_24h=2)}


async def test_a_sweep_leaves_nothing_due(pool: LivePool) -> None:
    """The list and its minute are gone once every person in it was checked."""
    await pool.add_line()
    await pool.sign_up_all([person() for _ in range(3)])
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 3
    with pool.store.raw_client() as client:
        assert client.exists(pool.keys.due, pool.keys.due_in(DUE_MINUTE)) == 0


async def test_two_sweepers_give_a_place_back_once(pool: LivePool) -> None:
    """The second sweeper with the same codes changes nothing, and removes nothing that was not checked."""
    assignments = pool.store.assignments
    await pool.add_line()
    await pool.sign_up_all([person() for _ in range(20)])
    pool.now_ms += 2 * HOUR_MS
    codes = await assignments.due_codes(pool.keys, DUE_MINUTE, limit=8)
    done = await asyncio.gather(
        *(assignments.expire(pool.keys, DUE_MINUTE, codes, now_ms=pool.now_ms) for _ in range(2))
    )
    assert sorted(done) == [(0, 12), (8, 12)]
    assert await pool.sweep() == 12
    assert await pool.loads() == await pool.recount() == {0: LineLoad(new_24h=20)}


async def test_a_person_listed_twice_hides_no_one_from_two_sweepers(pool: LivePool) -> None:
    """A person who moved within a minute is in its list twice.

    The second sweeper leaves the next person in the list.
    """
    assignments = pool.store.assignments
    await pool.add_line()
    ada, bob, cyd = [assigned(signup).code for signup in await pool.sign_up_all([person(), person(), person()])]
    with pool.store.raw_client() as client:
        client.delete(pool.keys.due_in(DUE_MINUTE))
        client.rpush(pool.keys.due_in(DUE_MINUTE), ada, bob, ada, cyd)
    pool.now_ms += 2 * HOUR_MS
    for _ in range(2):
        await assignments.expire(pool.keys, DUE_MINUTE, [ada, bob], now_ms=pool.now_ms)
    assert await pool.sweep() == 1
    assert await pool.loads() == await pool.recount() == {0: LineLoad(new_24h=3)}


async def test_a_sweep_that_was_cut_off_is_done_again(pool: LivePool) -> None:
    """With the old list, as after a restored backup, the same codes give no place back twice."""
    await pool.add_line()
    await pool.sign_up_all([person() for _ in range(5)])
    pool.now_ms += 2 * HOUR_MS
    codes = await pool.store.assignments.due_codes(pool.keys, DUE_MINUTE, limit=5)
    assert await pool.sweep() == 5
    with pool.store.raw_client() as client:
        client.rpush(pool.keys.due_in(DUE_MINUTE), *codes)
        client.zadd(pool.keys.due, {str(DUE_MINUTE): DUE_MINUTE})
    assert await pool.sweep() == 0
    assert await pool.loads() == await pool.recount() == {0: LineLoad(new_24h=5)}


async def test_a_sweep_leaves_the_excess_for_the_next(pool: LivePool) -> None:
    """People who signed up in one minute are swept in bounded steps."""
    await pool.add_line()
    await pool.sign_up_all([person() for _ in range(MAX_EXPIRED_AT_ONCE + 20)])
    pool.now_ms += 2 * HOUR_MS
    assert [await pool.sweep() for _ in range(3)] == [MAX_EXPIRED_AT_ONCE, 20, 0]
    assert await pool.loads() == await pool.recount()


async def test_only_reservations_expire(pool: LivePool) -> None:
    """Confirmed, moved and erased people are left alone. The mover's new reservation goes on."""
    for _ in range(2):
        await pool.add_line()
    texts, moves, leaves = await pool.sign_up_all([person("texts"), person("moves", wished=0), person("leaves")])
    await pool.confirm(assigned(texts).code)
    await pool.store.assignments.forget(pool.keys, assigned(leaves).code, [])
    pool.now_ms += 40 * MINUTE_MS
    await pool.change_line(assigned(moves).home_slot, health=FLAGGED)
    assert (await pool.sign_up(person("moves"))).outcome is Outcome.MOVED
    pool.now_ms += 30 * MINUTE_MS
    assert await pool.sweep() == 0
    assert await pool.loads() == await pool.recount()


@pytest.mark.parametrize("operation", ["confirm", "expire"])
async def test_a_text_and_a_sweep_at_once_count_a_person_once(pool: LivePool, operation: str) -> None:
    """Whichever comes first, the person who texted is on the line, counted once."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    pool.now_ms += 2 * HOUR_MS
    steps = [pool.confirm(ada.code), pool.sweep()]
    await asyncio.gather(*(steps if operation == "confirm" else reversed(steps)))
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=1)}
