"""Operators learn in time that lines must be ordered: once a day, and not about pools with room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.lines.line_rules import LineSpec
from router.core.people.personal_data import Identity
from router.gateway import Gateway
from router.services.people.signups import SignupRequest
from router.settings.settings import Settings
from router.wiring.open import open_gateway
from router.worker import headroom
from tests.kit.stores import PATIENCE_MS, Store, assigned


@pytest.fixture
async def gateway(store: Store, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway with a pool of one small line, one with room, and one without lines."""
    settings = Settings(redis_url=SecretStr(store.url), data_dir=tmp_path / "data", store_timeout_ms=PATIENCE_MS)
    async with open_gateway(settings) as gateway:
        for pool, capacity in (("small", 2), ("large", 500)):
            await gateway.pool_admin.create(pool, {}, by=BY_SHELL)
            await gateway.line_admin.add(pool, LineSpec(number="+12025550101", capacity=capacity), by=BY_SHELL)
        await gateway.pool_admin.create("empty", {}, by=BY_SHELL)
        yield gateway


async def test_a_pool_whose_reserve_is_in_use_is_reported_once(gateway: Gateway) -> None:
    """The alert says how many lines to order, and where to check. Other pools are not named."""
    for pool in ("small", "large"):
        view = await gateway.pool_cache.get(pool)
        for user in ("ada", "bob"):
            person = assigned(await gateway.signups.sign_up(view, SignupRequest(identity=Identity(user=user))))
            await gateway.signups.confirm(view, person.code)
    for _ in range(2):
        report = await headroom.tick(gateway.pool_cache, gateway.capacity, gateway.alerts, gateway.headroom_news)
        assert report.low_pools == 1
    (alert,) = await gateway.alert_store.alerts()
    assert (alert.kind, alert.subject) == ("headroom_low", "small")
    assert "Order 1 line now" in alert.message
    assert alert.message.endswith("See: switchyard capacity --pool small")


async def test_pools_with_room_are_left_alone(gateway: Gateway) -> None:
    """There is no alert for an empty line, nor for a pool without lines."""
    assert (
        await headroom.tick(gateway.pool_cache, gateway.capacity, gateway.alerts, gateway.headroom_news)
    ).low_pools == 0
    assert await gateway.alert_store.alerts() == []
