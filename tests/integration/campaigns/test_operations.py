"""put_campaign, enqueue, claim, settle, wake: each alone, against every kind of server."""

import asyncio
from dataclasses import replace
from typing import cast

import msgspec
import pytest
from redis.exceptions import ResponseError

from router.core.campaigns.campaign import Campaign, CampaignState, PersonState
from router.core.campaigns.campaign_rules import CampaignRules
from router.core.campaigns.cause import Cause
from router.core.channel import ChannelName
from router.core.code import Code, prefix_of
from router.core.errors import Conflict, NotFound
from router.store.campaign_people import ClaimReply, Offer, Settlement, pack_rules
from router.store.campaign_queue import CampaignQueue
from router.store.campaigns import Campaigns
from router.store.server.operation import Items
from router.store.server.operations import CLAIM
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import EMAIL, SMS
from tests.kit.campaigns import WARM
from tests.kit.operation_calls import as_sent, send
from tests.kit.stores import FLAGGED, MAIN, START_MS, LivePool, assigned, person

ID = "main.0.flagged1"
RUNNING = Campaign(
    id=ID,
    pool=MAIN,
    slot=0,
    epoch=1,
    cause=Cause.FLAGGED,
    state=CampaignState.RUNNING,
    created_at_ms=START_MS,
    hold_until_ms=START_MS,
)
RULES = CampaignRules(prompts_per_second=10, burst=10)
ALLOWANCES = {1: 100, 2: 100}
_encode = msgspec.msgpack.encode


@pytest.fixture
def campaigns(pool: LivePool) -> Campaigns:
    """The store's operations on campaigns."""
    return Campaigns(pool.store.client, pool.store.scripts)


@pytest.fixture
def queue(pool: LivePool) -> CampaignQueue:
    """The store's operations on the people to prompt."""
    return CampaignQueue(pool.store.client, pool.store.scripts)


@pytest.fixture
async def codes(pool: LivePool, campaigns: Campaigns, queue: CampaignQueue) -> list[Code]:
    """Three lines, the first flagged with twelve people, the most recent one last. All are queued."""
    for _ in range(3):
        await pool.add_line(WARM)
    people = [assigned(await pool.sign_up(person(f"person {number}", wished=0))) for number in range(12)]
    for number, someone in enumerate(people):
        await apply_event(pool, text(f"person {number}", 0, number + 1, codes=[someone.code]))
    await pool.change_line(0, health=FLAGGED)
    await campaigns.put(pool.keys, RUNNING, is_new=True)
    found = [one async for page in campaigns.people_of_line(pool.keys, 0) for one in page]
    assert await queue.enqueue(pool.keys, ID, found, now_ms=pool.now_ms) == 12
    return [someone.code for someone in people]


async def claim(
    pool: LivePool, queue: CampaignQueue, *codes: Code, channel: ChannelName | None = EMAIL, may_at_ms: int = 0
) -> ClaimReply:
    """Claim people over one channel."""
    offers = [Offer(code=code, channel=channel, may_at_ms=may_at_ms) for code in codes]
    return await queue.claim(pool.keys, ID, offers, backups=2, rules=RULES, allowances=ALLOWANCES, now_ms=pool.now_ms)


async def state_of(pool: LivePool, campaigns: Campaigns, code: Code) -> PersonState:
    """Return the state of a person."""
    found = await campaigns.person(pool.keys, ID, code)
    assert found is not None
    return found.state


async def heads(pool: LivePool, queue: CampaignQueue, *channels: ChannelName) -> list[Code]:
    """Return the first person of each queue."""
    return [one.person.code for one in await queue.candidates(pool.keys, ID, channels)]


async def test_a_campaign_is_opened_once(pool: LivePool, campaigns: Campaigns) -> None:
    """Of five workers that open it, one succeeds. A change counts only if it was decided on the latest revision."""
    opened = await asyncio.gather(*(campaigns.put(pool.keys, RUNNING, is_new=True) for _ in range(5)))
    assert sorted(opened) == [False] * 4 + [True]
    changed = replace(RUNNING, state=CampaignState.PAUSED, why="wait", revision=2)
    assert await campaigns.put(pool.keys, changed)
    with pytest.raises(Conflict):
        await campaigns.put(pool.keys, changed)
    with pytest.raises(NotFound):
        await campaigns.put(pool.keys, replace(changed, id="main.0.flagged2"))
    assert await campaigns.all(pool.keys) == [changed]


async def test_people_are_enqueued_once(pool: LivePool, queue: CampaignQueue, codes: list[Code]) -> None:
    """They are queued once, however often they are found. The most recently engaged comes first."""
    again = [(code, number) for number, code in enumerate(codes)]
    assert await queue.enqueue(pool.keys, ID, again, now_ms=pool.now_ms) == 0
    assert await heads(pool, queue) == codes[::-1]


async def test_a_claim_names_the_line_the_channel_and_the_try(
    pool: LivePool, queue: CampaignQueue, codes: list[Code]
) -> None:
    """A claimed person is only in the queue of current sends, and no other worker gets them."""
    reply = await claim(pool, queue, codes[0])
    (claimed,) = reply.people
    assert (reply.word, claimed.word, claimed.channel, claimed.tries) == ("running", "claimed", EMAIL, 1)
    found = await pool.read(codes[0])
    assert found is not None
    assert claimed.target == found.backups[0] == found.slot
    assert [one.word for one in (await claim(pool, queue, codes[0])).people] == ["gone"]
    assert codes[0] not in await heads(pool, queue, EMAIL)
    abandoned = await queue.abandoned_sends(pool.keys, [ID], before_ms=pool.now_ms)
    assert [one.code for one in abandoned[ID]] == [codes[0]]


