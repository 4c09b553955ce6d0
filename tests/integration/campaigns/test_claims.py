"""claim: which people it picks and which it skips, by what holds in that very step."""

import asyncio
from itertools import pairwise

import pytest

from router.core.act import BY_SHELL
from router.core.campaigns.campaign import CampaignState, PersonState, Skip
from router.core.pool import Pool
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import EMAIL
from tests.kit.campaigns import Migration, open_migration
from tests.kit.stores import HOUR_MS, MAIN, START_MS, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DAY_S = 86_400


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of three warm lines whose people are reached by e-mail."""
    return await open_migration(store)


@pytest.mark.parametrize("wish", ["opts_out", "wants_quiet"])
async def test_a_person_who_opted_out_is_not_claimed(migration: Migration, wish: str) -> None:
    """An opt-out a moment before also counts: the claim reads the person's record in the same step."""
    ada, bob = await migration.add_person("ada", slot=0), await migration.add_person("bob", slot=0)
    await migration.begin(0)
    request = text("ada", 0, 660, opts_out=wish == "opts_out", wants_quiet=wish == "wants_quiet")
    await apply_event(migration.pool, request)
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == [bob]
    assert (await migration.standing(ada)).skip is Skip.OPTED_OUT


async def test_a_person_who_wants_no_prompts_is_not_claimed(migration: Migration) -> None:
    """They chose this on their page. They may still text."""
    ada = await migration.add_person("ada", slot=0)
    await migration.begin(0)
    await migration.pool.store.assignments.set_quiet(migration.keys, ada, is_quiet=True, now_ms=migration.pool.now_ms)
    await migration.claim_round()
    assert await migration.counts() == {"skipped": 1}


async def test_a_person_who_just_moved_is_not_claimed(migration: Migration) -> None:
    """The campaign has not yet handled the move."""
    ada = await migration.add_person("ada", slot=0)
    await migration.begin(0)
    await apply_event(migration.pool, text("ada", 1, 660))
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == []
    assert (await migration.standing(ada)).state is PersonState.MOVED


async def test_an_erased_person_is_not_claimed(migration: Migration) -> None:
    """A campaign stores only the code of a person, and nothing can be done with the code alone."""
    ada, bob = await migration.add_person("ada", slot=0), await migration.add_person("bob", slot=0)
    await migration.begin(0)
    await migration.pool.store.assignments.forget(migration.keys, ada, [])
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == [bob]
    assert (await migration.standing(ada)).skip is Skip.ERASED
    await migration.queue.record_openings(migration.keys, [ada])
    await migration.step()
    assert (await migration.standing(ada)).state is PersonState.SKIPPED


async def test_no_claim_follows_a_recovery(migration: Migration) -> None:
    """The line works again, although the campaign is not cancelled yet."""
    await migration.add_people(3, slot=0)
    await migration.begin(0)
    await migration.unflag(0)
    assert (await migration.only()).state is CampaignState.RUNNING
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == []


async def test_no_claim_belongs_to_an_earlier_flag(migration: Migration) -> None:
    """Flagged once more, the line has another campaign with its own hold-down."""
    await migration.add_people(3, slot=0)
    await migration.begin(0)
    await migration.unflag(0)
    await migration.flag(0)
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == []


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLED, CampaignState.HOLDING])
async def test_only_a_running_campaign_claims(migration: Migration, state: CampaignState) -> None:
    """The store decides, whatever a worker still has in memory."""
    await migration.add_people(3, slot=0)
    await migration.begin(0)
    running = await migration.only()
    await migration.worker.lifecycle.change(migration.keys, running, state=state, by=BY_SHELL)
    overview = await migration.pool.store.lines.overview(migration.keys)
    await migration.worker.prompting.send_next_batch(await migration.view(), overview, running)
    assert migration.channels[EMAIL].codes == []


