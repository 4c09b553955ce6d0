"""assign: which line a new person gets, and when there is none."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import cast

import pytest
from redis.exceptions import ResponseError

from router.core.assignment import Outcome, Reason, Signup
from router.core.line import Gate, LineHealth, LineLimits, Reputation, Tier
from tests.kit.operation_calls import WRITER, RawCall, send
from tests.kit.stores import CLOSED, FLAGGED, ROOMY, LivePool, assigned, person

AT_RISK = LineHealth(reputation=Reputation.AT_RISK)
CROWD = [person(f"person {number}") for number in range(2000)]


def slots_of(signups: list[Signup]) -> Counter[int]:
    """Return how many people each line was given."""
    return Counter(signup.assignment.home_slot for signup in signups if signup.assignment)


async def test_target_then_reserve_then_the_waitlist(pool: LivePool) -> None:
    """Lines fill to their targets, then to their capacities, and not one person further."""
    for _ in range(2):
        await pool.add_line(LineLimits(weight=100, capacity=5, target=3))
    signups = await pool.sign_up_all(CROWD[:13])
    assert [signup.reason for signup in signups] == [
        *[Reason.ROTATION] * 6,
        *[Reason.RESERVE] * 4,
        *[Reason.NO_ROOM] * 3,
    ]
    assert slots_of(signups) == {0: 5, 1: 5}
    assert {signup.outcome for signup in signups[10:]} == {Outcome.WAITLIST}
    assert (await pool.sign_up(CROWD[13])).held_back == {Gate.FULL: 2}
    assert await pool.loads() == await pool.recount()


@pytest.mark.parametrize("gate", CLOSED)
async def test_a_closed_line_gets_no_one(pool: LivePool, gate: Gate) -> None:
    """Whatever closes a line, no person is put on it, whether they wish for it or not.

    The answer says what closed it.
    """
    health, limits = CLOSED[gate]
    closed = await pool.add_line(limits, health)
    assert (await pool.sign_up(person("early"))).outcome is Outcome.WAITLIST
    opened = await pool.add_line()
    signups = await pool.sign_up_all([*CROWD[:20], person("asks", wished=closed)])
    assert slots_of(signups) == {opened: 21}
    assert {slot for signup in signups for slot in assigned(signup).backups} == set()
    assert signups[-1].held_back == {gate: 1}


async def test_a_line_at_risk_is_used_last(pool: LivePool) -> None:
    """A line whose reputation sinks is used after the reserves of the others, and is no backup."""
    risky = await pool.add_line(health=AT_RISK)
    sound = await pool.add_line(LineLimits(weight=1, capacity=2, target=1))
    signups = await pool.sign_up_all(CROWD[:4])
    assert [assigned(signup).home_slot for signup in signups] == [sound, sound, risky, risky]
    assert [assigned(signup).tier for signup in signups] == [Tier.HEALTHY, Tier.RESERVE, Tier.AT_RISK, Tier.AT_RISK]
    assert signups[-1].reason is Reason.AT_RISK
    assert all(risky not in assigned(signup).backups for signup in signups)


async def test_a_preferred_line_is_given_while_it_has_room(pool: LivePool) -> None:
    """The wish is met until the line is full. Then the rotation decides."""
    await pool.add_line()
    small = await pool.add_line(LineLimits(weight=1, capacity=2, target=1))
    signups = [await pool.sign_up(person(f"fan {number}", wished=small)) for number in range(3)]
    assert [assigned(signup).home_slot for signup in signups] == [small, small, 0]
    assert [signup.reason for signup in signups] == [Reason.PREFERRED, Reason.PREFERRED, Reason.ROTATION]


async def test_a_wish_that_cannot_be_met_is_no_obstacle(pool: LivePool) -> None:
    """A wish for an unknown line, or for one that is also excluded, has no effect."""
    first, second = await pool.add_line(), await pool.add_line()
    assert (await pool.sign_up(person("a", wished=999))).reason is Reason.ROTATION
    signup = await pool.sign_up(person("b", wished=first, excluded=(first,)))
    assert (assigned(signup).home_slot, signup.reason) == (second, Reason.ROTATION)


async def test_excluded_lines_are_passed_over(pool: LivePool) -> None:
    """No person is put on a line they exclude. With all excluded they wait, and the lines' turns stay."""
    slots = [await pool.add_line() for _ in range(3)]
    signups = await pool.sign_up_all([person(excluded=(0, 2, 999)) for _ in range(10)])
    assert slots_of(signups) == {1: 10}
    before = pool.store.keyspace()
    waiting = await pool.sign_up(person("picky", excluded=tuple(slots)))
    assert (waiting.outcome, waiting.held_back) == (Outcome.WAITLIST, {})
    assert pool.store.keyspace() == before


async def test_a_pool_without_lines_lets_people_wait(pool: LivePool) -> None:
    """This holds for a back end and for a page visitor. A person who comes back has lost nothing."""
    for someone in (person("ada", once=("key", "body"), contact=b"sealed"), person(once=("nonce", "page"))):
        assert [(await pool.sign_up(someone)).outcome for _ in range(2)] == [Outcome.WAITLIST] * 2


async def test_shares_follow_the_weights(pool: LivePool) -> None:
    """Weights of 1:2:5 give exactly 100, 200 and 500 of 800 people."""
    for weight in (1, 2, 5):
        await pool.add_line(replace(ROOMY, weight=weight))
    assert slots_of(await pool.sign_up_all(CROWD[:800])) == {0: 100, 1: 200, 2: 500}


