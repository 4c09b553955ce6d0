"""Prompts without a result: a worker that dies or stops, a channel that hangs, breaks or answers late."""

import asyncio

import pytest

from router.core.act import BY_SHELL
from router.core.campaigns.campaign import PersonState
from router.core.campaigns.prompt import Message, SendOutcome, SendResult
from router.core.channel import ChannelName
from tests.kit.campaign_workers import APP, EMAIL, SENT, SMS, accept
from tests.kit.campaigns import Migration, open_migration
from tests.kit.servers import eventually_async
from tests.kit.stores import HOUR_MS, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
LEASE_S = 121


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool whose people are reached by their app, by e-mail, then by SMS. The app drops repeated messages."""
    return await open_migration(store, channels=(APP, EMAIL, SMS), lease_s=120)


async def never(_: Message) -> SendResult:
    """Receive a message and never answer."""
    await asyncio.Event().wait()
    return SENT


async def is_given(migration: Migration, channel: ChannelName) -> bool:
    """Return whether a channel was given any message."""
    return bool(migration.channels[channel].messages)


@pytest.mark.parametrize(("channel", "state"), [(APP, "sent"), (SMS, "unknown")])
async def test_people_a_dead_worker_left_behind_are_found(
    migration: Migration, channel: ChannelName, state: str
) -> None:
    """After the lease their prompt is sent again where that is safe, and else shown as unknown."""
    ada = await migration.add_person("ada", slot=0, user="ada", phone="+12125550142")
    await migration.change_pool(prompt_channels=(channel,))
    await migration.begin(0)
    dead, alive = migration.start_worker(), migration.start_worker()
    migration.channels[channel].answer = never
    task = asyncio.ensure_future(migration.claim_round(dead))
    await eventually_async("a message under way", lambda: is_given(migration, channel))
    assert await migration.counts() == {"sending": 1}
    migration.channels[channel].answer = accept
    migration.pool.now_ms += (LEASE_S - 3) * 1000
    await migration.step(alive)
    assert await migration.counts() == {"sending": 1}
    migration.pool.now_ms += 4000
    await migration.step(alive)
    await migration.step(alive)
    assert await migration.counts() == {state: 1}
    assert migration.prompted[ada, channel] == (2 if channel is APP else 1)
    task.cancel()


async def test_a_late_answer_still_counts(migration: Migration) -> None:
    """A late "sent" counts for a prompt that we gave up on. A late refusal asks no other channel."""
    release, outcomes = asyncio.Event(), {"+12125550142": SendOutcome.SENT, "+12125550143": SendOutcome.FAILED}
    ada = await migration.add_person("ada", slot=0, phone="+12125550142")
    bob = await migration.add_person("bob", slot=0, phone="+12125550143")
    await migration.begin(0)

    async def late(message: Message) -> SendResult:
        await release.wait()
        assert message.recipient.phone is not None
        return SendResult(outcome=outcomes[message.recipient.phone])

    migration.channels[SMS].answer = late
    task = asyncio.ensure_future(migration.claim_round(migration.start_worker()))
    await eventually_async("a message under way", lambda: is_given(migration, SMS))
    migration.pool.now_ms += LEASE_S * 1000
    await migration.step()
    assert await migration.counts() == {"unknown": 2}
    release.set()
    await task
    assert (await migration.standing(ada)).state is PersonState.SENT
    assert (await migration.standing(bob)).state is PersonState.UNKNOWN


async def test_a_message_on_its_way_is_waited_for_when_the_worker_stops(migration: Migration) -> None:
    """A restart makes no prompt unknown."""
    await migration.add_person("ada", slot=0, phone="+12125550142")
    await migration.begin(0)
    release = asyncio.Event()

    async def slow(_: Message) -> SendResult:
        await release.wait()
        return SENT

    migration.channels[SMS].answer = slow
    task = asyncio.ensure_future(migration.claim_round())
    await eventually_async("a message under way", lambda: is_given(migration, SMS))
    task.cancel()
    asyncio.get_running_loop().call_later(0.05, release.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await migration.counts() == {"sent": 1}


async def test_a_channel_that_hangs_is_given_up(store: Store) -> None:
    """Its person is unknown. The others of the same claim are settled long before."""
    migration = await open_migration(store, lease_s=2)
    people = await migration.add_people(3, slot=0)

    async def hang_for_one(message: Message) -> SendResult:
        return await never(message) if message.signup == people[0] else SENT

    migration.channels[EMAIL].answer = hang_for_one
    await migration.begin(0)
    task = asyncio.ensure_future(migration.claim_round())

    async def are_settled() -> bool:
        return await migration.counts() == {"sent": 2, "sending": 1}

    await eventually_async("the two others settled", are_settled)
    assert (await task).unknown == 1
    assert (await migration.standing(people[0])).state is PersonState.UNKNOWN


async def test_a_broken_channel_stops_no_other(migration: Migration) -> None:
    """A fault of ours loses no person. A person who causes it every time is given up."""
    await migration.add_person("ada", slot=0, user="ada")
    await migration.add_person("bob", slot=0, user="bob")

    async def break_for_ada(message: Message) -> SendResult:
        if message.recipient.user == "ada":
            raise RuntimeError("a fault")
        return SENT

    migration.channels[APP].answer = break_for_ada
    await migration.begin(0)
    for _ in range(5):
        with pytest.raises(RuntimeError, match="a fault"):
            await migration.step()
        assert await migration.counts() == {"sent": 1, "sending": 1}
        migration.pool.now_ms += LEASE_S * 1000
    await migration.step()
    assert await migration.counts() == {"sent": 1, "unknown": 1}


async def test_a_campaign_that_is_over_repeats_nothing(migration: Migration) -> None:
    """Cancelled midway, it claims no more. Prompts lost on the way are unknown, and are never sent again."""
    await migration.add_person("ada", slot=0, user="ada")
    await migration.begin(0)
    migration.channels[APP].answer = never
    task = asyncio.ensure_future(migration.claim_round(migration.start_worker()))
    await eventually_async("a message under way", lambda: is_given(migration, APP))
    campaign = await migration.only()
    await migration.worker.admin.cancel(campaign.id, by=BY_SHELL.because("enough"))
    migration.pool.now_ms += HOUR_MS
    await migration.step()
    await migration.step()
    assert await migration.counts() == {"unknown": 1}
    assert len(migration.channels[APP].codes) == 1
    task.cancel()
