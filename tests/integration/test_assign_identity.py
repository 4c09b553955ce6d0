"""assign: the same person gets the same line, however they are recognised and whatever is retried."""

import asyncio
from collections.abc import Callable

import pytest

from router.core.assignment import Outcome, Reason, Signup
from router.core.code import Code
from router.core.line import LineLoad
from router.store.assignments import Person
from tests.stores import HOUR_MS, ROOMY, LivePool, given, person

DAY_MS = 24 * HOUR_MS


async def many_at_once(pool: LivePool, someone: Callable[[int], Person]) -> list[Signup]:
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
async def test_one_person_counts_once(pool: LivePool, someone: Callable[[int], Person]) -> None:
    """200 sign-ups of one person at once give one assignment, one place taken, one arrival."""
    for _ in range(3):
        await pool.add_line()
    signups = await many_at_once(pool, someone)
    assert len({given(signup).code for signup in signups}) == 1
    loads = await pool.loads()
    assert loads == await pool.recount()
    assert sorted(load.reserved for load in loads.values()) == [0, 0, 1]
    assert loads[given(signups[0]).home_slot] == LineLoad(reserved=1, new_24h=1)


async def test_a_cookie_counts_once(pool: LivePool) -> None:
    """Whoever comes back 200 times with the code of their cookie has what they had."""
    for _ in range(3):
        await pool.add_line()
    first = given(await pool.sign_up(person()))
    signups = await many_at_once(pool, lambda _: person(known=first.code))
    assert {signup.outcome for signup in signups} == {Outcome.EXISTING}
    assert all(signup.assignment == first for signup in signups)
    assert await pool.loads() == await pool.recount()


async def test_a_cookie_of_nobody_makes_a_new_person(pool: LivePool) -> None:
    """A code that was erased, or of another pool, is worth nothing."""
    await pool.add_line()
    signup = await pool.sign_up(person(known=Code("CCC222")))
    assert (signup.outcome, signup.is_new) == (Outcome.NEW, True)


async def test_a_replay_is_told_what_was_told_first(pool: LivePool) -> None:
    """With the same idempotency key the answer is the same, is_new too, until two days have passed."""
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
    """A replay on the next day finds the key of the day before; on the day after that it is a request of its own."""
    await pool.add_line()
    first = await pool.sign_up(person(once=("key", "body")))
    pool.policy = type(pool.policy)(7 * 24 * 3600, 0)
    pool.now_ms += DAY_MS
    assert (await pool.sign_up(person(prefix=given(first).code[:3], once=("key", "body")))).outcome is Outcome.REPLAYED
    pool.now_ms += DAY_MS
    assert (await pool.sign_up(person(once=("key", "body")))).is_new


async def test_a_key_with_another_request_is_a_mismatch(pool: LivePool) -> None:
    """Neither the first person's line is told nor another given, and nothing is written."""
    await pool.add_line()
    await pool.sign_up(person("ada", once=("key", "body")))
    before = pool.store.keyspace()
    signup = await pool.sign_up(person("bob", once=("key", "another body")))
    assert (signup.outcome, signup.assignment) == (Outcome.MISMATCH, None)
    assert pool.store.keyspace() == before


async def test_a_key_that_found_no_room_may_try_again(pool: LivePool) -> None:
    """The waitlist is not remembered as an answer."""
    waiting = person("ada", once=("key", "body"))
    assert (await pool.sign_up(waiting)).outcome is Outcome.WAITLIST
    await pool.add_line()
    assert (await pool.sign_up(waiting)).is_new


async def test_a_person_kept_in_another_bucket_is_pointed_to(pool: LivePool) -> None:
    """The caller learns the code, and asking again with it gives what the person has; nothing is written before."""
    await pool.add_line()
    home = given(await pool.sign_up(person("ada", prefix="CCC")))
    before = pool.store.keyspace()
    stray = await pool.sign_up(person("new phone", "ada", prefix="DDD"))
    assert (stray.outcome, stray.found, stray.assignment) == (Outcome.ELSEWHERE, home.code, None)
    assert pool.store.keyspace() == before
    found = await pool.sign_up(person("new phone", "ada", known=stray.found))
    assert (found.outcome, found.assignment) == (Outcome.EXISTING, home)
    assert (await pool.sign_up(person("new phone", prefix="CCC"))).assignment == home


async def test_identities_given_together_belong_together(pool: LivePool) -> None:
    """A phone given with a user finds that user later, alone too."""
    await pool.add_line()
    ada = given(await pool.sign_up(person("ada", "+12025550199", prefix="CCC")))
    assert (await pool.sign_up(person("+12025550199", prefix="CCC"))).assignment == ada
    assert (await pool.sign_up(person("ada", "ada@example.com", prefix="CCC"))).assignment == ada
    assert (await pool.sign_up(person("ada@example.com", prefix="CCC"))).assignment == ada


async def test_an_identity_stays_with_its_first_person(pool: LivePool) -> None:
    """Two people who give one phone stay two; the stronger identity says who is meant."""
    await pool.add_line()
    ada = given(await pool.sign_up(person("ada", "shared phone", prefix="CCC")))
    bob = given(await pool.sign_up(person("bob", prefix="CCC")))
    assert (await pool.sign_up(person("bob", "shared phone", prefix="CCC"))).assignment == bob
    assert (await pool.sign_up(person("shared phone", prefix="CCC"))).assignment == ada


async def test_a_contact_is_kept_for_each_time_a_person_gave_more(pool: LivePool) -> None:
    """What a new person gave is kept sealed, and what a known one adds; what they only repeat is not."""
    await pool.add_line()
    ada = given(await pool.sign_up(person("ada", prefix="CCC", contact=b"sealed once")))
    await pool.sign_up(person("ada", prefix="CCC", contact=b"sealed twice"))
    assert await pool.store.assignments.contacts(pool.keys, ada.code) == [b"sealed once"]
    await pool.sign_up(person("ada", "+12025550199", prefix="CCC", contact=b"with a phone"))
    assert await pool.store.assignments.contacts(pool.keys, ada.code) == [b"sealed once", b"with a phone"]
    bob = given(await pool.sign_up(person("bob")))
    assert await pool.store.assignments.contacts(pool.keys, bob.code) == []


async def test_everybody_of_a_batch_is_answered_in_order(pool: LivePool) -> None:
    """New and known, replayed and refused people share one call, and a person twice in it is one."""
    await pool.add_line(ROOMY)
    known = given(await pool.sign_up(person("known", once=("key", "body"))))
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
