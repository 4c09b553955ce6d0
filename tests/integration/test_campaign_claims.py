"""claim: whom it takes and whom it leaves, by what holds in the very step that takes them."""

import asyncio
from itertools import pairwise

import pytest

from router.core.campaign import CampaignState, PersonState, Skip
from router.core.pool import Pool
from tests.campaign_workers import EMAIL
from tests.campaigns import Migration, open_migration
from tests.stores import HOUR_MS, MAIN, START_MS, Store
from tests.tellings import hear, text

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DAY_S = 86_400


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of three warm lines whose people are reached by e-mail."""
    return await open_migration(store)


@pytest.mark.parametrize("wish", ["opts_out", "wants_quiet"])
async def test_whoever_asked_to_be_left_alone_is_not_claimed(migration: Migration, wish: str) -> None:
    """Also if they asked a moment before: the claim reads their record in the step that would take them."""
    ada, bob = await migration.add_person("ada", slot=0), await migration.add_person("bob", slot=0)
    await migration.begin(0)
    await hear(migration.pool, text("ada", 0, 660, opts_out=wish == "opts_out", wants_quiet=wish == "wants_quiet"))
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == [bob]
    assert (await migration.standing(ada)).skip is Skip.OPTED_OUT


async def test_whoever_wants_no_prompts_is_not_claimed(migration: Migration) -> None:
    """They said so on their page, and may still text."""
    ada = await migration.add_person("ada", slot=0)
    await migration.begin(0)
    await migration.pool.store.assignments.set_quiet(migration.keys, ada, is_quiet=True)
    await migration.claim_round()
    assert await migration.counts() == {"skipped": 1}


async def test_whoever_moved_a_moment_ago_is_not_claimed(migration: Migration) -> None:
    """Nobody had taken the move in yet."""
    ada = await migration.add_person("ada", slot=0)
    await migration.begin(0)
    await hear(migration.pool, text("ada", 1, 660))
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == []
    assert (await migration.standing(ada)).state is PersonState.MOVED


async def test_whoever_was_erased_is_not_claimed(migration: Migration) -> None:
    """A campaign keeps nothing but a code of them, and nothing can be done with it."""
    ada, bob = await migration.add_person("ada", slot=0), await migration.add_person("bob", slot=0)
    await migration.begin(0)
    await migration.pool.store.assignments.forget(migration.keys, ada, [])
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == [bob]
    assert (await migration.standing(ada)).skip is Skip.ERASED
    await migration.campaigns.note_openings(migration.keys, [ada])
    await migration.step()
    assert (await migration.standing(ada)).state is PersonState.SKIPPED


async def test_no_claim_follows_a_recovery(migration: Migration) -> None:
    """The line works again, though nobody has cancelled the campaign yet."""
    await migration.add_people(3, slot=0)
    await migration.begin(0)
    await migration.unflag(0)
    assert (await migration.only()).state is CampaignState.RUNNING
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == []


async def test_no_claim_belongs_to_an_earlier_flag(migration: Migration) -> None:
    """Flagged once more, the line has another campaign, with a hold-down of its own."""
    await migration.add_people(3, slot=0)
    await migration.begin(0)
    await migration.unflag(0)
    await migration.flag(0)
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == []


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLED, CampaignState.HOLDING])
async def test_only_a_running_campaign_claims(migration: Migration, state: CampaignState) -> None:
    """Whatever a worker has at hand, the store decides."""
    await migration.add_people(3, slot=0)
    await migration.begin(0)
    running = await migration.only()
    await migration.worker.watch.change(migration.keys, running, state=state)
    overview = await migration.pool.store.lines.overview(migration.keys)
    await migration.worker.prompting.go_on(await migration.view(), overview, running)
    assert migration.channels[EMAIL].codes == []


async def test_two_prompts_to_a_person_are_a_day_apart(migration: Migration) -> None:
    """Whatever lines fail in between, whoever moved where; and there are three in thirty days at the most."""
    ada = await migration.add_person("ada", slot=0)
    sent_s: list[int] = []
    for _ in range(6):
        home = (await migration.assignment(ada)).home_slot
        await migration.flag(home)
        for _ in range(60):
            await migration.step()
            if len(migration.channels[EMAIL].codes) > len(sent_s):
                break
            await migration.let_pass(minutes=30)
        else:
            break
        sent_s.append(migration.pool.now_ms // 1000)
        target = (await migration.assignment(ada)).backups[0]
        await hear(migration.pool, text("ada", target, (migration.pool.now_ms - START_MS) / 1000 + 1))
        await migration.unflag(home)
        await migration.let_pass(minutes=1)
    assert len(sent_s) == 3
    assert all(DAY_S <= later - earlier < DAY_S + 3600 for earlier, later in pairwise(sent_s))
    last = [await migration.counts(campaign.id) for campaign in await migration.campaigns.all(migration.keys)][-1]
    assert last == {"skipped": 1}


async def test_a_fourth_prompt_comes_thirty_days_after_the_first(migration: Migration) -> None:
    """Not an hour earlier, whichever lines fail."""
    ada = await migration.add_person("ada", slot=0)
    begun_ms = migration.pool.now_ms
    prompted: list[int] = []
    for day in (0, 2, 4, 29, 29.9, 30.1):
        migration.pool.now_ms = begun_ms + round(day * DAY_S * 1000)
        home = (await migration.assignment(ada)).home_slot
        await migration.flag(home)
        await migration.step()
        await migration.let_pass(minutes=11)
        await migration.run(2)
        prompted.append(len(migration.channels[EMAIL].codes))
        target = (await migration.assignment(ada)).backups[0]
        await hear(migration.pool, text("ada", target, (migration.pool.now_ms - START_MS) / 1000))
        await migration.unflag(home)
        await migration.step()
    assert prompted == [1, 2, 3, 3, 3, 4]


async def test_nobody_is_prompted_at_night(migration: Migration) -> None:
    """From nine to eight if the pool says nothing else, by the clock where their number is from.

    By the pool's if that does not tell. It is 8:11 in London now, and 21:11 in Auckland.
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
        await migration.let_pass(minutes=15)
    assert prompted == {"paris": 8, "tokyo": 8, "london": 9, "new york": 14, "auckland": 20}
    assert await migration.counts() == {"sent": 5}


async def test_two_workers_take_nobody_twice(migration: Migration) -> None:
    """Whatever both read before either claimed."""
    people = await migration.add_people(30, slot=0)
    await migration.begin(0)
    workers = [migration.start_worker() for _ in range(4)]
    reports = await asyncio.gather(*(migration.claim_round(worker) for worker in workers for _ in range(2)))
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)
    assert sum(report.sent for report in reports) == 30
    assert await migration.counts() == {"sent": 30}


async def test_two_workers_take_in_every_move(migration: Migration) -> None:
    """Each may read what the other reads at the same moment."""
    people = {f"person {number}": await migration.add_person(f"person {number}", slot=0) for number in range(40)}
    await migration.begin(0)
    workers = [migration.start_worker() for _ in range(3)]

    async def move_all() -> None:
        for name in people:
            await hear(migration.pool, text(name, 1, 700))

    await asyncio.gather(move_all(), *(migration.step(worker) for worker in workers * 3))
    await migration.step()
    assert await migration.counts() == {"moved": 40}
    assert await migration.campaigns.moves(migration.keys) == []
