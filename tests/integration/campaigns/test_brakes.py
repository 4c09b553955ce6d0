"""What holds a campaign back, stops it or ends it: hold-down, brakes, operators, and a line that works again."""

from datetime import timedelta

import pytest

from router.core.act import BY_SHELL
from router.core.campaigns.campaign import Campaign, CampaignState
from router.core.campaigns.cause import Cause
from router.core.line import LineHealth, OperatorState, Status
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import EMAIL
from tests.kit.campaigns import Migration, open_migration
from tests.kit.stores import MINUTE_MS, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DRAINED = LineHealth(operator_state=OperatorState.DRAIN)


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of ten warm lines, two people on each of the first four."""
    migration = await open_migration(store, lines=10)
    for slot in range(4):
        await migration.add_people(2, slot=slot)
    return migration


async def states(migration: Migration) -> list[str]:
    """The states of all campaigns, oldest first."""
    return [campaign.state.value for campaign in await migration.campaigns.all(migration.keys)]


async def latest(migration: Migration) -> Campaign:
    """The campaign that was opened last."""
    return (await migration.campaigns.all(migration.keys))[-1]


async def test_each_flap_doubles_the_hold_down(migration: Migration) -> None:
    """It counts from the flag, for a day, up to four hours. A worker that was away does not restart it."""
    held = []
    for _ in range(7):
        await migration.flag(0)
        flagged_ms = migration.pool.now_ms
        await migration.advance(minutes=3)
        await migration.step()
        held.append(((await latest(migration)).hold_until_ms - flagged_ms) // MINUTE_MS)
        await migration.unflag(0)
        await migration.step()
    assert held == [10, 20, 40, 80, 160, 240, 240]
    assert set(await states(migration)) == {"cancelled"}
    await migration.advance(minutes=25 * 60)
    await migration.flag(0)
    await migration.step()
    campaign = await latest(migration)
    assert campaign.hold_until_ms - campaign.created_at_ms == 10 * MINUTE_MS


async def test_a_recovery_ends_the_campaign(migration: Migration) -> None:
    """No other person is prompted. People who moved stay there, and the others have their old line as before."""
    ada, bob = await migration.add_person("ada", slot=0), await migration.add_person("bob", slot=0)
    await migration.flag(0)
    await migration.step()
    await apply_event(migration.pool, text("ada", 1, 5))
    await migration.unflag(0)
    await migration.advance(minutes=30)
    await migration.run(3)
    campaign = await migration.only()
    assert (campaign.state, campaign.why) == (CampaignState.CANCELLED, "the line works again")
    assert migration.channels[EMAIL].codes == []
    assert [(await migration.assignment(code)).slot for code in (ada, bob)] == [1, 0]
    assert migration.queues(campaign.id) == {name: [] for name in migration.queues(campaign.id)}


async def test_a_recovery_in_the_middle_leaves_the_rest_alone(store: Store) -> None:
    """No prompt follows a recovery."""
    migration = await open_migration(store, prompts_per_second=5.0, burst=5)
    await migration.add_people(40, slot=0)
    await migration.begin(0)
    await migration.run(2)
    before = len(migration.channels[EMAIL].codes)
    assert 10 <= before < 40
    await migration.unflag(0)
    await migration.run(5)
    assert len(migration.channels[EMAIL].codes) == before
    assert await migration.counts() == {"sent": before, "waiting": 40 - before}


async def test_three_lines_within_ten_minutes_wait_for_a_human(migration: Migration) -> None:
    """They wait even after the first hold-down ends with the ten minutes. A campaign that a human resumes goes on."""
    for slot in range(3):
        await migration.flag(slot)
        await migration.advance(minutes=4)
    await migration.run(2)
    assert await states(migration) == ["paused"] * 3
    await migration.advance(minutes=60)
    await migration.step()
    assert migration.channels[EMAIL].codes == []
    campaigns = await migration.campaigns.all(migration.keys)
    assert {campaign.why for campaign in campaigns} == {"3 lines were flagged within 10 minutes"}
    messages = {alert.subject: alert.message for alert in await migration.alerts() if alert.kind == "campaign_waits"}
    assert all(f"switchyard campaigns resume {campaign.id}" in messages[campaign.id] for campaign in campaigns)
    await migration.worker.admin.resume(campaigns[1].id, by=BY_SHELL.because("we know why"))
    await migration.run(2)
    assert await states(migration) == ["paused", "done", "paused"]
    assert len(migration.channels[EMAIL].codes) == 2


async def test_two_lines_within_ten_minutes_do_not(migration: Migration) -> None:
    """A third line that fails later does not pause them either."""
    await migration.flag(0, 1)
    await migration.advance(minutes=11)
    await migration.flag(2)
    await migration.run(2)
    assert await states(migration) == ["done", "done", "holding"]


async def test_a_third_of_the_pool_waits_for_a_human(migration: Migration) -> None:
    """The time of each failure does not matter. Campaigns that already run are paused too."""
    await migration.flag(0)
    for slot in range(1, 4):
        await migration.advance(minutes=15)
        await migration.run(2)
        await migration.flag(slot)
    await migration.advance(minutes=15)
    await migration.run(2)
    assert await states(migration) == ["done", "done", "done", "paused"]
    assert (await latest(migration)).why == "4 of 10 lines are closed by the provider"


async def test_all_lines_flagged_prompts_nobody(store: Store) -> None:
    """There is no line to move people to. When a line works again, they are asked to text it."""
    migration = await open_migration(store)
    await migration.add_people(4, slot=0)
    await migration.begin(0, 1, 2)
    await migration.step()
    (campaign,) = await migration.campaigns.all(migration.keys)
    assert campaign.state is CampaignState.PAUSED
    await migration.worker.admin.resume(campaign.id, by=BY_SHELL.because("what else"))
    await migration.run(3)
    assert migration.channels[EMAIL].codes == []
    assert [alert.kind for alert in await migration.alerts()].count("campaign_without_room") == 1
    await migration.unflag(2)
    await migration.run(2)
    assert {message.new_number for message in migration.channels[EMAIL].messages} == {"+12025550002"}
    assert await migration.counts() == {"sent": 4}


async def test_twenty_flips_in_an_hour_prompt_nobody_twice(store: Store) -> None:
    """No person is prompted while the line works either."""
    migration = await open_migration(store)
    people = await migration.add_people(10, slot=0)
    for flip in range(20):
        is_flagged = flip % 2 == 0
        await (migration.flag(0) if is_flagged else migration.unflag(0))
        before = len(migration.channels[EMAIL].codes)
        for _ in range(6):
            await migration.advance(seconds=30)
            await migration.step()
        assert is_flagged or len(migration.channels[EMAIL].codes) == before
    await migration.flag(0)
    for _ in range(12):
        await migration.advance(minutes=60)
        await migration.step()
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)
    assert len(await migration.campaigns.all(migration.keys)) == 11


async def test_flips_after_the_prompts_prompt_nobody_again(store: Store) -> None:
    """A day must pass between two prompts, whatever the line does."""
    migration = await open_migration(store, hold_down=timedelta(0))
    people = await migration.add_people(10, slot=0)
    for flip in range(20):
        await (migration.flag(0) if flip % 2 == 0 else migration.unflag(0))
        for _ in range(3):
            await migration.advance(minutes=1)
            await migration.step()
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)


async def test_a_line_goes_from_flagged_to_released(store: Store) -> None:
    """The flag's campaign ends, and another takes its place at once. People already prompted wait for a day."""
    migration = await open_migration(store, prompts_per_second=2.0, burst=2)
    await migration.add_people(12, slot=0)
    await migration.begin(0)
    await migration.run(1)
    prompted = len(migration.channels[EMAIL].codes)
    await migration.put_health(0, LineHealth(status=Status.RELEASED))
    await migration.run(10)
    first, second = await migration.campaigns.all(migration.keys)
    assert (first.state, first.why) == (CampaignState.CANCELLED, "the line is in another state now")
    assert second.state is CampaignState.RUNNING
    codes = migration.channels[EMAIL].codes
    assert len(codes) == len(set(codes)) == 12
    assert len(migration.queues(second.id)["later"]) == prompted


