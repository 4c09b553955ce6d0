"""Campaigns at their pace: the pace of each channel, and of each line that people are asked to text."""

from bisect import bisect_left
from collections import Counter
from datetime import timedelta

import pytest

from router.core.campaigns.campaign import CampaignState
from router.core.campaigns.prompt import Message, SendOutcome, SendResult
from router.core.code import Code
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import EMAIL, SENT, SMS, accept, answer
from tests.kit.campaigns import advance_to_the_hour, count_by_new_number, open_migration
from tests.kit.stores import HOUR_MS, START_MS, Store, person

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")


async def test_a_channel_keeps_its_pace(store: Store) -> None:
    """A burst, then the set number a second. No person is left out, whatever the steps of the worker."""
    migration = await open_migration(store, prompts_per_second=2.0, burst=5)
    await migration.add_people(60, slot=0)
    await migration.begin(0)
    times_ms: list[int] = []

    async def record(_: Message) -> SendResult:
        times_ms.append(migration.pool.now_ms)
        return SENT

    migration.channels[EMAIL].answer = record
    while (await migration.only()).state is CampaignState.RUNNING:
        await migration.step()
        migration.pool.now_ms += 700
    for place, first_ms in enumerate(times_ms):
        in_ten_s = bisect_left(times_ms, first_ms + 10_000) - place
        assert in_ten_s <= 5 + 10 * 2
    assert 54 / 2 <= (times_ms[-1] - times_ms[0]) / 1000 <= 55 / 2 * 1.05
    assert await migration.counts() == {"sent": 60}


async def test_a_channel_without_room_holds_up_no_other(store: Store) -> None:
    """Three hundred people wait for an SMS. The person behind them with an e-mail address does not wait."""
    migration = await open_migration(store, channels=(SMS, EMAIL), prompts_per_second=1.0, burst=1)
    ada = await migration.add_person("ada", slot=0, at=1)
    for number in range(300):
        await migration.add_person(f"sms {number}", slot=0, at=number + 2, phone=f"+1212555{number:04}")
    await migration.begin(0)
    await migration.step()
    assert migration.channels[EMAIL].codes == [ada]
    assert len(migration.channels[SMS].codes) <= 2
    queues = migration.queues((await migration.only()).id)
    assert not queues["waiting"]
    await migration.run(20)
    sent = migration.channels[SMS].codes
    assert len(sent) == len(set(sent)) >= 20
    prompted = [(await migration.standing(code)).code for code in sent]
    assert prompted == sent


async def test_a_line_gets_no_more_people_an_hour_than_it_may(store: Store) -> None:
    """Ten an hour for each of two lines, and no fewer if people come at once: no person counts twice."""
    migration = await open_migration(store, people_per_hour=10, prompts_per_second=1.0, burst=2)
    handles = {await migration.add_person(f"person {number}", slot=0): f"person {number}" for number in range(60)}
    await migration.begin(0)
    await advance_to_the_hour(migration)
    by_hour: list[Counter[str | None]] = []
    moved: set[Code] = set()
    for _ in range(3):
        before = count_by_new_number(migration)
        for _ in range(15):
            await migration.step()
            migration.pool.now_ms += 1000
            for code in set(migration.channels[EMAIL].codes) - moved:
                target = (await migration.assignment(code)).backups[0]
                at_s = (migration.pool.now_ms - START_MS) / 1000
                assert (await apply_event(migration.pool, text(handles[code], target, at_s))).word == "moved"
                moved.add(code)
        by_hour.append(count_by_new_number(migration) - before)
        await advance_to_the_hour(migration)
    assert [sorted(hour.values()) for hour in by_hour] == [[10, 10], [10, 10], [10, 10]]
    await migration.step()
    assert await migration.counts() == {"moved": 60}


async def test_people_who_sign_up_use_up_the_pace_as_well(store: Store) -> None:
    """The pace is the line's, not the campaign's. An hour later it is free again, without any event."""
    migration = await open_migration(store, lines=2, people_per_hour=10)
    await migration.add_people(30, slot=0)
    await migration.begin(0)
    await advance_to_the_hour(migration)
    for _ in range(7):
        await migration.pool.sign_up(person(wished=1))
    await migration.step()
    assert count_by_new_number(migration).total() == 3
    migration.pool.now_ms += HOUR_MS
    await migration.step()
    await migration.step()
    assert count_by_new_number(migration).total() == 13


async def test_the_duration_is_announced_before(store: Store) -> None:
    """The preview and the alert state the campaign's duration: six hours for seventy people at ten an hour."""
    migration = await open_migration(store, lines=2, people_per_hour=10)
    await migration.add_people(70, slot=0)
    await migration.begin(0)
    preview = await migration.worker.previewer.preview(await migration.view(), 0)
    assert (preview.people, preview.by_channel, preview.time_needed) == (70, {EMAIL: 70}, timedelta(hours=6))
    (message,) = [alert.message for alert in await migration.alerts() if alert.kind == "campaign_opened"]
    assert "up to 6 hours" in message
    await advance_to_the_hour(migration)
    hours = 0
    await migration.step()
    while (await migration.only()).state is CampaignState.RUNNING:
        await advance_to_the_hour(migration)
        await migration.step()
        hours += 1
    assert hours == 6


async def test_a_channel_that_asks_to_wait_gets_no_prompts_meanwhile(store: Store) -> None:
    """Every worker respects the pause. The other channels go on, and no person is prompted twice."""
    migration = await open_migration(store, channels=(SMS, EMAIL))
    ada = await migration.add_person("ada", slot=0)
    sms = [await migration.add_person(f"sms {number}", slot=0, phone=f"+1212555{number:04}") for number in range(150)]
    await migration.begin(0)
    migration.channels[SMS].answer = answer(SendOutcome.RETRY, retry_after_s=90)
    await migration.claim_round()
    refused = len(migration.channels[SMS].codes)
    assert refused >= 99
    migration.channels[SMS].answer = accept
    for _ in range(8):
        await migration.claim_round(migration.start_worker())
        migration.pool.now_ms += 10_000
    assert len(migration.channels[SMS].codes) == refused
    assert migration.channels[EMAIL].codes == [ada]
    migration.pool.now_ms += 10_000
    await migration.run(65)
    assert migration.prompted[ada, EMAIL] == 1
    assert sorted(migration.channels[SMS].codes[refused:]) == sorted(sms)
    assert await migration.counts() == {"sent": 151}
