"""The results of a prompt: sent, refused, not accepted yet, or unknown, and a prompt whose sender is gone."""

from itertools import pairwise

import pytest

from router.core.campaigns.campaign import PersonState
from router.core.campaigns.prompt import Message, SendOutcome, SendResult
from router.core.campaigns.retries import MAX_TRIES
from router.core.code import Code
from router.services.campaigns.messages import attempt_of
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import APP, EMAIL, SMS, accept, answer
from tests.kit.campaigns import Migration, open_migration
from tests.kit.stores import Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool whose people are reached by their app, by e-mail, then by SMS. The app drops repeated messages."""
    return await open_migration(store, channels=(APP, EMAIL, SMS), lease_s=120)


async def add_ada(migration: Migration) -> Code:
    """Add a person that every channel reaches."""
    return await migration.add_person("ada", slot=0, user="ada", email="ada@example.org", phone="+12125550142")


async def test_after_a_refusal_the_next_channel_is_asked(migration: Migration) -> None:
    """Each channel is asked once. If all channels refuse, the person is shown as failed."""
    ada = await add_ada(migration)
    for channel in migration.channels.values():
        channel.answer = answer(SendOutcome.FAILED)
    await migration.begin(0)
    await migration.run(3)
    assert migration.prompted == {(ada, APP): 1, (ada, EMAIL): 1, (ada, SMS): 1}
    standing = await migration.standing(ada)
    assert standing.state is PersonState.FAILED
    assert sorted(standing.failed) == sorted([APP, EMAIL, SMS])
    assert await migration.counts() == {"failed": 1}


async def test_a_prompt_over_the_next_channel_is_no_new_one(migration: Migration) -> None:
    """The cooldown does not hold it back, and it names the same line."""
    ada = await add_ada(migration)
    migration.channels[APP].answer = answer(SendOutcome.FAILED)
    await migration.begin(0)
    await migration.run(2)
    assert migration.prompted == {(ada, APP): 1, (ada, EMAIL): 1}
    (by_app,), (by_mail,) = migration.channels[APP].messages, migration.channels[EMAIL].messages
    assert by_app.new_number == by_mail.new_number
    assert by_app.attempt != by_mail.attempt
    assert await migration.counts() == {"sent": 1}


async def test_a_message_not_accepted_yet_is_tried_again_later(migration: Migration) -> None:
    """The pause doubles each time, under the same attempt. After five tries the next channel is asked."""
    ada = await add_ada(migration)
    times_ms: list[int] = []

    async def not_now(_: Message) -> SendResult:
        times_ms.append(migration.pool.now_ms)
        return SendResult(outcome=SendOutcome.RETRY, reason="as planned")

    migration.channels[APP].answer = not_now
    await migration.begin(0)
    while not migration.channels[EMAIL].codes:
        await migration.run(10)
    pauses_s = [(later - earlier) / 1000 for earlier, later in pairwise(times_ms)]
    assert len(pauses_s) == MAX_TRIES - 1
    assert all(least <= pause <= 2 * least + 1 for least, pause in zip((30, 60, 120, 240), pauses_s, strict=True))
    assert {message.attempt for message in migration.channels[APP].messages} == {
        attempt_of((await migration.only()).id, ada, APP)
    }
    assert (await migration.standing(ada)).state is PersonState.SENT


async def test_many_who_are_put_off_together_come_back_apart(migration: Migration) -> None:
    """They are spread over half a minute, so that a channel which was overrun once is not overrun again."""
    people = [await migration.add_person(f"person {number}", slot=0, user=f"u-{number}") for number in range(60)]
    migration.channels[APP].answer = answer(SendOutcome.RETRY)
    await migration.begin(0)
    await migration.step()
    migration.channels[APP].answer = accept
    by_second: list[int] = []
    for _ in range(62):
        before = len(migration.channels[APP].codes)
        await migration.run(1)
        by_second.append(len(migration.channels[APP].codes) - before)
    assert sum(by_second[:29]) == 0
    assert sum(by_second) == len(people)
    assert max(by_second) <= 10
    assert sum(many > 0 for many in by_second) > 15


async def test_an_unknown_outcome_is_not_repeated(migration: Migration) -> None:
    """It is sent neither over the same channel nor over another. It is shown, and a human decides."""
    ada = await migration.add_person("ada", slot=0, email="ada@example.org", phone="+12125550142")
    migration.channels[EMAIL].answer = answer(SendOutcome.UNKNOWN)
    await migration.begin(0)
    await migration.run(5)
    assert migration.prompted == {(ada, EMAIL): 1}
    people = await migration.worker.admin.people((await migration.only()).id, state=PersonState.UNKNOWN)
    assert [row.person.code for row in people] == [ada]
    await apply_event(migration.pool, text("ada", 1, 700))
    await migration.step()
    assert await migration.counts() == {"moved": 1}


async def test_an_unknown_outcome_is_repeated_where_that_is_safe(migration: Migration) -> None:
    """It keeps the same attempt, so the app drops the second message. It is not repeated for ever."""
    ada = await add_ada(migration)
    migration.channels[APP].answer = answer(SendOutcome.UNKNOWN)
    await migration.begin(0)
    await migration.run(1000)
    assert migration.prompted == {(ada, APP): 5}
    assert len({message.attempt for message in migration.channels[APP].messages}) == 1
    assert (await migration.standing(ada)).state is PersonState.UNKNOWN


async def test_a_text_that_does_not_fit_is_a_refusal(migration: Migration) -> None:
    """The next channel may have room for it."""
    ada = await add_ada(migration)
    await migration.change_pool(
        prompt_channels=(SMS, EMAIL), prompt_texts={"sms": "Text {number}. {link} " + "x" * 200}
    )
    await migration.begin(0)
    await migration.run(2)
    assert migration.prompted == {(ada, EMAIL): 1}
