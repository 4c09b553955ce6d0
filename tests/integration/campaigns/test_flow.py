"""Campaigns from a flag to their end: which people are asked to text which line, when, and with what result."""

from datetime import time

import pytest

from router.core.assignment import State
from router.core.campaigns.campaign import CampaignState, PersonState, Skip
from router.core.line import LineHealth, OperatorState, Status
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import APP, EMAIL, SMS
from tests.kit.campaigns import Migration, open_migration
from tests.kit.stores import FLAGGED, Store


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of three warm lines whose people are reached by e-mail."""
    return await open_migration(store)


async def test_people_of_a_flagged_line_are_asked_to_text_another(migration: Migration) -> None:
    """Ten minutes after the flag each person gets one prompt, with a number on their card.

    It then comes first on the card.
    """
    people = await migration.add_people(6, slot=0)
    others = await migration.add_people(2, slot=1)
    before = {code: await migration.assignment(code) for code in people}
    await migration.flag(0)
    await migration.step()
    assert (await migration.only()).state is CampaignState.HOLDING
    await migration.advance(minutes=9.9)
    assert (await migration.step()).sent == 0
    await migration.advance(minutes=0.2)
    report = await migration.step()
    assert (report.live, report.sent) == (1, 6)
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)
    assert not set(migration.channels[EMAIL].codes) & set(others)
    lines = await migration.pool.lines()
    for message in migration.channels[EMAIL].messages:
        after, standing = await migration.assignment(message.signup), await migration.standing(message.signup)
        assert standing.state is PersonState.SENT
        assert standing.target == before[message.signup].backups[0] == after.backups[0] == after.slot
        assert after.state is State.MOVING
        assert (message.old_number, message.new_number) == (lines[0].line.number, lines[after.backups[0]].line.number)
    assert (await migration.only()).state is CampaignState.DONE
    assert await migration.counts() == {"sent": 6}


@pytest.mark.parametrize("opens", [time(0), time(10)], ids=["at once", "after a night"])
async def test_the_most_recently_engaged_are_prompted_first(migration: Migration, opens: time) -> None:
    """The order holds even when all of them had to wait for the morning."""
    await migration.change_pool(prompts_from=opens, prompts_until=opens.replace(minute=59, hour=23))
    at = (5, 50, 20, 60, 1, 40)
    people = {moment: await migration.add_person(f"person {moment}", slot=0, at=moment) for moment in at}
    await apply_event(migration.pool, text("person 1", 0, 45))
    await migration.flag(0)
    await migration.advance(minutes=11)
    await migration.step()
    await migration.advance(minutes=120)
    await migration.step()
    assert migration.channels[EMAIL].codes == [people[moment] for moment in (60, 50, 1, 40, 20, 5)]


async def test_a_person_who_texts_a_working_line_has_moved(migration: Migration) -> None:
    """Any working line of the pool counts, not only the suggested one.

    People who move before their turn get no prompt.
    """
    ada, bob = [await migration.add_person(name, slot=0) for name in ("ada", "bob")]
    await migration.add_person("cyd", slot=0)
    await migration.flag(0)
    await migration.step()
    await apply_event(migration.pool, text("cyd", 2, 60))
    await migration.advance(minutes=11)
    assert (await migration.step()).moved == 1
    assert sorted(migration.channels[EMAIL].codes) == sorted([ada, bob])
    target = (await migration.standing(ada)).target
    assert target is not None
    await apply_event(migration.pool, text("ada", target, 700))
    await apply_event(migration.pool, text("bob", 3 - target, 700))
    await migration.step()
    assert await migration.counts() == {"moved": 3}
    assert (await migration.pool.loads())[0].confirmed == 0
    assert await migration.pool.loads() == await migration.pool.recount()


async def test_a_person_who_opened_their_page_needs_no_prompt(migration: Migration) -> None:
    """They saw the new number. An opening after the prompt is recorded too, and a move still counts."""
    ada, bob = await migration.add_person("ada", slot=0), await migration.add_person("bob", slot=0)
    await migration.flag(0)
    await migration.step()
    await migration.queue.record_openings(migration.keys, [ada])
    await migration.advance(minutes=11)
    await migration.step()
    assert migration.channels[EMAIL].codes == [bob]
    await migration.queue.record_openings(migration.keys, [bob, bob])
    await migration.step()
    assert await migration.counts() == {"opened": 2}
    await apply_event(migration.pool, text("ada", 1, 700))
    await migration.step()
    assert await migration.counts() == {"opened": 1, "moved": 1}


async def test_a_person_who_opened_but_has_not_texted_is_prompted_after_a_day(migration: Migration) -> None:
    """The campaign waits for them. Whoever was prompted before they opened is not prompted again."""
    ada, bob, eve = [await migration.add_person(name, slot=0) for name in ("ada", "bob", "eve")]
    await migration.flag(0)
    await migration.step()
    await migration.queue.record_openings(migration.keys, [ada, eve])
    await migration.advance(minutes=11)
    await migration.step()
    await migration.queue.record_openings(migration.keys, [bob, ada])
    await migration.step()
    assert await migration.counts() == {"opened": 3}
    await apply_event(migration.pool, text("eve", 1, 700))
    await migration.advance(minutes=24 * 60 - 15)
    await migration.step()
    assert migration.channels[EMAIL].codes == [bob]
    await migration.advance(minutes=20)
    for _ in range(2):
        await migration.step()
    assert migration.channels[EMAIL].codes == [bob, ada]
    assert await migration.counts() == {"sent": 1, "opened": 1, "moved": 1}
    await migration.queue.record_openings(migration.keys, [ada])
    await migration.advance(minutes=48 * 60)
    await migration.step()
    assert migration.channels[EMAIL].codes == [bob, ada]


async def test_a_person_who_never_texted_gets_the_new_line_only_on_their_page(migration: Migration) -> None:
    """Their reservation shows another line at once. No campaign ever lists them."""
    ada = await migration.add_person("ada", slot=0)
    bob = await migration.add_person("bob", slot=0, texts=False)
    await migration.flag(0)
    assert (await migration.assignment(bob)).slot in {1, 2}
    await migration.advance(minutes=11)
    await migration.step()
    assert migration.channels[EMAIL].codes == [ada]
    assert await migration.counts() == {"sent": 1}


async def test_each_is_reached_over_the_first_channel_that_can(store: Store) -> None:
    """The pool sets the order. A person without a channel is skipped, and still counts as moved if they move."""
    migration = await open_migration(store, channels=(APP, EMAIL, SMS))
    ada = await migration.add_person("ada", slot=0, user="ada", email="ada@example.org")
    bob = await migration.add_person("bob", slot=0, email="bob@example.org", phone="+12025550142")
    cyd = await migration.add_person("cyd", slot=0, phone="+12025550143")
    dot = await migration.add_person("dot", slot=0, phone="")
    await migration.flag(0)
    await migration.advance(minutes=11)
    await migration.step()
    assert {name: channel.codes for name, channel in migration.channels.items()} == {
        APP: [ada],
        EMAIL: [bob],
        SMS: [cyd],
    }
    skipped = await migration.standing(dot)
    assert (skipped.state, skipped.skip) == (PersonState.SKIPPED, Skip.NO_CHANNEL)
    await apply_event(migration.pool, text("dot", 1, 700))
    await migration.step()
    assert await migration.counts() == {"sent": 3, "moved": 1}


async def test_people_of_a_released_line_are_prompted_without_delay(migration: Migration) -> None:
    """There is nothing to wait for: a released line does not come back by itself."""
    await migration.add_people(2, slot=0)
    await migration.put_health(0, LineHealth(status=Status.RELEASED))
    await migration.step()
    await migration.step()
    assert await migration.counts() == {"sent": 2}


async def test_a_retired_line_gets_one_campaign(migration: Migration) -> None:
    """Later changes to the line open no second campaign."""
    await migration.add_people(2, slot=0)
    for _ in range(3):
        await migration.put_health(0, LineHealth(operator_state=OperatorState.RETIRED))
        await migration.run(2)
    assert await migration.counts() == {"sent": 2}


async def test_people_who_join_the_line_during_a_campaign_are_prompted_too(migration: Migration) -> None:
    """Texts trickle in on a flagged line. Before a campaign ends, it searches for people it does not know."""
    await migration.add_people(2, slot=0)
    await migration.flag(0)
    await migration.step()
    await apply_event(migration.pool, text("+12025550142", 0, 60))
    await migration.advance(minutes=11)
    await migration.run(2)
    assert await migration.counts() == {"sent": 2, "skipped": 1}
    assert (await migration.only()).state is CampaignState.DONE


async def test_a_line_without_people_opens_no_campaign(migration: Migration) -> None:
    """There are no people to move."""
    await migration.pool.change_line(0, health=FLAGGED)
    await migration.advance(minutes=11)
    await migration.step()
    assert await migration.campaigns.all(migration.keys) == []