async def test_two_prompts_to_a_person_are_a_day_apart(migration: Migration) -> None:
    """This holds whichever lines fail and wherever people move. There are at most three prompts in thirty days."""
    ada = await migration.add_person("ada", slot=0)
    sent_s: list[int] = []
    for _ in range(6):
        home = (await migration.assignment(ada)).home_slot
        await migration.flag(home)
        for _ in range(60):
            await migration.step()
            if len(migration.channels[EMAIL].codes) > len(sent_s):
                break
            await migration.advance(minutes=30)
        else:
            break
        sent_s.append(migration.pool.now_ms // 1000)
        target = (await migration.assignment(ada)).backups[0]
        await apply_event(migration.pool, text("ada", target, (migration.pool.now_ms - START_MS) / 1000 + 1))
        await migration.unflag(home)
        await migration.advance(minutes=1)
    assert len(sent_s) == 3
    assert all(DAY_S <= later - earlier < DAY_S + 3600 for earlier, later in pairwise(sent_s))
    last = [await migration.counts(campaign.id) for campaign in await migration.campaigns.all(migration.keys)][-1]
    assert last == {"skipped": 1}


async def test_a_fourth_prompt_comes_thirty_days_after_the_first(migration: Migration) -> None:
    """It comes not an hour earlier, whichever lines fail."""
    ada = await migration.add_person("ada", slot=0)
    begun_ms = migration.pool.now_ms
    prompted: list[int] = []
    for day in (0, 2, 4, 29, 29.9, 30.1):
        migration.pool.now_ms = begun_ms + round(day * DAY_S * 1000)
        home = (await migration.assignment(ada)).home_slot
        await migration.flag(home)
        await migration.step()
        await migration.advance(minutes=11)
        await migration.run(2)
        prompted.append(len(migration.channels[EMAIL].codes))
        target = (await migration.assignment(ada)).backups[0]
        await apply_event(migration.pool, text("ada", target, (migration.pool.now_ms - START_MS) / 1000))
        await migration.unflag(home)
        await migration.step()
    assert prompted == [1, 2, 3, 3, 3, 4]


async def test_nobody_is_prompted_at_night(migration: Migration) -> None:
    """By default prompts go out from nine to eight, by the local time of the person's number.

    Where the number has no time zone, the pool's counts. It is 8:11 in London now, and 21:11 in Auckland.
    """
    usual = Pool(id=MAIN, name="Acme")
    await migration.change_pool(
        prompts_from=usual.prompts_from, prompts_until=usual.prompts_until, time_zone="Asia/Tokyo"
    )
    numbers = {
        "paris": "+33142685300",
        "london": "+442079460000",
        "new york": "+12125550142",
        "auckland": "+6493071234",
    }
    codes = {
        name: await migration.add_person(name, slot=0, phone=phone, email=f"{name[:3]}@example.org")
        for name, phone in numbers.items()
    }
    codes["tokyo"] = await migration.add_person("tokyo", slot=0)
    await migration.begin(0)
    prompted: dict[str, int] = {}
    for _ in range(24 * 4):
        await migration.step()
        for name, code in codes.items():
            if code in migration.channels[EMAIL].codes:
                prompted.setdefault(name, (migration.pool.now_ms - START_MS + 8 * HOUR_MS) // HOUR_MS)
        await migration.advance(minutes=15)
    assert prompted == {"paris": 8, "tokyo": 8, "london": 9, "new york": 14, "auckland": 20}
    assert await migration.counts() == {"sent": 5}


async def test_two_workers_claim_no_person_twice(migration: Migration) -> None:
    """It does not matter what both read before either claimed."""
    people = await migration.add_people(30, slot=0)
    await migration.begin(0)
    workers = [migration.start_worker() for _ in range(4)]
    reports = await asyncio.gather(*(migration.claim_round(worker) for worker in workers for _ in range(2)))
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)
    assert sum(report.sent for report in reports) == 30
    assert await migration.counts() == {"sent": 30}


async def test_two_workers_handle_every_move(migration: Migration) -> None:
    """Each worker may read what the other reads at the same moment."""
    people = {f"person {number}": await migration.add_person(f"person {number}", slot=0) for number in range(40)}
    await migration.begin(0)
    workers = [migration.start_worker() for _ in range(3)]

    async def move_all() -> None:
        for name in people:
            await apply_event(migration.pool, text(name, 1, 700))

    await asyncio.gather(move_all(), *(migration.step(worker) for worker in workers * 3))
    await migration.step()
    assert await migration.counts() == {"moved": 40}
    assert await migration.queue.moves(migration.keys) == []
