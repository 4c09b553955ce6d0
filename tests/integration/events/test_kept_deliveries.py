"""What is stored of deliveries that could not be applied, their counts, and alerts."""

import asyncio
from dataclasses import replace

import pytest

from router.store.alerts import AlertStore, KeptAlert
from router.store.deliveries import DELIVERIES_KEPT, DeliveryStore, KeptDelivery
from router.store.keys import REJECTED_DELIVERIES
from tests.kit.stores import Store

DELIVERY = KeptDelivery(id="", at_ms=7, environment="production", reason="bad_signature", sealed=b"\x00\xff sealed")
A_NODE = 100  # a stream drops whole nodes, of this many rows


@pytest.fixture
def log(store: Store) -> DeliveryStore:
    """Open the log of an empty store."""
    return DeliveryStore(store.client)


@pytest.fixture
def alerts(store: Store) -> AlertStore:
    """Open the alerts of an empty store."""
    return AlertStore(store.client)


async def test_a_delivery_is_stored_as_it_came(log: DeliveryStore) -> None:
    """Bytes of any kind come back, oldest first. Each ring is its own."""
    await log.reject(DELIVERY)
    await log.reject(replace(DELIVERY, at_ms=8, reason="too_old"))
    await log.keep(replace(DELIVERY, reason="unknown type"))
    first, second = await log.rejected()
    assert replace(first, id="") == DELIVERY
    assert (second.at_ms, second.reason) == (8, "too_old")
    assert [row.reason for row in await log.kept()] == ["unknown type"]


async def test_a_placed_delivery_is_dropped(log: DeliveryStore) -> None:
    """Only that delivery is dropped. A second drop is no fault."""
    for at_ms in range(3):
        await log.reject(replace(DELIVERY, at_ms=at_ms))
        await log.keep(replace(DELIVERY, at_ms=at_ms))
    rejected, stored = (await log.rejected())[0].id, (await log.kept())[1].id
    for _ in range(2):
        await log.forget_rejected(rejected)
        await log.forget_kept(stored)
    assert [row.at_ms for row in await log.rejected()] == [1, 2]
    assert [row.at_ms for row in await log.kept()] == [0, 2]


async def test_the_rings_do_not_grow_for_ever(store: Store, log: DeliveryStore) -> None:
    """The oldest go first, a hundred at a time."""
    for first in range(0, 900, 20):
        await asyncio.gather(*(log.reject(replace(DELIVERY, at_ms=at)) for at in range(first, first + 20)))
    stored = await log.rejected()
    assert DELIVERIES_KEPT <= len(stored) < DELIVERIES_KEPT + A_NODE
    assert stored[0].at_ms >= 300
    with store.raw_client() as client:
        assert client.xlen(REJECTED_DELIVERIES) == len(stored)


async def test_the_latest_alerts_come_first(alerts: AlertStore) -> None:
    """The caller gets as many as it asks for."""
    assert await alerts.alerts() == []
    for at_ms in range(5):
        await alerts.add_alert(
            KeptAlert(id="", at_ms=at_ms, kind="line_flagged", subject="main …0101", message="It is.")
        )
    latest = await alerts.alerts(limit=2)
    assert [alert.at_ms for alert in latest] == [4, 3]
    assert replace(latest[0], id="", at_ms=0) == KeptAlert(
        id="", at_ms=0, kind="line_flagged", subject="main …0101", message="It is."
    )
    assert len(await alerts.alerts()) == 5


async def test_processes_count_together(log: DeliveryStore) -> None:
    """Their counts add up. Of a time, the last report holds."""
    assert await log.tally() == {}
    counted = ({"production:taken": 2, "production:flagged": 1}, {"production:taken_ms": 5})
    await asyncio.gather(*(log.add_tally(*counted) for _ in range(10)))
    await log.add_tally({"staging:rejected": 1}, {})
    await log.add_tally({}, {"production:taken_ms": 9})
    assert await log.tally() == {
        "production:taken": 20,
        "production:flagged": 10,
        "production:taken_ms": 9,
        "staging:rejected": 1,
    }
    assert await log.last_taken_ms() == {"production": 9}
