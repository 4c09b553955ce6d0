"""Campaigns on a clock that jumps, as the store's does after a failover to a machine whose clock is wrong."""

import asyncio

import pytest

from router.core.campaign import CampaignState, PersonState
from router.core.prompt import Message, Outcome, SendResult
from tests.campaign_workers import EMAIL, SENT, answer, take_it
from tests.campaigns import asked, at_the_hour, open_migration
from tests.servers import eventually_async
from tests.stores import HOUR_MS, MINUTE_MS, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DAY_MS = 24 * HOUR_MS


@pytest.mark.parametrize("is_restarted", [False, True], ids=["one worker", "a new worker each time"])
async def test_its_pace_goes_on_from_there(store: Store, is_restarted: bool) -> None:
    """A day ahead, an hour back, or back to where it was: no burst, no halt, and nobody twice."""
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


async def test_a_step_ends_though_the_clock_is_set_back_in_it(store: Store) -> None:
    """The other pools must not wait an hour for it."""
    migration = await open_migration(store, lines=2, prompts_per_second=1.0, burst=2)
    await migration.add_people(120, slot=0)
    await migration.begin(0)

    async def set_back(_: Message) -> SendResult:
        migration.channels[EMAIL].answer = take_it
        migration.pool.now_ms -= HOUR_MS
        return SENT

    migration.channels[EMAIL].answer = set_back
    assert (await migration.step()).sent <= 4


async def test_a_day_ahead_the_hold_down_is_over(store: Store) -> None:
    """The day passed, as far as anybody can tell; who was prompted stays so, whatever the clock says next."""
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
    """So do the pauses of those who were put off; nobody is forgotten."""
    migration = await open_migration(store)
    await migration.add_people(5, slot=0)
    await migration.flag(0)
    await migration.step()
    migration.pool.now_ms -= HOUR_MS
    await migration.let_pass(minutes=69)
    await migration.step()
    assert (await migration.only()).state is CampaignState.HOLDING
    await migration.let_pass(minutes=2)
    migration.channels[EMAIL].answer = answer(Outcome.RETRY)
    await migration.step()
    migration.channels[EMAIL].answer = take_it
    migration.pool.now_ms -= HOUR_MS
    await migration.let_pass(minutes=59)
    await migration.step()
    assert await migration.counts() == {"waiting": 5}
    await migration.let_pass(minutes=2)
    await migration.run(2)
    assert await migration.counts() == {"sent": 5}


async def test_a_day_ahead_whoever_is_being_sent_to_is_unknown_until_the_answer(store: Store) -> None:
    """The lease is over by the clock, not by the wall; nobody sends to them again."""
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


async def test_an_hour_back_operators_are_told_all_the_same(store: Store) -> None:
    """What was told an hour from now is no reason to be silent."""
    migration = await open_migration(store)
    alerts = migration.worker.alerts
    await alerts.tell("line_flagged", "main 0101", "Line 0101 is flagged.")
    with store.behind() as client:
        client.delete(*client.keys("*told*"))  # what the store remembers ends by itself, whatever its clock says
    migration.pool.now_ms -= HOUR_MS
    await alerts.tell("line_flagged", "main 0101", "Line 0101 is flagged.")
    migration.pool.now_ms += MINUTE_MS
    await alerts.tell("line_flagged", "main 0101", "Line 0101 is flagged.")
    assert [alert.kind for alert in await migration.alerts()] == ["line_flagged"] * 2


async def test_a_clock_that_wavers_about_the_hour_gives_no_line_more(store: Store) -> None:
    """Two workers and a failover may see an hour end twice."""
    migration = await open_migration(store, lines=2, people_per_hour=10)
    await migration.add_people(60, slot=0)
    await migration.begin(0)
    await at_the_hour(migration)
    for jump_s in (0, -2, 2, -2, 3):
        migration.pool.now_ms += jump_s * 1000
        migration.worker = migration.start_worker()
        await migration.step()
    assert asked(migration).total() == 10