@pytest.mark.parametrize(
    ("health", "cause"),
    [
        (LineHealth(operator_state=OperatorState.DRAIN, status=Status.FLAGGED), Cause.FLAGGED),
        (LineHealth(operator_state=OperatorState.RETIRED), Cause.RELEASED),
    ],
    ids=["flagged", "retired"],
)
async def test_a_line_has_one_live_campaign(store: Store, health: LineHealth, cause: Cause) -> None:
    """When a drained line fails, the drain's campaign ends in the same claim.

    Neither campaign prompts a person twice a day.
    """
    migration = await open_migration(store, prompts_per_second=2.0, burst=2)
    people = await migration.add_people(12, slot=0)
    await migration.put_health(0, DRAINED)
    await migration.worker.admin.start(
        "main", (await migration.pool.lines())[0].line.number, by=BY_SHELL.because("too old")
    )
    await migration.run(1)
    before = len(migration.channels[EMAIL].codes)
    await migration.put_health(0, health)
    await migration.claim_round()
    assert len(migration.channels[EMAIL].codes) == before
    await migration.step()
    await migration.advance(minutes=11)
    await migration.run(10)
    drain, other = await migration.campaigns.all(migration.keys)
    assert (drain.state, drain.why) == (CampaignState.CANCELLED, "the line is in another state now")
    assert (other.state, other.cause) == (CampaignState.RUNNING, cause)
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)
