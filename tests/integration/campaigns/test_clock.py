"""Campaigns on a clock that jumps, as the store's does after a failover to a machine whose clock is wrong."""

import asyncio

import pytest

from router.core.campaigns.campaign import CampaignState, PersonState
from router.core.campaigns.prompt import Message, SendOutcome, SendResult
from router.services.alerts import Alerts
from router.store.alerts import AlertStore
from tests.kit.campaign_workers import EMAIL, SENT, accept, answer
from tests.kit.campaigns import advance_to_the_hour, count_by_new_number, open_migration
from tests.kit.servers import eventually_async
from tests.kit.stores import HOUR_MS, MINUTE_MS, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DAY_MS = 24 * HOUR_MS


@pytest.mark.parametrize("is_restarted", [False, True], ids=["one worker", "a new worker each time"])
async def test_its_pace_goes_on_from_there(store: Store, is_restarted: bool) -> None:
    """A jump of a day ahead, an hour back, or back to the start causes no burst, no halt and no second prompt."""
    migration = await open_migration(store, lines=2, prompts_per_second=1.0, burst=2)
    people = await migration.add_people(120, slot=0)
    await migration.begin(0)
    for jump_ms in (0, HOUR_MS, -HOUR_MS, -HOUR_MS, DAY_MS, -HOUR_MS, -DAY_MS, 0):
        migration.pool.now_ms += jump_ms
        if is_restarted:
            migration.worker = migration.start_worker()
        before = len(migration.channels[EMAIL].codes)
        await migration.run(5)
        assert 5 <= len(migration.channels[EMAIL].codes) - before <= 12
    await migration.run(60)
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)
    assert await migration.counts() == {"sent": 120}


async def test_a_step_ends_if_the_clock_is_set_back_during_it(store: Store) -> None:
    """The other pools must not wait an hour for it."""
    migration = await open_migration(store, lines=2, prompts_per_second=1.0, burst=2)
    await migration.add_people(120, slot=0)
    await migration.begin(0)

    async def set_back(_: Message) -> SendResult:
        migration.channels[EMAIL].answer = accept
        migration.pool.now_ms -= HOUR_MS
        return SENT

    migration.channels[EMAIL].answer = set_back
    assert (await migration.step()).sent <= 4


async def test_a_day_ahead_the_hold_down_is_over(store: Store) -> None:
    """By the clock a day has passed. People who were prompted stay prompted, whatever the clock says next."""
    migration = await open_migration(store)
    people = await migration.add_people(5, slot=0)
    await migration.flag(0)
    await migration.step()
    migration.pool.now_ms += DAY_MS
    await migration.run(2)
    migration.pool.now_ms -= DAY_MS
    await migration.run(2)
    migration.pool.now_ms += 2 * DAY_MS
    await migration.run(2)
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)
    assert await migration.counts() == {"sent": 5}


async def test_an_hour_back_the_hold_down_lasts_an_hour_more(store: Store) -> None:
    """The pauses of people who were put off last longer too. No person is forgotten."""
    migration = await open_migration(store)
    await migration.add_people(5, slot=0)
    await migration.flag(0)
    await migration.step()
    migration.pool.now_ms -= HOUR_MS
    await migration.advance(minutes=69)
    await migration.step()
    assert (await migration.only()).state is CampaignState.HOLDING
    await migration.advance(minutes=2)
    migration.channels[EMAIL].answer = answer(SendOutcome.RETRY)
    await migration.step()
    migration.channels[EMAIL].answer = accept
    migration.pool.now_ms -= HOUR_MS
    await migration.advance(minutes=59)
    await migration.step()
    assert await migration.counts() == {"waiting": 5}
    await migration.advance(minutes=2)
    await migration.run(2)
    assert await migration.counts() == {"sent": 5}


async def test_a_day_ahead_a_send_under_way_is_unknown_until_the_answer(store: Store) -> None:
    """The lease is over by the clock, though not in real time. No worker sends to these people again."""
    migration = await open_migration(store)
    ada = await migration.add_person("ada", slot=0)
    await migration.begin(0)
    release = asyncio.Event()

    async def late(_: Message) -> SendResult:
        await release.wait()
        return SENT

    async def is_given() -> bool:
        return bool(migration.channels[EMAIL].messages)

    migration.channels[EMAIL].answer = late
    task = asyncio.ensure_future(migration.claim_round(migration.start_worker()))
    await eventually_async("a message under way", is_given)
    migration.pool.now_ms += DAY_MS
    await migration.step()
    assert (await migration.standing(ada)).state is PersonState.UNKNOWN
    release.set()
    await task
    assert (await migration.standing(ada)).state is PersonState.SENT
    assert migration.channels[EMAIL].codes == [ada]


async def test_an_hour_back_operators_are_still_alerted(store: Store) -> None:
    """An alert that was sent an hour in the future does not silence the next one."""
    migration = await open_migration(store)
    alerts = Alerts(AlertStore(store.client), migration.make_clock())
    await alerts.send("line_flagged", "main 0101", "Line 0101 is flagged.")
    with store.raw_client() as client:
        client.delete(
            *client.keys("*told*")
        )  # the store's record of the alert expires by itself, whatever its clock says
    migration.pool.now_ms -= HOUR_MS
    await alerts.send("line_flagged", "main 0101", "Line 0101 is flagged.")
    migration.pool.now_ms += MINUTE_MS
    await alerts.send("line_flagged", "main 0101", "Line 0101 is flagged.")
    assert [alert.kind for alert in await migration.alerts()] == ["line_flagged"] * 2


async def test_a_clock_that_wavers_around_the_hour_gives_no_line_more(store: Store) -> None:
    """Two workers and a failover may see an hour end twice."""
    migration = await open_migration(store, lines=2, people_per_hour=10)
    await migration.add_people(60, slot=0)
    await migration.begin(0)
    await advance_to_the_hour(migration)
    for jump_s in (0, -2, 2, -2, 3):
        migration.pool.now_ms += jump_s * 1000
        migration.worker = migration.start_worker()
        await migration.step()
    assert count_by_new_number(migration).total() == 10
