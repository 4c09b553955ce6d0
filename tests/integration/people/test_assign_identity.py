"""assign: the same person gets the same line, however they are recognised and however often a request is repeated."""

import asyncio
from collections.abc import Callable

import pytest

from router.core.assignment import Outcome, Reason, Signup
from router.core.code import Code
from router.core.line import LineLoad
from router.store.assignments import AssignRequest
from tests.kit.stores import HOUR_MS, ROOMY, LivePool, assigned, person

DAY_MS = 24 * HOUR_MS


async def many_at_once(pool: LivePool, someone: Callable[[int], AssignRequest]) -> list[Signup]:
    """Sign up 200 times: twenty callers at a time with batches of five."""

    async def batch(first: int) -> list[Signup]:
        people = [someone(number) for number in range(first, first + 5)]
        return await pool.store.assignments.assign(pool.keys, people, pool.policy, now_ms=pool.now_ms)

    batches = [await asyncio.gather(*(batch(first + 5 * i) for i in range(10))) for first in range(0, 200, 50)]
    return [signup for group in batches for signups in group for signup in signups]


@pytest.mark.parametrize(
    "someone",
    [
        lambda _: person("ada", prefix="CCC"),
        lambda number: person(f"device {number}", "+12025550199", prefix="CCC"),
        lambda number: person(f"account {number}", "+12025550199", "ada@example.com", prefix="CCC"),
        lambda _: person(once=("key", "body"), prefix="CCC"),
    ],
    ids=["by user", "by phone", "by any of three", "by idempotency key"],
)
async def test_one_person_counts_once(pool: LivePool, someone: Callable[[int], AssignRequest]) -> None:
    """200 signups of one person at once give one assignment, one place and one arrival."""
    for _ in range(3):
        await pool.add_line()
    signups = await many_at_once(pool, someone)
    assert len({assigned(signup).code for signup in signups}) == 1
    loads = await pool.loads()
    assert loads == await pool.recount()
    assert sorted(load.reserved for load in loads.values()) == [0, 0, 1]
    assert loads[assigned(signups[0]).home_slot] == LineLoad(reserved=1, new_24h=1)


async def test_a_cookie_counts_once(pool: LivePool) -> None:
    """A person who comes back 200 times with the code of their cookie has the same line."""
    for _ in range(3):
        await pool.add_line()
    first = assigned(await pool.sign_up(person()))
    signups = await many_at_once(pool, lambda _: person(known=first.code))
    assert {signup.outcome for signup in signups} == {Outcome.EXISTING}
    assert all(signup.assignment == first for signup in signups)
    assert await pool.loads() == await pool.recount()


async def test_a_cookie_without_an_owner_makes_a_new_person(pool: LivePool) -> None:
    """The code of an erased person, or of another pool, has no effect."""
    await pool.add_line()
    signup = await pool.sign_up(person(known=Code("CCC222")))
    assert (signup.outcome, signup.is_new) == (Outcome.NEW, True)


async def test_a_replay_gets_the_first_answer(pool: LivePool) -> None:
    """With the same idempotency key the answer is the same, including is_new, until two days have passed."""
    await pool.add_line()
    first = await pool.sign_up(person("ada", once=("key", "body")))
    assert (first.outcome, first.is_new) == (Outcome.NEW, True)
    again = await pool.sign_up(person("ada", once=("key", "body")))
    assert (again.outcome, again.is_new, again.assignment) == (Outcome.REPLAYED, True, first.assignment)
    other_key = await pool.sign_up(person("ada", once=("another key", "body")))
    assert (other_key.outcome, other_key.is_new) == (Outcome.EXISTING, False)
    replayed = await pool.sign_up(person("ada", once=("another key", "body")))
    assert (replayed.outcome, replayed.is_new) == (Outcome.REPLAYED, False)


async def test_a_key_is_known_over_midnight(pool: LivePool) -> None:
    """A replay on the next day finds the key. On the day after that it counts as a new request."""
    await pool.add_line()
    first = await pool.sign_up(person(once=("key", "body")))
    pool.policy = type(pool.policy)(7 * 24 * 3600, 0)
    pool.now_ms += DAY_MS
    replay = await pool.sign_up(person(prefix=assigned(first).code[:3], once=("key", "body")))
    assert replay.outcome is Outcome.REPLAYED
    pool.now_ms += DAY_MS
    assert (await pool.sign_up(person(once=("key", "body")))).is_new