async def test_of_many_who_claim_the_same_people_each_gets_some(
    pool: LivePool, queue: CampaignQueue, codes: list[Code]
) -> None:
    """Ten tokens are ten people. The other two wait in the queue of their channel."""
    replies = await asyncio.gather(*(claim(pool, queue, *codes) for _ in range(4)))
    claimed = [one.code for reply in replies for one in reply.people if one.word == "claimed"]
    assert len(claimed) == len(set(claimed)) == 10
    assert {reply.waits_ms[1] for reply in replies} == {100}
    assert await heads(pool, queue) == []
    assert sorted(await heads(pool, queue, EMAIL)) == sorted(set(codes) - set(claimed))
    assert await heads(pool, queue, SMS) == []


async def test_people_who_had_to_wait_return_to_their_old_place(
    pool: LivePool, queue: CampaignQueue, codes: list[Code]
) -> None:
    """Their place is set by when they texted, not by when they woke up."""
    reply = await claim(pool, queue, *codes[4:8], may_at_ms=pool.now_ms + 5000)
    assert {one.word for one in reply.people} == {"later"}
    assert await heads(pool, queue) == codes[:7:-1] + codes[3::-1]
    assert {one.word for one in (await claim(pool, queue, *codes[4:8])).people} == {"gone"}
    assert await queue.wake(pool.keys, ID, now_ms=pool.now_ms + 4999) == 0
    assert await queue.wake(pool.keys, ID, now_ms=pool.now_ms + 5000) == 4
    assert await heads(pool, queue) == codes[::-1]


async def test_only_the_try_under_way_is_settled(
    pool: LivePool, campaigns: Campaigns, queue: CampaignQueue, codes: list[Code]
) -> None:
    """An answer to another try or from another channel changes nothing. Nor does a second answer."""
    (claimed,) = (await claim(pool, queue, codes[0])).people

    async def settle(word: str, channel: ChannelName = EMAIL, tries: int = 1) -> int:
        one = Settlement(code=claimed.code, word=word, channel=channel, tries=tries, again_ms=pool.now_ms)
        return await queue.settle(pool.keys, ID, [one], now_ms=pool.now_ms)

    assert [await settle("sent", tries=2), await settle("sent", SMS), await settle("next", SMS)] == [0, 0, 0]
    assert [await settle("again"), await settle("sent"), await settle("unknown")] == [1, 0, 0]
    await queue.wake(pool.keys, ID, now_ms=pool.now_ms)
    (again,) = (await claim(pool, queue, codes[0])).people
    assert (again.word, again.tries, again.target) == ("claimed", 2, claimed.target)
    assert [await settle("next"), await settle("sent", tries=2), await settle("sent", tries=2)] == [0, 1, 0]
    assert await state_of(pool, campaigns, codes[0]) is PersonState.SENT


async def test_the_end_of_a_person_is_the_end(pool: LivePool, queue: CampaignQueue, codes: list[Code]) -> None:
    """A person who opened their page may still move. A moved person stays moved. No other person is touched."""
    words = ["opened", "opened", "moved", "opened", "moved"]
    changed = [
        await queue.settle(pool.keys, ID, [Settlement(code=codes[0], word=word)], now_ms=pool.now_ms) for word in words
    ]
    assert changed == [1, 0, 1, 0, 0]
    stranger = Settlement(code=Code("ZZZZZZ"), word="moved")
    assert await queue.settle(pool.keys, ID, [stranger], now_ms=pool.now_ms) == 0
    assert sorted(await heads(pool, queue)) == sorted(codes[1:])


@pytest.mark.parametrize(
    "broken",
    [{"code": "ABC"}, {"code": None}, {"channel": 4}, {"channel": None}, {"may_at_ms": "soon"}],
    ids=str,
)
async def test_an_incomplete_offer_is_refused(
    pool: LivePool, codes: list[Code], broken: dict[str, str | int | None]
) -> None:
    """The reply is BAD_ARG, and nothing is written, not even for the offer before it."""
    of, keys = pool.keys.campaign(ID), pool.keys
    fixed = {**keys.picking, "health": keys.health, "campaigns": keys.campaigns, "pace": keys.pace, **of.all}
    prefixes = [prefix_of(code) for code in codes[:2]]
    people = {
        "records": [keys.records(prefix) for prefix in prefixes],
        "people": [of.people(prefix) for prefix in prefixes],
        "prompts": [keys.prompts(prefix) for prefix in prefixes],
    }
    whole: list[dict[str, str | int | None]] = [{"code": code, "channel": 1, "may_at_ms": 0} for code in codes[:2]]

    async def claim_both(second: dict[str, str | int | None]) -> object:
        offers = {"offer": [_encode(whole[0]), _encode(second)]}
        rules = pack_rules(RULES, ALLOWANCES)
        call = CLAIM.call(fixed, Items(people, offers), now_ms=START_MS, campaign=ID, backups=2, rules=rules)
        return await send(pool.store, as_sent(call))

    assert b"claimed" in cast(bytes, await claim_both({**whole[1]}))
    before = pool.store.keyspace()
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await claim_both({**whole[1], **broken})
    assert pool.store.keyspace() == before
