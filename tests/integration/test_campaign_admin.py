"""What operators do with campaigns: begin, pause, resume, cancel; and which of them are kept."""

from dataclasses import replace

import pytest

from router.core.campaign import CampaignState, pool_of
from router.core.errors import InvalidField, NotFound, Refused
from router.core.line import LineHealth, OperatorState, Status
from tests.campaign_workers import EMAIL
from tests.campaigns import WARM, Migration, open_migration
from tests.stores import HEALTHY, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DRAINED = LineHealth(operator_state=OperatorState.DRAIN)


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of ten warm lines, two people on each of the first two."""
    migration = await open_migration(store, lines=10)
    for slot in range(2):
        await migration.add_people(2, slot=slot)
    return migration


async def test_a_drain_that_the_others_can_not_carry_is_refused(store: Store) -> None:
    """Unless it is forced; a line that takes people is drained first."""
    migration = await open_migration(store, limits=replace(WARM, capacity=10, target=10))
    await migration.add_people(10, slot=0)
    await migration.add_people(8, slot=1)
    await migration.add_people(8, slot=2)
    number, admin = (await migration.pool.lines())[0].line.number, migration.worker.admin
    with pytest.raises(Refused, match="Drain it first"):
        await admin.start("main", number, reason="too old")
    await migration.put_health(0, DRAINED)
    with pytest.raises(Refused, match="1 more lines are needed"):
        await admin.start("main", number, reason="too old")
    with pytest.raises(InvalidField):
        await admin.start("main", number, reason="", force=True)
    started = await admin.start("main", number, reason="too old", force=True)
    with pytest.raises(Refused, match="started already"):
        await admin.start("main", number, reason="too old", force=True)
    await migration.run(2)
    assert await migration.counts(started.campaign.id) == {"sent": 4, "waiting": 6}


@pytest.mark.parametrize(
    ("health", "word"),
    [
        (replace(DRAINED, status=Status.FLAGGED), "is flagged"),
        (replace(DRAINED, operator_state=OperatorState.RETIRED), "is released"),
    ],
    ids=["flagged", "retired"],
)
async def test_a_line_that_failed_is_left_without_being_asked(
    migration: Migration, health: LineHealth, word: str
) -> None:
    """A second campaign off it would prompt everybody twice."""
    await migration.put_health(0, health)
    number = (await migration.pool.lines())[0].line.number
    with pytest.raises(Refused, match=word):
        await migration.worker.admin.start("main", number, reason="too old", force=True)


async def test_a_campaign_that_is_not_there_is_not_found(migration: Migration) -> None:
    """Nor one whose id is none, nor one of a pool that is none."""
    for campaign in ("main.0.flagged99", "nowhere.0.flagged1"):
        with pytest.raises(NotFound):
            await migration.worker.admin.get(campaign)
    for campaign in ("main", "main.0.mislaid1", "../config", "main.0.flagged1\n"):
        with pytest.raises(InvalidField):
            pool_of(campaign)


async def test_a_campaign_of_long_ago_is_forgotten(migration: Migration) -> None:
    """But not while its cause lasts, or it would be opened again; it leaves no key."""
    await migration.begin(0)
    await migration.run(2)
    await migration.begin(1)
    await migration.run(2)
    await migration.unflag(1)
    await migration.let_pass(minutes=91 * 24 * 60)
    await migration.step()
    (kept,) = await migration.campaigns.all(migration.keys)
    assert (kept.id, kept.state) == ("main.0.flagged1", CampaignState.DONE)
    with migration.pool.store.behind() as client:
        left = [key for key in client.scan_iter("*campaign:main.1.*") if b":people:" not in key]
    assert left == []


async def test_a_paused_campaign_goes_on_where_it_was(store: Store) -> None:
    """Nobody twice, nobody forgotten; a cancelled one does not."""
    migration = await open_migration(store, prompts_per_second=5.0, burst=5)
    people = await migration.add_people(60, slot=0)
    await migration.begin(0)
    admin, campaign = migration.worker.admin, (await migration.only()).id
    await migration.run(2)
    await admin.pause(campaign, reason="wait")
    before = len(migration.channels[EMAIL].codes)
    await migration.run(5)
    assert len(migration.channels[EMAIL].codes) == before
    await admin.resume(campaign, reason="go on")
    await migration.run(2)
    await admin.cancel(campaign, reason="enough")
    sent = migration.channels[EMAIL].codes
    assert before < len(sent) == len(set(sent)) < 60
    await migration.run(5)
    assert len(migration.channels[EMAIL].codes) == len(sent) < len(people)
    for act in (admin.pause, admin.resume, admin.cancel):
        with pytest.raises(Refused, match="cancelled already"):
            await act(campaign, reason="once more")


async def test_a_drained_line_is_left_when_asked(migration: Migration) -> None:
    """Claims go on while it is drained, and stop when it takes people again."""
    await migration.add_people(3, slot=0)
    await migration.put_health(0, LineHealth(operator_state=OperatorState.DRAIN))
    await migration.step()
    assert await migration.campaigns.all(migration.keys) == []
    number = (await migration.pool.lines())[0].line.number
    await migration.worker.admin.start("main", number, reason="it is too old")
    await migration.put_health(0, HEALTHY)
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == []
    await migration.step()
    assert (await migration.only()).state is CampaignState.CANCELLED