async def test_a_key_with_another_request_is_a_mismatch(pool: LivePool) -> None:
    """The first person's line is not shown, no other is given, and nothing is written."""
    await pool.add_line()
    await pool.sign_up(person("ada", once=("key", "body")))
    before = pool.store.keyspace()
    signup = await pool.sign_up(person("bob", once=("key", "another body")))
    assert (signup.outcome, signup.assignment) == (Outcome.MISMATCH, None)
    assert pool.store.keyspace() == before


async def test_a_key_that_found_no_room_may_try_again(pool: LivePool) -> None:
    """The waitlist is not stored as an answer."""
    waiting = person("ada", once=("key", "body"))
    assert (await pool.sign_up(waiting)).outcome is Outcome.WAITLIST
    await pool.add_line()
    assert (await pool.sign_up(waiting)).is_new


async def test_the_answer_points_to_a_person_stored_in_another_bucket(pool: LivePool) -> None:
    """The caller learns the code. A second call with it returns the person's line. Nothing is written before."""
    await pool.add_line()
    home = assigned(await pool.sign_up(person("ada", prefix="CCC")))
    before = pool.store.keyspace()
    stray = await pool.sign_up(person("new phone", "ada", prefix="DDD"))
    assert (stray.outcome, stray.found, stray.assignment) == (Outcome.ELSEWHERE, home.code, None)
    assert pool.store.keyspace() == before
    found = await pool.sign_up(person("new phone", "ada", known=stray.found))
    assert (found.outcome, found.assignment) == (Outcome.EXISTING, home)
    assert (await pool.sign_up(person("new phone", prefix="CCC"))).assignment == home


async def test_identities_given_together_belong_together(pool: LivePool) -> None:
    """A phone given with a user finds that user later, also alone."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", "+12025550199", prefix="CCC")))
    assert (await pool.sign_up(person("+12025550199", prefix="CCC"))).assignment == ada
    assert (await pool.sign_up(person("ada", "ada@example.com", prefix="CCC"))).assignment == ada
    assert (await pool.sign_up(person("ada@example.com", prefix="CCC"))).assignment == ada


async def test_an_identity_stays_with_its_first_person(pool: LivePool) -> None:
    """Two people who give one phone stay two. The stronger identity decides."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", "shared phone", prefix="CCC")))
    bob = assigned(await pool.sign_up(person("bob", prefix="CCC")))
    assert (await pool.sign_up(person("bob", "shared phone", prefix="CCC"))).assignment == bob
    assert (await pool.sign_up(person("shared phone", prefix="CCC"))).assignment == ada


async def test_a_contact_is_stored_each_time_a_person_gives_more(pool: LivePool) -> None:
    """It is stored sealed when a new person gives it or a known one adds to it. A repetition is not stored."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", prefix="CCC", contact=b"sealed once")))
    await pool.sign_up(person("ada", prefix="CCC", contact=b"sealed twice"))
    assert await pool.store.assignments.contacts(pool.keys, ada.code) == [b"sealed once"]
    await pool.sign_up(person("ada", "+12025550199", prefix="CCC", contact=b"with a phone"))
    assert await pool.store.assignments.contacts(pool.keys, ada.code) == [b"sealed once", b"with a phone"]
    bob = assigned(await pool.sign_up(person("bob")))
    assert await pool.store.assignments.contacts(pool.keys, bob.code) == []


async def test_a_batch_is_answered_in_order(pool: LivePool) -> None:
    """New, known, replayed and refused people share one call. A person who is in it twice is one."""
    await pool.add_line(ROOMY)
    known = assigned(await pool.sign_up(person("known", once=("key", "body"))))
    answers = await pool.sign_up_all(
        [
            person("new"),
            person("known"),
            person("known", once=("key", "body")),
            person("thief", once=("key", "stolen")),
            person("picky", excluded=(0,)),
            person("new"),
        ]
    )
    assert [answer.outcome for answer in answers] == [
        Outcome.NEW,
        Outcome.EXISTING,
        Outcome.REPLAYED,
        Outcome.MISMATCH,
        Outcome.WAITLIST,
        Outcome.EXISTING,
    ]
    assert answers[1].reason is Reason.EXISTING
    assert answers[2].assignment == known
    assert answers[0].assignment == answers[5].assignment
    assert await pool.loads() == await pool.recount()
