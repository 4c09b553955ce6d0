"""The worker's tick over the campaigns of all pools."""

import asyncio

import pytest

from router.core.campaigns.prompt import Message, SendResult
from router.core.errors import StoreUnavailable
from router.core.pool import PoolId
from router.services.pools.pool_cache import PoolCache
from router.worker.campaigns import tick
from tests.kit.campaign_workers import EMAIL, SENT
from tests.kit.campaigns import Migration, open_migration
from tests.kit.stores import Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")


async def two_pools(store: Store) -> tuple[Migration, Migration, PoolCache]:
    """Open two pools, each with a campaign that may begin."""
    east, west = [await open_migration(store, pool_id=PoolId(name)) for name in ("east", "west")]
    for migration in (east, west):
        await migration.add_people(3, slot=0)
        await migration.begin(0)
    pool_cache = PoolCache(store.pools, store.lines)
    await pool_cache.refresh()
    return east, west, pool_cache


async def test_one_tick_moves_every_pool_on(store: Store) -> None:
    """Each pool gets a step of its own campaigns."""
    east, _, pool_cache = await two_pools(store)
    report = await tick(pool_cache, east.worker.engine)
    assert [(pool.live, pool.sent) for pool in report.pools] == [(1, 3), (1, 3)]
    assert {message.campaign for message in east.channels[EMAIL].messages} == {"east.0.flagged1", "west.0.flagged1"}


async def test_a_broken_pool_holds_up_no_other(store: Store) -> None:
    """The fault is raised at the end of the tick, after the other pools had their step."""
    east, _, pool_cache = await two_pools(store)

    async def break_for_east(message: Message) -> SendResult:
        if message.pool == "east":
            raise RuntimeError("a fault")
        return SENT

    east.channels[EMAIL].answer = break_for_east
    with pytest.raises(RuntimeError, match="a fault"):
        await tick(pool_cache, east.worker.engine)
    assert await east.counts() == {"sending": 3}
    assert [message.pool for message in east.channels[EMAIL].messages].count(PoolId("west")) == 3


async def test_while_the_store_is_away_nothing_is_claimed_and_the_next_tick_works(store: Store) -> None:
    """A store that accepts no writes is an outage. It loses no person."""
    east, west, pool_cache = await two_pools(store)
    with store.raw_client() as client:
        client.config_set("min-replicas-to-write", 1)  # it answers, but accepts no writes
        try:
            with pytest.raises(StoreUnavailable):
                await tick(pool_cache, east.worker.engine)
        finally:
            client.config_set("min-replicas-to-write", 0)
    assert east.channels[EMAIL].messages == []
    await tick(pool_cache, east.worker.engine)
    assert await east.counts() == await west.counts() == {"sent": 3}


async def test_sent_prompts_are_recorded_after_the_store_was_away(store: Store) -> None:
    """The store is away between the claim and the answer, as in a failover. The worker still records the result."""
    east, *_ = await two_pools(store)
    with store.raw_client() as client:

        async def receive_without_a_store(_: Message) -> SendResult:
            client.config_set("min-replicas-to-write", 1)
            asyncio.get_running_loop().call_later(0.3, client.config_set, "min-replicas-to-write", 0)
            return SENT

        east.channels[EMAIL].answer = receive_without_a_store
        try:
            await east.claim_round()
        finally:
            client.config_set("min-replicas-to-write", 0)
    assert await east.counts() == {"sent": 3}
