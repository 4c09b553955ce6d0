"""delete_pool: a pool is undone only while nobody was ever given a line of it."""

import pytest
from redis.exceptions import ResponseError

from router.core.errors import NotFound, Refused
from router.core.pool import Pool
from tests.stores import MAIN, LivePool, person


async def test_a_pool_that_gave_nobody_a_line_leaves_only_its_version(pool: LivePool) -> None:
    """Its settings and lines are gone, and what workers keep of it is known to be old."""
    await pool.add_line()
    version = await pool.store.pools.version(MAIN)
    await pool.store.pools.delete(MAIN)
    assert await pool.store.pools.ids() == []
    assert await pool.store.pools.get(MAIN) is None
    assert await pool.lines() == {}
    assert await pool.store.pools.version(MAIN) > version


async def test_a_pool_made_again_starts_anew(pool: LivePool) -> None:
    """Its first line is the first again, and its people are counted from nothing."""
    await pool.add_line()
    await pool.store.pools.delete(MAIN)
    await pool.store.pools.put(Pool(id=MAIN, name="Again", revision=1), is_new=True)
    assert await pool.add_line() == 0
    signup = await pool.sign_up(person("ada"))
    assert signup.is_new


async def test_a_pool_that_gave_somebody_a_line_stays(pool: LivePool) -> None:
    """It is refused with the number of people, even once their reservations have run out."""
    await pool.add_line()
    await pool.sign_up(person("ada"))
    with pytest.raises(Refused, match="1 people"):
        await pool.store.pools.delete(MAIN)
    assert len(await pool.lines()) == 1


async def test_a_pool_on_whose_waitlist_somebody_was_stays(pool: LivePool) -> None:
    """What is kept of them would be out of reach, and their page says that they will be told."""
    await pool.sign_up(person("ada", contact=b"sealed"))
    with pytest.raises(Refused, match="wait for a line"):
        await pool.store.pools.delete(MAIN)
    assert await pool.store.pools.get(MAIN) is not None


async def test_a_pool_that_is_not_there_is_not_found(pool: LivePool) -> None:
    """A second deletion finds nothing."""
    await pool.store.pools.delete(MAIN)
    with pytest.raises(NotFound):
        await pool.store.pools.delete(MAIN)


async def test_a_malformed_call_is_refused(pool: LivePool) -> None:
    """With a key missing nothing is deleted."""
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await pool.store.scripts.call("delete_pool", [*pool.keys.picking])
    assert await pool.store.pools.get(MAIN) is not None
