"""A person's card is dated when what it says changed, whichever process asks."""

import asyncio

import pytest

from router.core.code import Code
from tests.kit.stores import HOUR_MS, LivePool, Store, assigned, fingerprint, opened_store, person

OLD, NEW = b"old card", b"new card"


async def date(pool: LivePool, code: Code, digest: bytes, *, store: Store | None = None) -> int:
    """Return the date of a card, by the clock of the test."""
    assignments = (store or pool.store).assignments
    return await assignments.revise_card(pool.keys, code, digest, now_ms=pool.now_ms)


@pytest.fixture
async def ada(pool: LivePool) -> Code:
    """Sign up Ada."""
    await pool.add_line()
    return assigned(await pool.sign_up(person("ada"))).code


async def test_the_date_stays_while_the_card_says_the_same(pool: LivePool, ada: Code) -> None:
    """It is the moment of the first request, and each later one gets it again and writes nothing."""
    first = await date(pool, ada, OLD)
    assert first == pool.now_ms // 1000
    before = pool.store.keyspace()
    pool.now_ms += HOUR_MS
    assert await date(pool, ada, OLD) == first
    assert pool.store.keyspace() == before


async def test_the_date_grows_with_every_change(pool: LivePool, ada: Code) -> None:
    """It grows within one second, on the way back to an older card, and while the clock goes back."""
    dates = [await date(pool, ada, digest) for digest in (OLD, NEW, OLD)]
    pool.now_ms -= HOUR_MS
    dates.append(await date(pool, ada, NEW))
    pool.now_ms += 2 * HOUR_MS
    dates.append(await date(pool, ada, OLD))
    assert dates == sorted(set(dates))
    assert dates[-1] == pool.now_ms // 1000


async def test_two_processes_agree(pool: LivePool, ada: Code) -> None:
    """Both ask at one moment, and both get one date for one card."""
    async with opened_store(pool.store.url, pool.store.admin_url) as other:
        first = await date(pool, ada, OLD)
        dates = await asyncio.gather(*(date(pool, ada, NEW, store=store) for store in (pool.store, other)))
        assert set(dates) == {first + 1}
        assert await date(pool, ada, OLD, store=other) == first + 2


async def test_an_erased_person_leaves_no_date(pool: LivePool, ada: Code) -> None:
    """It is erased with them, and a request that comes a moment too late stores none."""
    await date(pool, ada, OLD)
    assert await pool.store.assignments.forget(pool.keys, ada, [fingerprint("ada")])
    await date(pool, ada, NEW)
    with pool.store.raw_client() as client:
        assert not client.exists(pool.keys.cards(ada[:3]))
