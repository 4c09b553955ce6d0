"""forget: a person is erased, with everything that leads to them."""

import asyncio

import pytest

from router.core.assignment import Assignment
from router.core.line import LineLoad
from tests.kit.stores import HOUR_MS, LivePool, assigned, fingerprint, person

NAMES = ("ada", "+12025550199")


@pytest.fixture
async def ada(pool: LivePool) -> Assignment:
    """Sign up Ada, with a phone and a sealed contact."""
    await pool.add_line()
    return assigned(await pool.sign_up(person(*NAMES, contact=b"sealed")))


async def forget(pool: LivePool, ada: Assignment) -> bool:
    """Erase her by both of her identities."""
    return await pool.store.assignments.forget(pool.keys, ada.code, list(map(fingerprint, NAMES)))


@pytest.mark.parametrize("state", ["reserved", "confirmed", "expired"])
async def test_nothing_of_an_erased_person_is_left(pool: LivePool, ada: Assignment, state: str) -> None:
    """Record, contact, indexes and place are gone, whatever state they were in. The rest identifies no person."""
    if state == "confirmed":
        await pool.confirm(ada.code)
    if state == "expired":
        pool.now_ms += 2 * HOUR_MS
        await pool.sweep()
    assert await forget(pool, ada)
    assert await pool.read(ada.code) is None
    assert await pool.store.assignments.contacts(pool.keys, ada.code) == []
    for name in NAMES:
        assert await pool.store.assignments.code_of(pool.keys, fingerprint(name)) is None
    with pool.store.raw_client() as client:
        left = {name.decode().split(":", 2)[2].split(":")[0] for name in client.scan_iter(match="sy:{main}:*")}
    assert left & {"a", "c", "i", "k"} == set()
    assert await pool.loads() == await pool.recount() == {0: LineLoad(new_24h=1)}


async def test_an_erased_person_who_returns_is_new(pool: LivePool, ada: Assignment) -> None:
    """They are unknown. The sweep of the old reservation does not touch the new one."""
    await forget(pool, ada)
    again = await pool.sign_up(person(*NAMES))
    assert again.is_new
    pool.now_ms += HOUR_MS
    assert await pool.sweep() == 0
    assert await pool.loads() == await pool.recount() == {0: LineLoad(reserved=1, new_24h=2)}


async def test_a_person_is_erased_once(pool: LivePool, ada: Assignment) -> None:
    """Of ten requests at once one finds the person, and the place is given back once."""
    assert sorted(await asyncio.gather(*(forget(pool, ada) for _ in range(10)))) == [False] * 9 + [True]
    assert await pool.loads() == {0: LineLoad(new_24h=1)}


async def test_an_identity_of_another_person_stays(pool: LivePool, ada: Assignment) -> None:
    """Erasing one person does not make another unknown, even if both gave the same phone."""
    bob = assigned(await pool.sign_up(person("bob", prefix=ada.code[:3])))
    assert await pool.store.assignments.forget(pool.keys, bob.code, [fingerprint("bob"), fingerprint(NAMES[1])])
    assert await pool.store.assignments.code_of(pool.keys, fingerprint(NAMES[1])) == ada.code
    assert await pool.read(ada.code) == ada
