"""delete_pool: a pool is deleted only if no person was ever given one of its lines."""

import pytest

from router.core.errors import NotFound, Refused
from router.core.pool import Pool
from tests.kit.stores import MAIN, LivePool, person


async def test_a_pool_that_gave_no_one_a_line_leaves_only_its_version(pool: LivePool) -> None:
    """Its settings and lines are gone, and workers learn that their copy is old."""
    await pool.add_line()
    version = await pool.store.pools.version(MAIN)
    await pool.store.pools.delete(MAIN)
    assert await pool.store.pools.ids() == []
    assert await pool.store.pools.get(MAIN) is None
    assert await pool.lines() == {}
    assert await pool.store.pools.version(MAIN) > version


async def test_a_pool_made_again_starts_anew(pool: LivePool) -> None:
    """Its first line is the first again, and its people are counted from zero."""
    await pool.add_line()
    await pool.store.pools.delete(MAIN)
    await pool.store.pools.put(Pool(id=MAIN, name="Again", revision=1), is_new=True)
    assert await pool.add_line() == 0
    signup = await pool.sign_up(person("ada"))
    assert signup.is_new


async def test_a_pool_that_gave_a_person_a_line_stays(pool: LivePool) -> None:
    """It is refused with the number of people, even after their reservations expired."""
    await pool.add_line()
    await pool.sign_up(person("ada"))
    with pytest.raises(Refused, match="1 people"):
        await pool.store.pools.delete(MAIN)
    assert len(await pool.lines()) == 1


async def test_a_pool_with_a_used_waitlist_stays(pool: LivePool) -> None:
    """Their records could not be reached any more, although their page promises them news."""
    await pool.sign_up(person("ada", contact=b"sealed"))
    with pytest.raises(Refused, match="wait for a line"):
        await pool.store.pools.delete(MAIN)
    assert await pool.store.pools.get(MAIN) is not None


async def test_an_unknown_pool_is_not_found(pool: LivePool) -> None:
    """A second deletion finds nothing."""
    await pool.store.pools.delete(MAIN)
    with pytest.raises(NotFound):
        await pool.store.pools.delete(MAIN)
