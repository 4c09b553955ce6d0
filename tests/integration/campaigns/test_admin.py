"""What operators do with campaigns: start, pause, resume and cancel them. Which campaigns stay stored."""

from dataclasses import replace

import pytest

from router.core.act import BY_SHELL
from router.core.campaigns.campaign import CampaignState, pool_of
from router.core.errors import InvalidField, NotFound, Refused
from router.core.line import LineHealth, OperatorState, Status
from tests.kit.campaign_workers import EMAIL
from tests.kit.campaigns import WARM, Migration, open_migration
from tests.kit.stores import HEALTHY, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DRAINED = LineHealth(operator_state=OperatorState.DRAIN)


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of ten warm lines, two people on each of the first two."""
    migration = await open_migration(store, lines=10)
    for slot in range(2):
        await migration.add_people(2, slot=slot)
    return migration


async def test_a_drain_that_the_other_lines_cannot_carry_is_refused(store: Store) -> None:
    """A drain is refused if the other lines cannot carry the people, unless it is forced.

    The line must be drained first.
    """
    migration = await open_migration(store, limits=replace(WARM, capacity=10, target=10))
    await migration.add_people(10, slot=0)
    await migration.add_people(8, slot=1)
    await migration.add_people(8, slot=2)
    number, admin = (await migration.pool.lines())[0].line.number, migration.worker.admin
    with pytest.raises(Refused, match="Drain it first"):
        await admin.start("main", number, by=BY_SHELL.because("too old"))
    await migration.put_health(0, DRAINED)
    with pytest.raises(Refused, match="1 more lines are needed"):
        await admin.start("main", number, by=BY_SHELL.because("too old"))
    with pytest.raises(InvalidField):
        await admin.start("main", number, by=BY_SHELL.because(""), force=True)
    started = await admin.start("main", number, by=BY_SHELL.because("too old"), force=True)
    with pytest.raises(Refused, match="started already"):
        await admin.start("main", number, by=BY_SHELL.because("too old"), force=True)
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
async def test_a_failed_line_gets_no_second_campaign(migration: Migration, health: LineHealth, word: str) -> None:
    """A second campaign for a failed line is refused: it would prompt every person twice."""
    await migration.put_health(0, health)
    number = (await migration.pool.lines())[0].line.number
    with pytest.raises(Refused, match=word):
        await migration.worker.admin.start("main", number, by=BY_SHELL.because("too old"), force=True)


async def test_an_unknown_campaign_is_not_found(migration: Migration) -> None:
    """An unknown campaign, or a campaign of an unknown pool, is not found. A malformed id is refused."""
    for campaign in ("main.0.flagged99", "nowhere.0.flagged1"):
        with pytest.raises(NotFound):
            await migration.worker.admin.get(campaign)
    for campaign in ("main", "main.0.mislaid1", "../config", "main.0.flagged1\n"):
        with pytest.raises(InvalidField):
            pool_of(campaign)


async def test_an_old_campaign_is_deleted(migration: Migration) -> None:
    """An old campaign is deleted and leaves no key. It stays while its cause lasts, or it would be opened again."""
    await migration.begin(0)
    await migration.run(2)
    await migration.begin(1)
    await migration.run(2)
    await migration.unflag(1)
    await migration.advance(minutes=91 * 24 * 60)
    await migration.step()
    (remaining,) = await migration.campaigns.all(migration.keys)
    assert (remaining.id, remaining.state) == ("main.0.flagged1", CampaignState.DONE)
    with migration.pool.store.raw_client() as client:
        left = [key for key in client.scan_iter("*campaign:main.1.*") if b":people:" not in key]
    assert left == []


async def test_a_paused_campaign_goes_on_where_it_was(store: Store) -> None:
    """A resumed campaign prompts each person once and forgets no one. A cancelled campaign prompts no more people."""
    migration = await open_migration(store, prompts_per_second=5.0, burst=5)
    people = await migration.add_people(60, slot=0)
    await migration.begin(0)
    admin, campaign = migration.worker.admin, (await migration.only()).id
    await migration.run(2)
    await admin.pause(campaign, by=BY_SHELL.because("wait"))
    before = len(migration.channels[EMAIL].codes)
    await migration.run(5)
    assert len(migration.channels[EMAIL].codes) == before
    await admin.resume(campaign, by=BY_SHELL.because("go on"))
    await migration.run(2)
    await admin.cancel(campaign, by=BY_SHELL.because("enough"))
    sent = migration.channels[EMAIL].codes
    assert before < len(sent) == len(set(sent)) < 60
    await migration.run(5)
    assert len(migration.channels[EMAIL].codes) == len(sent) < len(people)
    for act in (admin.pause, admin.resume, admin.cancel):
        with pytest.raises(Refused, match="cancelled already"):
            await act(campaign, by=BY_SHELL.because("once more"))


async def test_a_drained_line_is_left_when_asked(migration: Migration) -> None:
    """An operator can move people off a drained line. Claims stop when the line accepts people again."""
    await migration.add_people(3, slot=0)
    await migration.put_health(0, LineHealth(operator_state=OperatorState.DRAIN))
    await migration.step()
    assert await migration.campaigns.all(migration.keys) == []
    number = (await migration.pool.lines())[0].line.number
    await migration.worker.admin.start("main", number, by=BY_SHELL.because("it is too old"))
    await migration.put_health(0, HEALTHY)
    await migration.claim_round()
    assert migration.channels[EMAIL].codes == []
    await migration.step()
    assert (await migration.only()).state is CampaignState.CANCELLED
