"""Where people are led: to lines by their weight, their warm-up and the room they have."""

from dataclasses import replace
from struct import Struct
from typing import cast

import pytest

from router.core.prompt import Outcome
from tests.campaign_workers import EMAIL, answer, take_it
from tests.campaigns import WARM, Migration, asked, at_the_hour, numbers, open_migration
from tests.stores import Store, person

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
_PROMISES = Struct(">I24H")


async def test_the_spread_follows_the_weights(store: Store) -> None:
    """People without numbers of their own go to the lines as new ones would."""
    migration = await open_migration(store, lines=4, backups=0)
    for slot, weight in ((1, 10_000), (2, 20_000), (3, 10_000)):
        await migration.pool.change_line(slot, limits=replace(WARM, weight=weight))
    await migration.add_people(200, slot=0)
    await migration.begin(0)
    await migration.step()
    assert [asked(migration)[number] for number in await numbers(migration, 1, 2, 3)] == [50, 100, 50]


async def test_the_numbers_people_have_are_chosen_by_weight(store: Store) -> None:
    """Cards are dealt evenly, so of the numbers on a card the one goes first that is furthest behind its weight."""
    migration = await open_migration(store, lines=6)
    weights = (10_000, 20_000, 10_000, 5_000, 20_000)
    for slot, weight in enumerate(weights, start=1):
        await migration.pool.change_line(slot, limits=replace(WARM, weight=weight))
    people = await migration.add_people(260, slot=0)
    cards = {code: (await migration.assignment(code)).backups for code in people}
    await migration.begin(0)
    for _ in range(3):
        await migration.step()
    spread = [asked(migration)[number] for number in await numbers(migration, 1, 2, 3, 4, 5)]
    for asked_to, weight in zip(spread, weights, strict=True):
        assert abs(asked_to - 260 * weight / sum(weights)) <= 0.1 * 260 * weight / sum(weights)
    led = {code: (await migration.standing(code)).target for code in people}
    assert [code for code in people if led[code] not in cards[code]] == []
    progress = await migration.campaigns.progress(migration.keys, await migration.only())
    assert [progress.targets[slot] for slot in range(1, 6)] == spread


async def test_the_spread_follows_the_room(store: Store) -> None:
    """Whoever was asked and has not come yet counts, so that no line is promised more people than it can have."""
    migration = await open_migration(store, lines=4)
    await migration.pool.change_line(1, limits=replace(WARM, capacity=20, target=20))
    await migration.add_people(100, slot=0)
    await migration.begin(0)
    await migration.step()
    tight, *roomy = [asked(migration)[number] for number in await numbers(migration, 1, 2, 3)]
    assert tight == 20
    assert all(abs(people - 40) <= 4 for people in roomy)


async def test_a_pool_without_room_says_how_many_lines_are_missing(store: Store) -> None:
    """Whom the lines have room for is prompted, the others wait; with another line it goes on by itself."""
    migration = await open_migration(store, limits=replace(WARM, capacity=20, target=20))
    await migration.add_people(20, slot=0)
    await migration.add_people(12, slot=1)
    await migration.begin(0)
    preview = await migration.worker.previewer.preview(await migration.view(), 0)
    assert (preview.people, preview.lines_missing) == (20, 0)
    for number in range(22):
        await migration.pool.sign_up(person(wished=1 + number % 2))
    for _ in range(3):
        await migration.step()
    assert await migration.counts() == {"sent": 6, "waiting": 14}
    told = [alert.message for alert in await migration.alerts() if alert.kind == "campaign_without_room"]
    assert len(told) == 1
    assert "14 people" in told[0]
    assert "(1 more are needed)" in told[0]
    await migration.pool.add_line(WARM)
    await migration.step()
    assert await migration.counts() == {"sent": 20}


async def test_a_promise_is_kept_for_a_day(store: Store) -> None:
    """Then those who did not come hold up nobody any more."""
    migration = await open_migration(store, lines=2, limits=replace(WARM, capacity=30, target=30), people_per_hour=10)
    await migration.add_people(30, slot=0)
    await migration.pool.change_line(1, limits=replace(WARM, capacity=12, target=12))
    await migration.begin(0)
    sent = []
    for _ in range(27):
        await at_the_hour(migration)
        await migration.step()
        sent.append(asked(migration).total())
    assert sent[:3] == [10, 12, 12]
    assert sent[23:] == [12, 22, 24, 24]


async def test_a_line_that_warms_up_gets_its_share_of_the_pace(store: Store) -> None:
    """A tenth of the weight, a tenth of the people."""
    migration = await open_migration(store, people_per_hour=20)
    await migration.pool.change_line(2, limits=replace(WARM, weight=1000))
    await migration.add_people(40, slot=0)
    await migration.begin(0)
    await at_the_hour(migration)
    await migration.step()
    warm, cold = await numbers(migration, 1, 2)
    assert asked(migration) == {warm: 20, cold: 2}


async def test_a_line_that_failed_is_promised_nobody_any_more(store: Store) -> None:
    """Asked to text a line that then fails, a person is asked to text another, and is expected there alone."""
    migration = await open_migration(store, lines=8)
    ada = await migration.add_person("ada", slot=0)
    migration.channels[EMAIL].answer = answer(Outcome.RETRY)
    await migration.begin(0)
    await migration.step()
    failed = (await migration.standing(ada)).target
    assert failed is not None
    assert promised(migration) == {failed: 1}
    await migration.flag(failed)
    migration.channels[EMAIL].answer = take_it
    await migration.let_pass(minutes=5)
    await migration.step()
    target = (await migration.standing(ada)).target
    assert target not in {None, 0, failed}
    assert promised(migration) == {target: 1}
    progress = await migration.campaigns.progress(migration.keys, (await migration.campaigns.all(migration.keys))[0])
    assert {slot: people for slot, people in progress.targets.items() if people} == {target: 1}


def promised(migration: Migration) -> dict[int | None, int]:
    """How many people are expected on each line, nought left out."""
    with migration.pool.store.behind() as client:
        kept = cast(dict[bytes, bytes], client.hgetall(migration.keys.asked))
    sums = {int(slot): sum(_PROMISES.unpack(packed)[1:]) for slot, packed in kept.items()}
    return {slot: people for slot, people in sums.items() if people}
