"""Where people are moved: to lines by their weight, their warm-up and the room they have."""

from dataclasses import dataclass, replace
from typing import cast

import pytest

from router.core.campaigns.prompt import SendOutcome
from router.core.line import LineLimits
from router.store.formats import PROMISES
from tests.kit.campaign_workers import EMAIL, accept, answer
from tests.kit.campaigns import WARM, Migration, advance_to_the_hour, count_by_new_number, numbers, open_migration
from tests.kit.stores import Store, person

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")


async def test_the_spread_follows_the_weights(store: Store) -> None:
    """People whose card has no numbers go to lines as new people would."""
    migration = await open_migration(store, lines=4, backups=0)
    for slot, weight in ((1, 10_000), (2, 20_000), (3, 10_000)):
        await migration.pool.change_line(slot, limits=replace(WARM, weight=weight))
    await migration.add_people(200, slot=0)
    await migration.begin(0)
    await migration.step()
    assert [count_by_new_number(migration)[number] for number in await numbers(migration, 1, 2, 3)] == [50, 100, 50]


async def test_the_numbers_people_have_are_chosen_by_weight(store: Store) -> None:
    """Cards are dealt evenly, so the number on a card that is furthest behind its weight comes first."""
    migration = await open_migration(store, lines=6)
    weights = (10_000, 20_000, 10_000, 5_000, 20_000)
    for slot, weight in enumerate(weights, start=1):
        await migration.pool.change_line(slot, limits=replace(WARM, weight=weight))
    people = await migration.add_people(260, slot=0)
    cards = {code: (await migration.assignment(code)).backups for code in people}
    await migration.begin(0)
    for _ in range(3):
        await migration.step()
    spread = [count_by_new_number(migration)[number] for number in await numbers(migration, 1, 2, 3, 4, 5)]
    for asked_to, weight in zip(spread, weights, strict=True):
        assert abs(asked_to - 260 * weight / sum(weights)) <= 0.1 * 260 * weight / sum(weights)
    led = {code: (await migration.standing(code)).target for code in people}
    assert [code for code in people if led[code] not in cards[code]] == []
    progress = await migration.campaigns.progress(migration.keys, await migration.only())
    assert [progress.targets[slot] for slot in range(1, 6)] == spread


async def test_the_spread_follows_the_room(store: Store) -> None:
    """People who were asked and have not come yet count, so no line is promised more people than it can have."""
    migration = await open_migration(store, lines=4)
    await migration.pool.change_line(1, limits=replace(WARM, capacity=20, target=20))
    await migration.add_people(100, slot=0)
    await migration.begin(0)
    await migration.step()
    tight, *roomy = [count_by_new_number(migration)[number] for number in await numbers(migration, 1, 2, 3)]
    assert tight == 20
    assert all(abs(people - 40) <= 4 for people in roomy)


