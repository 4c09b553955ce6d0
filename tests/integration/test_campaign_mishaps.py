"""Campaigns that meet what they can not mend: words, channels and people that fail them; each has a stated end."""

import pytest

from router.core.campaign import CampaignState, PersonState, Skip
from router.core.prompt import Outcome
from tests.campaign_workers import APP, EMAIL, SMS, answer
from tests.campaigns import Migration, open_migration
from tests.stores import Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool whose people are reached by e-mail, then by SMS."""
    return await open_migration(store, channels=(EMAIL, SMS))


async def told(migration: Migration) -> list[str]:
    """What operators were told at the end."""
    return [alert.message for alert in await migration.alerts() if alert.kind == "campaign_left_behind"]


async def test_a_kept_text_with_an_unknown_field_is_shown_to_nobody(migration: Migration) -> None:
    """Such a text is refused when it is given; one that was kept all the same is a refusal of its channel."""
    ada = await migration.add_person("ada", slot=0, email="ada@example.org", phone="+12125550142")
    await migration.change_pool(prompt_texts={"email": "Hi {nickname}, text {number}: {link}"})
    await migration.begin(0)
    await migration.run(2)
    assert migration.prompted == {(ada, SMS): 1}


async def test_with_no_channel_set_up_nobody_is_prompted_and_that_is_told(migration: Migration) -> None:
    """The pool names one without credentials: everybody is listed, and their pages show the right number."""
    people = await migration.add_people(3, slot=0)
    await migration.change_pool(prompt_channels=(APP,))
    await migration.begin(0)
    await migration.run(2)
    assert (await migration.only()).state is CampaignState.DONE
    assert {(await migration.standing(code)).skip for code in people} == {Skip.NO_CHANNEL}
    assert all([(await migration.assignment(code)).slot in {1, 2} for code in people])
    (message,) = await told(migration)
    assert "may not have reached 3 skipped." in message
    assert f"switchyard campaigns export {(await migration.only()).id}" in message


async def test_a_channel_without_credentials_is_passed_over(migration: Migration) -> None:
    """The next one of the pool carries the prompt."""
    ada = await migration.add_person("ada", slot=0, user="ada", phone="+12125550142")
    await migration.change_pool(prompt_channels=(APP, SMS))
    await migration.begin(0)
    await migration.run(2)
    assert migration.prompted == {(ada, SMS): 1}
    assert await told(migration) == []


async def test_a_mail_server_that_refuses_all_night_loses_who_has_nothing_else(migration: Migration) -> None:
    """After five tries in 7 to 15 minutes they are failed, and operators are told; who has a phone gets an SMS."""
    ada = await migration.add_person("ada", slot=0, email="ada@example.org", phone="+12125550142")
    bob = await migration.add_person("bob", slot=0, email="bob@example.org")
    migration.channels[EMAIL].answer = answer(Outcome.RETRY)
    await migration.begin(0)
    for _ in range(16):
        await migration.step()
        await migration.let_pass(minutes=1)
    assert migration.prompted == {(ada, EMAIL): 5, (bob, EMAIL): 5, (ada, SMS): 1}
    assert (await migration.standing(bob)).state is PersonState.FAILED
    (message,) = await told(migration)
    assert "may not have reached 1 failed." in message


async def test_whom_nobody_knows_the_end_of_is_told_at_the_end(migration: Migration) -> None:
    """A human decides about them, and hears where they are listed."""
    await migration.add_people(2, slot=0)
    migration.channels[EMAIL].answer = answer(Outcome.UNKNOWN)
    await migration.begin(0)
    await migration.run(2)
    (message,) = await told(migration)
    assert "may not have reached 2 unknown." in message


async def test_whoever_is_erased_while_put_off_is_not_tried_again(migration: Migration) -> None:
    """Nor after a claim that went out already: nothing of them is left to send to."""
    ada = await migration.add_person("ada", slot=0)
    migration.channels[EMAIL].answer = answer(Outcome.RETRY)
    await migration.begin(0)
    await migration.step()
    await migration.pool.store.assignments.forget(migration.keys, ada, [])
    await migration.let_pass(minutes=2)
    await migration.run(2)
    assert migration.prompted == {(ada, EMAIL): 1}
    assert (await migration.standing(ada)).skip is Skip.ERASED
