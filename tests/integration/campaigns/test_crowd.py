"""A large campaign at its pace: how fast and how even it is, no person twice, no opt-out ignored, a cancel midway."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from router.core.act import BY_SHELL
from router.core.campaigns.campaign import CampaignState
from router.core.campaigns.prompt import Message, SendResult
from router.core.code import Code
from router.store.campaign_queue import MAX_CLAIMED
from tests.bench.campaign_crowd import open_crowd
from tests.kit.campaign_workers import EMAIL, SENT, accept
from tests.kit.campaigns import Migration, count_by_new_number, open_migration
from tests.kit.stores import START_MS, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
PEOPLE, LINES, PER_S, BURST = 1_000, 10, 50, 100
OPT_OUTS_A_STEP = 5


async def open_paced(store: Store, *, people_per_hour: int) -> Migration:
    """Open a crowd whose campaign may begin, at fifty prompts a second."""
    migration = await open_crowd(store, people=PEOPLE, lines=LINES, now_ms=START_MS)
    migration.rules = replace(
        migration.rules, prompts_per_second=float(PER_S), burst=BURST, people_per_hour=people_per_hour
    )
    migration.worker = migration.start_worker()
    return migration


async def everyone_on_the_line(migration: Migration) -> list[Code]:
    """Everyone on the first line."""
    pages = migration.campaigns.people_of_line(migration.keys, 0)
    return [code async for page in pages for code, _ in page]


async def test_a_crowd_is_prompted_at_its_pace_once_and_evenly(store: Store) -> None:
    """Within 5 % of the pace and 10 % of an even share. A person who opts out before their turn gets no prompt."""
    migration = await open_paced(store, people_per_hour=1000)
    people, random = await everyone_on_the_line(migration), Random(1)
    opted_out: set[Code] = set()
    times_ms: list[int] = []
    against_their_wish: list[Code] = []

    async def record(message: Message) -> SendResult:
        times_ms.append(migration.pool.now_ms)
        if message.signup in opted_out:
            against_their_wish.append(message.signup)
        return SENT

    migration.channels[EMAIL].answer = record
    while (await migration.only()).state is CampaignState.RUNNING:
        for code in random.sample(people, OPT_OUTS_A_STEP):
            await migration.pool.store.assignments.set_quiet(
                migration.keys, code, is_quiet=True, now_ms=migration.pool.now_ms
            )
            opted_out.add(code)
        await migration.step()
        migration.pool.now_ms += 20
    sent = migration.channels[EMAIL].codes
    assert len(sent) == len(set(sent))
    assert against_their_wish == []
    assert set(people) - set(sent) <= opted_out
    assert (len(sent) - BURST) / ((times_ms[-1] - times_ms[0]) / 1000) == pytest.approx(PER_S, rel=0.05)
    shares = count_by_new_number(migration).values()
    assert len(shares) == LINES
    assert all(share == pytest.approx(len(sent) / LINES, rel=0.1) for share in shares)
    assert max(shares) <= migration.rules.people_per_hour
    counts = await migration.counts()
    assert counts == {"sent": len(sent), "skipped": PEOPLE - len(sent)}


async def test_no_line_is_promised_more_than_its_pace_in_any_hour(store: Store) -> None:
    """Forty an hour for each of ten lines, for as many hours as needed. At the end all lines have the same number."""
    migration = await open_paced(store, people_per_hour=40)
    by_hour: list[Counter[str | None]] = []
    while (await migration.only()).state is CampaignState.RUNNING:
        before = count_by_new_number(migration)
        for _ in range(10):
            await migration.step()
        by_hour.append(count_by_new_number(migration) - before)
        migration.pool.now_ms += 3_600_000
    assert len(by_hour) <= PEOPLE / LINES / 40 + 1
    assert all(max(hour.values(), default=0) <= 40 for hour in by_hour)
    assert all(share == pytest.approx(PEOPLE / LINES, rel=0.1) for share in count_by_new_number(migration).values())


async def test_a_cancel_ends_with_the_batch_that_is_under_way(store: Store) -> None:
    """This holds at any speed: claimed prompts are sent, and no more are claimed."""
    migration = await open_migration(store)
    people = await migration.add_people(3 * MAX_CLAIMED, slot=0)
    await migration.begin(0)
    at_cancel: list[int] = []

    async def cancel(_: Message) -> SendResult:
        if len(migration.channels[EMAIL].codes) > MAX_CLAIMED:
            migration.channels[EMAIL].answer = accept
            await migration.worker.admin.cancel((await migration.only()).id, by=BY_SHELL.because("enough"))
            at_cancel.append(len(migration.channels[EMAIL].codes))
        return SENT

    migration.channels[EMAIL].answer = cancel
    await migration.run(3)
    sent = len(migration.channels[EMAIL].codes)
    assert (await migration.only()).state is CampaignState.CANCELLED
    assert MAX_CLAIMED < sent <= at_cancel[0] + MAX_CLAIMED
    assert sent < len(people)
