"""The worker's ticks: bounded steps over every pool, with the time as an argument."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.assignment import Assignment
from router.core.errors import StoreUnavailable
from router.core.line import Gate, LineLoad
from router.core.lines.line_rules import LineSpec
from router.core.people.personal_data import Identity
from router.gateway import Gateway
from router.services.people.signups import SignupRequest
from router.services.pools.admin import PoolFields
from router.services.pools.pool_cache import PoolCache
from router.settings.settings import Settings
from router.store.line_records import LineNow
from router.store.lines import Lines
from router.store.pools import Pools
from router.store.server.client import StoreClient
from router.store.server.scripts import Scripts
from router.wiring.open import open_gateway
from router.worker import expiry, line_refresh
from tests.kit.servers import free_port, opened
from tests.kit.stores import HOUR_MS, PATIENCE_MS, Store, assigned, person

DAY_MS = 24 * HOUR_MS
POOLS = ("east", "west")
FIELDS: PoolFields = {"reservation_minutes": 30, "warm_up_days": 4, "new_people_per_day": 8}


@pytest.fixture
async def gateway(store: Store, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway with two pools of one new line each."""
    settings = Settings(redis_url=SecretStr(store.url), data_dir=tmp_path / "data", store_timeout_ms=PATIENCE_MS)
    async with open_gateway(settings) as gateway:
        for pool in POOLS:
            await gateway.pool_admin.create(pool, FIELDS, by=BY_SHELL)
            await gateway.line_admin.add(pool, LineSpec(number="+12025550101"), by=BY_SHELL)
        yield gateway


async def sign_up(gateway: Gateway, pool: str, user: str) -> Assignment:
    """Sign up one person."""
    request = SignupRequest(identity=Identity(user=user))
    return assigned(await gateway.signups.sign_up((await gateway.pool_cache.get(pool)), request))


async def line_of(gateway: Gateway, pool: str) -> LineNow:
    """Return the state of the pool's line."""
    return await gateway.line_admin.get(pool, "+12025550101")


async def test_reservations_of_every_pool_run_out(gateway: Gateway) -> None:
    """Before their time nothing happens. Then each is given back once, except the one whose person texted."""
    now_ms = gateway.clock.now_ms()
    for pool in POOLS:
        for user in ("ada", "bob"):
            await sign_up(gateway, pool, user)
    cyd = await sign_up(gateway, "east", "cyd")
    await gateway.signups.confirm((await gateway.pool_cache.get("east")), cyd.code)

    async def tick(at_ms: int) -> int:
        return (await expiry.tick(gateway.pool_cache, gateway.assignments, now_ms=at_ms)).expired

    assert await tick(now_ms + 29 * 60_000) == 0
    assert await tick(now_ms + HOUR_MS) == 4
    assert await tick(now_ms + HOUR_MS) == 0
    assert (await line_of(gateway, "east")).load == LineLoad(confirmed=1, new_24h=3)
    assert (await line_of(gateway, "west")).load == LineLoad(new_24h=2)


async def test_a_night_without_a_worker_is_made_up_for(gateway: Gateway) -> None:
    """One tick gives back everything that became due while no worker ran, over many minutes."""
    now_ms = gateway.clock.now_ms()
    view = await gateway.pool_cache.get("east")
    for hour in range(10):
        await gateway.assignments.assign(view.keys, [person(), person()], view.policy, now_ms=now_ms + hour * HOUR_MS)
    assert (await expiry.tick(gateway.pool_cache, gateway.assignments, now_ms=now_ms + DAY_MS)).expired == 20
    assert (await line_of(gateway, "east")).load.reserved == 0


async def test_a_line_warms_up_day_by_day(gateway: Gateway) -> None:
    """Weight and allowance grow with each tick from a tenth to the whole. A warm line does not change any more."""
    started_ms = (await line_of(gateway, "west")).line.joined_at_ms  # the younger of the two
    seen = []
    for days in (0, 1, 2, 3, 4, 5):
        now_ms = started_ms + days * DAY_MS
        report = await line_refresh.tick(gateway.pool_cache, gateway.lines, gateway.delivery_store, now_ms=now_ms)
        limits = (await line_of(gateway, "east")).limits
        seen.append((report.changed_lines, limits.weight, limits.new_people_per_day, limits.is_warming))
    assert [weight for _, weight, _, _ in seen] == [1000, 2500, 5000, 7500, 10_000, 10_000]
    assert [allowance for _, _, allowance, _ in seen] == [1, 2, 4, 6, 8, 8]
    assert [is_warming for _, _, _, is_warming in seen] == [True] * 4 + [False] * 2
    assert [changed for changed, _, _, _ in seen[1:]] == [2, 2, 2, 2, 0]


async def test_a_guideline_is_free_again_after_a_day(gateway: Gateway) -> None:
    """People who came a day ago no longer hold a line back."""
    now_ms = gateway.clock.now_ms()
    await sign_up(gateway, "east", "ada")
    assert (await line_of(gateway, "east")).gate is Gate.WARM_UP
    await line_refresh.tick(gateway.pool_cache, gateway.lines, gateway.delivery_store, now_ms=now_ms + 22 * HOUR_MS)
    assert (await line_of(gateway, "east")).load.new_24h == 1
    await line_refresh.tick(gateway.pool_cache, gateway.lines, gateway.delivery_store, now_ms=now_ms + DAY_MS + HOUR_MS)
    line = await line_of(gateway, "east")
    assert (line.load.new_24h, line.gate) == (0, Gate.OPEN)


async def test_without_a_store_a_tick_fails_and_the_next_one_works(gateway: Gateway) -> None:
    """The tick raises the outage, and nothing that was due is lost."""
    now_ms = gateway.clock.now_ms()
    await sign_up(gateway, "east", "ada")
    async with opened(f"redis://127.0.0.1:{free_port()}") as connection:
        nowhere = StoreClient(connection)
        scripts = Scripts(nowhere, bytes)
        with pytest.raises(StoreUnavailable):
            await line_refresh.tick(gateway.pool_cache, Lines(scripts), gateway.delivery_store, now_ms=now_ms + HOUR_MS)
        with pytest.raises(StoreUnavailable):
            await PoolCache(Pools(nowhere, scripts), Lines(scripts)).refresh()
    assert (await expiry.tick(gateway.pool_cache, gateway.assignments, now_ms=now_ms + HOUR_MS)).expired == 1
