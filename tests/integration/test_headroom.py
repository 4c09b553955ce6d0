"""Operators hear in time that lines must be ordered, once a day and not of pools with room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.line_rules import LineSpec
from router.core.personal_data import Identity
from router.services.signups import SignupRequest
from router.settings import Settings
from router.wiring import Gateway, open_gateway
from router.worker import headroom
from tests.stores import PATIENCE_MS, Store, given


@pytest.fixture
async def gateway(store: Store, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway with a pool of one small line, one with room, and one without lines."""
    settings = Settings(redis_url=SecretStr(store.url), data_dir=tmp_path / "data", store_timeout_ms=PATIENCE_MS)
    async with open_gateway(settings) as gateway:
        for pool, capacity in (("small", 2), ("large", 500)):
            await gateway.pool_admin.create(pool, {})
            await gateway.line_admin.add(pool, LineSpec(number="+12025550101", capacity=capacity))
        await gateway.pool_admin.create("empty", {})
        yield gateway


async def test_a_pool_whose_reserve_is_in_use_is_told_of_once(gateway: Gateway) -> None:
    """With how many lines to order, and where to look; the others are not named."""
    for pool in ("small", "large"):
        view = await gateway.directory.seek(pool)
        for user in ("ada", "bob"):
            person = given(await gateway.signups.sign_up(view, SignupRequest(identity=Identity(user=user))))
            await gateway.signups.confirm(view, person.code)
    for _ in range(2):
        report = await headroom.tick(gateway.directory, gateway.capacity, gateway.alerts)
        assert report.low_pools == 1
    (alert,) = await gateway.hook_log.alerts()
    assert (alert.kind, alert.subject) == ("headroom_low", "small")
    assert "Order 1 line now" in alert.message
    assert alert.message.endswith("See: switchyard capacity --pool small")


async def test_pools_with_room_are_left_alone(gateway: Gateway) -> None:
    """Nobody is woken for an empty line, nor for a pool that has none yet."""
    assert (await headroom.tick(gateway.directory, gateway.capacity, gateway.alerts)).low_pools == 0
    assert await gateway.hook_log.alerts() == []
