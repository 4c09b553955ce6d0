"""put_pool: a pool is made once, and changed only by a caller that saw its last change."""

import asyncio
from dataclasses import replace

import pytest

from router.core.errors import Conflict, NotFound
from router.core.pool import Pool, PoolId
from tests.kit.stores import Store

ACME = Pool(id=PoolId("acme"), name="Acme", revision=1)


async def test_a_pool_is_read_as_it_was_written(store: Store) -> None:
    """Every setting comes back, and the registry lists the pool."""
    await store.pools.put(ACME, is_new=True)
    assert await store.pools.get(ACME.id) == ACME
    assert await store.pools.ids() == [ACME.id]
    assert await store.pools.version(ACME.id) == 1


async def test_an_unknown_pool_is_none(store: Store) -> None:
    """Reading makes nothing."""
    assert await store.pools.get(PoolId("nowhere")) is None
    assert (await store.pools.version(PoolId("nowhere")), await store.pools.photo(PoolId("nowhere"))) == (0, None)
    assert store.keyspace() == {}


async def test_of_two_callers_that_make_a_pool_one_succeeds(store: Store) -> None:
    """The other is told that it exists. The pool is wholly the first one's."""
    rivals = [replace(ACME, name=f"Rival {number}") for number in range(5)]
    made = await asyncio.gather(*(store.pools.put(rival, is_new=True) for rival in rivals), return_exceptions=True)
    assert sum(fault is None for fault in made) == 1
    assert all(fault is None or isinstance(fault, Conflict) for fault in made)
    assert await store.pools.get(ACME.id) == rivals[made.index(None)]
    assert await store.pools.version(ACME.id) == 1


async def test_of_two_changes_decided_on_one_revision_one_counts(store: Store) -> None:
    """The second caller must read again. The version grows by one."""
    await store.pools.put(ACME, is_new=True)
    changes = [replace(ACME, name=f"Change {number}", revision=2) for number in range(5)]
    done = await asyncio.gather(*(store.pools.put(change, is_new=False) for change in changes), return_exceptions=True)
    assert sum(fault is None for fault in done) == 1
    assert await store.pools.get(ACME.id) == changes[done.index(None)]
    assert await store.pools.version(ACME.id) == 2


async def test_a_pool_that_was_never_made_cannot_be_changed(store: Store) -> None:
    """The change is refused: an id in the registry alone is not a pool."""
    with pytest.raises(NotFound):
        await store.pools.put(replace(ACME, revision=2), is_new=False)
    assert await store.pools.get(ACME.id) is None


async def test_a_photo_comes_and_goes_with_its_pool(store: Store) -> None:
    """Photo and setting are one write. A stale write leaves both as they were."""
    await store.pools.put(ACME, is_new=True)
    with_photo = replace(ACME, has_photo=True, revision=2)
    await store.pools.put_photo(with_photo, b"\xff\xd8 jpeg")
    with pytest.raises(Conflict):
        await store.pools.put_photo(with_photo, b"\xff\xd8 another")
    await store.pools.put(replace(with_photo, name="Renamed", revision=3), is_new=False)
    assert await store.pools.photo(ACME.id) == b"\xff\xd8 jpeg"
    await store.pools.put_photo(replace(ACME, revision=4), None)
    assert await store.pools.photo(ACME.id) is None
    assert await store.pools.get(ACME.id) == replace(ACME, revision=4)
