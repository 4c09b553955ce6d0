"""What is kept of deliveries that could not be taken in, of their number, and of alerts."""

import asyncio
from dataclasses import replace

import pytest

from router.store.hook_log import DELIVERIES_KEPT, HookLog, KeptAlert, KeptDelivery
from router.store.keys import REJECTED_DELIVERIES
from tests.stores import Store

DELIVERY = KeptDelivery(id="", at_ms=7, environment="production", reason="bad_signature", sealed=b"\x00\xff sealed")
A_NODE = 100  # a stream drops whole nodes, of so many rows


@pytest.fixture
def log(store: Store) -> HookLog:
    """Open the log of an empty store."""
    return HookLog(store.client)


async def test_a_delivery_is_kept_as_it_came(log: HookLog) -> None:
    """Octets of any kind come back, oldest first; each ring is its own."""
    await log.reject(DELIVERY)
    await log.reject(replace(DELIVERY, at_ms=8, reason="too_old"))
    await log.keep(replace(DELIVERY, reason="unknown type"))
    first, second = await log.rejected()
    assert replace(first, id="") == DELIVERY
    assert (second.at_ms, second.reason) == (8, "too_old")
    assert [kept.reason for kept in await log.kept()] == ["unknown type"]


async def test_a_delivery_that_found_its_place_is_dropped(log: HookLog) -> None:
    """It alone; to drop it again is no fault."""
    for at_ms in range(3):
        await log.reject(replace(DELIVERY, at_ms=at_ms))
        await log.keep(replace(DELIVERY, at_ms=at_ms))
    rejected, kept = (await log.rejected())[0].id, (await log.kept())[1].id
    for _ in range(2):
        await log.forget_rejected(rejected)
        await log.forget_kept(kept)
    assert [kept.at_ms for kept in await log.rejected()] == [1, 2]
    assert [kept.at_ms for kept in await log.kept()] == [0, 2]


async def test_the_rings_do_not_grow_for_ever(store: Store, log: HookLog) -> None:
    """The oldest go first, by the hundred."""
    for first in range(0, 900, 20):
        await asyncio.gather(*(log.reject(replace(DELIVERY, at_ms=at)) for at in range(first, first + 20)))
    kept = await log.rejected()
    assert DELIVERIES_KEPT <= len(kept) < DELIVERIES_KEPT + A_NODE
    assert kept[0].at_ms >= 300
    with store.behind() as client:
        assert client.xlen(REJECTED_DELIVERIES) == len(kept)


async def test_the_latest_alerts_come_first(log: HookLog) -> None:
    """As many as are asked for."""
    assert await log.alerts() == []
    for at_ms in range(5):
        await log.add_alert(KeptAlert(id="", at_ms=at_ms, kind="line_flagged", subject="main …0101", message="It is."))
    told = await log.alerts(limit=2)
    assert [alert.at_ms for alert in told] == [4, 3]
    assert replace(told[0], id="", at_ms=0) == KeptAlert(
        id="", at_ms=0, kind="line_flagged", subject="main …0101", message="It is."
    )
    assert len(await log.alerts()) == 5


async def test_processes_count_together(log: HookLog) -> None:
    """Counts of all add up; of a time the one told last holds."""
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