async def test_a_pool_without_room_says_how_many_lines_are_missing(store: Store) -> None:
    """The lines' room limits the prompts, and the other people wait. With another line it goes on by itself."""
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
    messages = [alert.message for alert in await migration.alerts() if alert.kind == "campaign_without_room"]
    assert len(messages) == 1
    assert "14 people" in messages[0]
    assert "(1 more are needed)" in messages[0]
    await migration.pool.add_line(WARM)
    await migration.step()
    assert await migration.counts() == {"sent": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The lines besides the one that people leave, with their people. The preview must show this `missing`."""

    limits: tuple[LineLimits, ...]
    people: int
    backups: int = 0
    confirmed: tuple[int, ...] = ()
    reserved: tuple[int, ...] = ()
    missing: int = 0


POOLS = {
    "room for all": Pool(limits=(WARM, WARM), people=30),
    "by weight": Pool(limits=(WARM, replace(WARM, weight=30_000)), people=40),
    "by the numbers people have": Pool(limits=(WARM, WARM, replace(WARM, weight=5_000)), people=40, backups=2),
    "a line with little room": Pool(limits=(replace(WARM, capacity=5, target=5), WARM), people=30),
    "its reserve counts": Pool(limits=(replace(WARM, capacity=20, target=10),), people=20),
    "too little for all": Pool(limits=(replace(WARM, capacity=9, target=9),) * 2, people=30, missing=1),
    "people there already": Pool(
        limits=(replace(WARM, capacity=20, target=20),), people=20, confirmed=(8,), reserved=(4,), missing=1
    ),
    "half of the reservations come": Pool(
        limits=(replace(WARM, capacity=20, target=20, conversion_permille=500),), people=18, reserved=(4,)
    ),
    "a parked line": Pool(limits=(WARM, replace(WARM, weight=0)), people=20),
}


@pytest.mark.parametrize("case", POOLS.values(), ids=POOLS)
async def test_the_preview_agrees_with_the_claims(store: Store, case: Pool) -> None:
    """It shows how many people the campaign then sends to each line, and misses lines only where people wait."""
    migration = await open_migration(store, lines=1 + len(case.limits), backups=case.backups, people_per_hour=1000)
    await migration.add_people(case.people, slot=0)
    for slot, people in enumerate(case.confirmed, start=1):
        await migration.add_people(people, slot=slot)
    for slot, people in enumerate(case.reserved, start=1):
        for _ in range(people):
            await migration.pool.sign_up(person(wished=slot))
    for slot, limits in enumerate(case.limits, start=1):
        await migration.pool.change_line(slot, limits=limits)
    await migration.flag(0)
    preview = await migration.worker.previewer.preview(await migration.view(), 0)
    expected = {target.number: target.people for target in preview.targets if target.people}
    await migration.begin(0)
    for _ in range(3):
        await migration.step()
    tolerance = 1 if case.backups else 0  # claims take people in another order, and a card may then decide otherwise
    assert count_by_new_number(migration).total() == sum(expected.values())
    assert all(abs(count_by_new_number(migration)[number] - people) <= tolerance for number, people in expected.items())
    assert preview.lines_missing == case.missing
    counts = await migration.counts()
    assert (counts.get("waiting", 0) > 0) == (case.missing > 0)


async def test_a_promise_is_kept_for_a_day(store: Store) -> None:
    """After that, people who did not come hold no room any more."""
    migration = await open_migration(store, lines=2, limits=replace(WARM, capacity=30, target=30), people_per_hour=10)
    await migration.add_people(30, slot=0)
    await migration.pool.change_line(1, limits=replace(WARM, capacity=12, target=12))
    await migration.begin(0)
    sent = []
    for _ in range(27):
        await advance_to_the_hour(migration)
        await migration.step()
        sent.append(count_by_new_number(migration).total())
    assert sent[:3] == [10, 12, 12]
    assert sent[23:] == [12, 22, 24, 24]


async def test_a_line_that_warms_up_gets_its_share_of_the_pace(store: Store) -> None:
    """A tenth of the weight gives a tenth of the people."""
    migration = await open_migration(store, people_per_hour=20)
    await migration.pool.change_line(2, limits=replace(WARM, weight=1000))
    await migration.add_people(40, slot=0)
    await migration.begin(0)
    await advance_to_the_hour(migration)
    await migration.step()
    warm, cold = await numbers(migration, 1, 2)
    assert count_by_new_number(migration) == {warm: 20, cold: 2}


async def test_a_failed_line_is_promised_no_one_any_more(store: Store) -> None:
    """If the line a person was asked to text fails, they are asked to text another, and are expected only there."""
    migration = await open_migration(store, lines=8)
    ada = await migration.add_person("ada", slot=0)
    migration.channels[EMAIL].answer = answer(SendOutcome.RETRY)
    await migration.begin(0)
    await migration.step()
    failed = (await migration.standing(ada)).target
    assert failed is not None
    assert promised(migration) == {failed: 1}
    await migration.flag(failed)
    migration.channels[EMAIL].answer = accept
    await migration.advance(minutes=5)
    await migration.step()
    target = (await migration.standing(ada)).target
    assert target not in {None, 0, failed}
    assert promised(migration) == {target: 1}
    progress = await migration.campaigns.progress(migration.keys, (await migration.campaigns.all(migration.keys))[0])
    assert {slot: people for slot, people in progress.targets.items() if people} == {target: 1}


def promised(migration: Migration) -> dict[int | None, int]:
    """Return the number of expected people on each line, without the zeros."""
    with migration.pool.store.raw_client() as client:
        stored = cast(dict[bytes, bytes], client.hgetall(migration.keys.asked))
    sums = {int(slot): sum(PROMISES.unpack(packed)[1:]) for slot, packed in stored.items()}
    return {slot: people for slot, people in sums.items() if people}