async def test_calls_at_once_are_counted_one_by_one(pool: LivePool) -> None:
    """Many callers at once fill the pool to its last place, share it evenly and never overfill it."""
    for _ in range(4):
        await pool.add_line(LineLimits(weight=1, capacity=40, target=30))
    # Ten at a time: the wait for a connection has its limit.
    signups = []
    for first in range(0, 200, 10):
        signups += await asyncio.gather(*map(pool.sign_up, CROWD[first : first + 10]))
    assert slots_of(signups) == {0: 40, 1: 40, 2: 40, 3: 40}
    assert Counter(signup.outcome for signup in signups) == {Outcome.NEW: 160, Outcome.WAITLIST: 40}
    assert len({assigned(signup).code for signup in signups if signup.assignment}) == 160
    assert await pool.loads() == await pool.recount()


async def test_backups_are_others_that_can_take_people(pool: LivePool) -> None:
    """A card has as many numbers as there are live lines for it, each once. It never has its own or a dead one."""
    await pool.add_line(health=FLAGGED)
    signups = [await pool.sign_up(person("alone"))]
    for number in range(4):
        await pool.add_line()
        signups += [await pool.sign_up(person(f"with {number} others, {again}")) for again in range(12)]
    for signup in signups[1:]:
        home, backups = assigned(signup).home_slot, assigned(signup).backups
        assert len({home, *backups}) == 1 + len(backups)
        assert 0 not in {home, *backups}
    assert [len(assigned(signup).backups) for signup in signups[1::12]] == [0, 1, 2, 2]


async def test_people_of_one_line_fan_out_over_all_others(pool: LivePool) -> None:
    """Of 2,000 people on 8 lines, those of a flagged one are routed to the other 7 within 20 % of even."""
    for _ in range(8):
        await pool.add_line()
    people = [assigned(signup) for signup in await pool.sign_up_all(CROWD)]
    await pool.change_line(3, health=FLAGGED)
    stranded = [held.code for held in people if held.home_slot == 3]
    counts = Counter(found.slot for found in await pool.store.assignments.read(pool.keys, stranded) if found)
    even = len(stranded) / 7
    assert set(counts) == {0, 1, 2, 4, 5, 6, 7}
    assert all(abs(people - even) <= 0.2 * even for people in counts.values())


async def test_a_code_in_use_is_not_given_twice(pool: LivePool) -> None:
    """The next candidate is used. When all are in use, the caller is asked for others, and nothing was written."""
    await pool.add_line()
    suffixes = "222333444555"
    codes = [assigned(await pool.sign_up(person(prefix="CCC", suffixes=suffixes))).code for _ in range(4)]
    assert codes == ["CCC222", "CCC333", "CCC444", "CCC555"]
    before = pool.store.keyspace()
    assert (await pool.sign_up(person("late", prefix="CCC", suffixes=suffixes))).outcome is Outcome.CROWDED
    assert pool.store.keyspace() == before
    assert assigned(await pool.sign_up(person("late", prefix="CCC", suffixes="666" * 4))).code == "CCC666"


# The position of the first key that a person may name, after the eight of every call.
_PLACE = b"\0\x09"
_NAMED = b"CCC222333444555      "
_WHOLE = _PLACE + _NAMED + bytes(4) + b"\xff\xff"


@pytest.mark.parametrize(
    "second",
    [
        b"\0\x63" + _WHOLE[2:],
        b"\0\x03" + _WHOLE[2:],
        _WHOLE,
        b"\0\x0a" + _NAMED + b"\1" + bytes(3) + b"\xff\xff\0\x63" + bytes(8),
        b"\0\x0a" + _NAMED + b"\1" + bytes(3) + b"\xff\xff\0\x03" + bytes(8),
        b"\0\x0a" + _NAMED + b"\0\1" + bytes(2) + b"\xff\xff\0\x0a" + bytes(12),
        b"\0\x0a" + _NAMED + b"\0\0\1\0\xff\xffsealed",
        b"\0\x0a" + _WHOLE[2:-1],
        b"",
    ],
    ids=[
        "a bucket that is not there",
        "a key of all persons as their bucket",
        "another person's bucket",
        "an identity's bucket that is not there",
        "a key of all persons as an identity's bucket",
        "an idempotency key without yesterday's bucket",
        "a contact without a bucket",
        "cut short",
        "empty",
    ],
)
async def test_an_incomplete_person_is_refused_with_the_batch(pool: LivePool, second: bytes) -> None:
    """The reply is BAD_ARG, and nothing is written, not even for the people before."""
    await pool.add_line()
    keys = pool.keys
    fixed = [*keys.picking.values(), keys.arrivals, keys.traffic(0), keys.due, keys.due_in(1)]
    names = [*fixed, keys.waitlist, keys.tickets, keys.records("CCC"), keys.records("CCC")]

    def call(second: bytes) -> RawCall:
        return RawCall("assign", names, [WRITER, pool.now_ms, 3600, 2, 1, _WHOLE, second])

    reply = cast(bytes, await send(pool.store, call(b"\0\x0a" + _WHOLE[2:])))
    assert reply.count(b"new") == 2
    before = pool.store.keyspace()
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await send(pool.store, call(second))
    assert pool.store.keyspace() == before
