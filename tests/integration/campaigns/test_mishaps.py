"""Campaigns that meet faults they cannot fix, in texts, channels or people. Each has a stated end."""

import pytest

from router.core.campaigns.campaign import CampaignState, PersonState, Skip
from router.core.campaigns.prompt import SendOutcome
from tests.kit.campaign_workers import APP, EMAIL, SMS, answer
from tests.kit.campaigns import Migration, open_migration
from tests.kit.stores import Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool whose people are reached by e-mail, then by SMS."""
    return await open_migration(store, channels=(EMAIL, SMS))


async def final_alert(migration: Migration) -> list[str]:
    """Return the alert that operators got at the end."""
    return [alert.message for alert in await migration.alerts() if alert.kind == "campaign_left_behind"]


async def test_a_stored_text_with_an_unknown_field_is_never_sent(migration: Migration) -> None:
    """Such a text is refused when it is set. If one is stored all the same, its channel counts as refusing."""
    ada = await migration.add_person("ada", slot=0, email="ada@example.org", phone="+12125550142")
    await migration.change_pool(prompt_texts={"email": "Hi {nickname}, text {number}: {link}"})
    await migration.begin(0)
    await migration.run(2)
    assert migration.prompted == {(ada, SMS): 1}


async def test_without_a_channel_no_person_is_prompted_and_operators_are_alerted(migration: Migration) -> None:
    """The pool names a channel without credentials. Every person is listed, and their page shows the right number."""
    people = await migration.add_people(3, slot=0)
    await migration.change_pool(prompt_channels=(APP,))
    await migration.begin(0)
    await migration.run(2)
    assert (await migration.only()).state is CampaignState.DONE
    assert {(await migration.standing(code)).skip for code in people} == {Skip.NO_CHANNEL}
    assert all([(await migration.assignment(code)).slot in {1, 2} for code in people])
    (message,) = await final_alert(migration)
    assert "may not have reached 3 skipped." in message
    assert f"switchyard campaigns export {(await migration.only()).id}" in message


async def test_a_channel_without_credentials_is_passed_over(migration: Migration) -> None:
    """The next channel of the pool carries the prompt."""
    ada = await migration.add_person("ada", slot=0, user="ada", phone="+12125550142")
    await migration.change_pool(prompt_channels=(APP, SMS))
    await migration.begin(0)
    await migration.run(2)
    assert migration.prompted == {(ada, SMS): 1}
    assert await final_alert(migration) == []


async def test_a_mail_server_that_refuses_all_night_fails_people_without_another_channel(migration: Migration) -> None:
    """After five tries in 7 to 15 minutes they are failed, and operators are alerted.

    People with a phone get an SMS.
    """
    ada = await migration.add_person("ada", slot=0, email="ada@example.org", phone="+12125550142")
    bob = await migration.add_person("bob", slot=0, email="bob@example.org")
    migration.channels[EMAIL].answer = answer(SendOutcome.RETRY)
    await migration.begin(0)
    for _ in range(16):
        await migration.step()
        await migration.advance(minutes=1)
    assert migration.prompted == {(ada, EMAIL): 5, (bob, EMAIL): 5, (ada, SMS): 1}
    assert (await migration.standing(bob)).state is PersonState.FAILED
    (message,) = await final_alert(migration)
    assert "may not have reached 1 failed." in message


async def test_unknown_outcomes_are_reported_at_the_end(migration: Migration) -> None:
    """A human decides about them. The alert says where they are listed."""
    await migration.add_people(2, slot=0)
    migration.channels[EMAIL].answer = answer(SendOutcome.UNKNOWN)
    await migration.begin(0)
    await migration.run(2)
    (message,) = await final_alert(migration)
    assert "may not have reached 2 unknown." in message


async def test_a_person_erased_while_put_off_is_not_tried_again(migration: Migration) -> None:
    """No claim that went out already is settled either: there is no data left to send to."""
    ada = await migration.add_person("ada", slot=0)
    migration.channels[EMAIL].answer = answer(SendOutcome.RETRY)
    await migration.begin(0)
    await migration.step()
    await migration.pool.store.assignments.forget(migration.keys, ada, [])
    await migration.advance(minutes=2)
    await migration.run(2)
    assert migration.prompted == {(ada, EMAIL): 1}
    assert (await migration.standing(ada)).skip is Skip.ERASED
