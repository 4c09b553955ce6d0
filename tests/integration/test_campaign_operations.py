"""put_campaign, enqueue, claim, settle, wake: each alone, against every kind of server."""

import asyncio
from dataclasses import replace

import msgspec
import pytest
from redis.exceptions import ResponseError

from router.core.campaign import Campaign, CampaignState, Cause, PersonState
from router.core.campaign_rules import CampaignRules
from router.core.code import Code, prefix_of
from router.core.errors import Conflict, NotFound
from router.core.prompt import ChannelName
from router.store.campaign_people import Claim, Offer, Settlement, pack_rules
from router.store.campaigns import Campaigns
from router.store.scripts import Argument
from tests.campaign_workers import EMAIL, SMS
from tests.campaigns import WARM
from tests.stores import FLAGGED, MAIN, START_MS, LivePool, given, person
from tests.tellings import hear, text

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
    """The operations."""
    return Campaigns(pool.store.client, pool.store.scripts)


@pytest.fixture
async def codes(pool: LivePool, campaigns: Campaigns) -> list[Code]:
    """Three lines, the first flagged, and twelve people on it, the last one heard of last; all in the queue."""
    for _ in range(3):
        await pool.add_line(WARM)
    people = [given(await pool.sign_up(person(f"person {number}", wished=0))) for number in range(12)]
    for number, someone in enumerate(people):
        await hear(pool, text(f"person {number}", 0, number + 1, codes=[someone.code]))
    await pool.change_line(0, health=FLAGGED)
    await campaigns.put(pool.keys, RUNNING, is_new=True)
    found = [one async for page in campaigns.people_of_line(pool.keys, 0) for one in page]
    assert await campaigns.enqueue(pool.keys, ID, found, now_ms=pool.now_ms) == 12
    return [someone.code for someone in people]


async def claim(
    pool: LivePool, campaigns: Campaigns, *codes: Code, channel: ChannelName | None = EMAIL, may_at_ms: int = 0
) -> Claim:
    """Claim people over one channel."""
    offers = [Offer(code=code, channel=channel, may_at_ms=may_at_ms) for code in codes]
    return await campaigns.claim(
        pool.keys, ID, offers, backups=2, rules=RULES, allowances=ALLOWANCES, now_ms=pool.now_ms
    )


async def state_of(pool: LivePool, campaigns: Campaigns, code: Code) -> PersonState:
    """Where somebody stands."""
    found = await campaigns.person(pool.keys, ID, code)
    assert found is not None
    return found.state


async def heads(pool: LivePool, campaigns: Campaigns, *channels: ChannelName) -> list[Code]:
    """Who is next."""
    return [one.person.code for one in await campaigns.candidates(pool.keys, ID, channels)]


async def test_a_campaign_is_opened_once(pool: LivePool, campaigns: Campaigns) -> None:
    """Of five who open it one does; a change counts that was decided on the latest revision."""
    opened = await asyncio.gather(*(campaigns.put(pool.keys, RUNNING, is_new=True) for _ in range(5)))
    assert sorted(opened) == [False] * 4 + [True]
    changed = replace(RUNNING, state=CampaignState.PAUSED, why="wait", revision=2)
    assert await campaigns.put(pool.keys, changed)
    with pytest.raises(Conflict):
        await campaigns.put(pool.keys, changed)
    with pytest.raises(NotFound):
        await campaigns.put(pool.keys, replace(changed, id="main.0.flagged2"))
    assert await campaigns.all(pool.keys) == [changed]


async def test_people_are_enqueued_once(pool: LivePool, campaigns: Campaigns, codes: list[Code]) -> None:
    """However often they are found; the most recently engaged is first."""
    again = [(code, number) for number, code in enumerate(codes)]
    assert await campaigns.enqueue(pool.keys, ID, again, now_ms=pool.now_ms) == 0
    assert await heads(pool, campaigns) == codes[::-1]


async def test_a_claim_names_the_line_the_channel_and_the_try(
    pool: LivePool, campaigns: Campaigns, codes: list[Code]
) -> None:
    """Who is claimed is in no queue but that of those who are being sent to, and nobody else gets them."""
    reply = await claim(pool, campaigns, codes[0])
    (claimed,) = reply.people
    assert (reply.word, claimed.word, claimed.channel, claimed.tries) == ("running", "claimed", EMAIL, 1)
    found = await pool.read(codes[0])
    assert found is not None
    assert claimed.target == found.backups[0] == found.slot
    assert [one.word for one in (await claim(pool, campaigns, codes[0])).people] == ["gone"]
    assert codes[0] not in await heads(pool, campaigns, EMAIL)
    lost = await campaigns.lost(pool.keys, [ID], before_ms=pool.now_ms)
    assert [one.code for one in lost[ID]] == [codes[0]]


async def test_of_many_who_claim_the_same_people_each_gets_some(
    pool: LivePool, campaigns: Campaigns, codes: list[Code]
) -> None:
    """Ten tokens are ten people; the other two wait in the queue of their channel."""
    replies = await asyncio.gather(*(claim(pool, campaigns, *codes) for _ in range(4)))
    claimed = [one.code for reply in replies for one in reply.people if one.word == "claimed"]
    assert len(claimed) == len(set(claimed)) == 10
    assert {reply.waits_ms[1] for reply in replies} == {100}
    assert await heads(pool, campaigns) == []
    assert sorted(await heads(pool, campaigns, EMAIL)) == sorted(set(codes) - set(claimed))
    assert await heads(pool, campaigns, SMS) == []


async def test_whoever_may_not_be_prompted_yet_wakes_up_where_they_stood(
    pool: LivePool, campaigns: Campaigns, codes: list[Code]
) -> None:
    """By when they texted, not by when they woke up."""
    reply = await claim(pool, campaigns, *codes[4:8], may_at_ms=pool.now_ms + 5000)
    assert {one.word for one in reply.people} == {"later"}
    assert await heads(pool, campaigns) == codes[:7:-1] + codes[3::-1]
    assert {one.word for one in (await claim(pool, campaigns, *codes[4:8])).people} == {"gone"}
    assert await campaigns.wake(pool.keys, ID, now_ms=pool.now_ms + 4999) == 0
    assert await campaigns.wake(pool.keys, ID, now_ms=pool.now_ms + 5000) == 4
    assert await heads(pool, campaigns) == codes[::-1]


async def test_only_the_try_under_way_is_settled(pool: LivePool, campaigns: Campaigns, codes: list[Code]) -> None:
    """An answer to another try, or over another channel, changes nothing; nor does a second one."""
    (claimed,) = (await claim(pool, campaigns, codes[0])).people

    async def settle(word: str, channel: ChannelName = EMAIL, tries: int = 1) -> int:
        one = Settlement(code=claimed.code, word=word, channel=channel, tries=tries, again_ms=pool.now_ms)
        return await campaigns.settle(pool.keys, ID, [one], now_ms=pool.now_ms)

    assert [await settle("sent", tries=2), await settle("sent", SMS), await settle("next", SMS)] == [0, 0, 0]
    assert [await settle("again"), await settle("sent"), await settle("unknown")] == [1, 0, 0]
    await campaigns.wake(pool.keys, ID, now_ms=pool.now_ms)
    (again,) = (await claim(pool, campaigns, codes[0])).people
    assert (again.word, again.tries, again.target) == ("claimed", 2, claimed.target)
    assert [await settle("next"), await settle("sent", tries=2), await settle("sent", tries=2)] == [0, 1, 0]
    assert await state_of(pool, campaigns, codes[0]) is PersonState.SENT


async def test_the_end_of_a_person_is_the_end(pool: LivePool, campaigns: Campaigns, codes: list[Code]) -> None:
    """Whoever opened may yet move; whoever moved stays so; nobody else is touched."""
    words = ["opened", "opened", "moved", "opened", "moved"]
    changed = [
        await campaigns.settle(pool.keys, ID, [Settlement(code=codes[0], word=word)], now_ms=pool.now_ms)
        for word in words
    ]
    assert changed == [1, 0, 1, 0, 0]
    stranger = Settlement(code=Code("ZZZZZZ"), word="moved")
    assert await campaigns.settle(pool.keys, ID, [stranger], now_ms=pool.now_ms) == 0
    assert sorted(await heads(pool, campaigns)) == sorted(codes[1:])


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("claim", ()),
        ("claim", (START_MS, ID, 2, pack_rules(RULES, {}))),
        ("claim", (START_MS, ID, 2, b"\xc1", _encode({"code": "ABCDEF", "channel": 1, "may_at_ms": 0}))),
        ("claim", (START_MS, ID, 2, pack_rules(RULES, {}), _encode({"code": "ABC", "channel": 1, "may_at_ms": 0}))),
        ("claim", (START_MS, ID, 2, pack_rules(RULES, {}), _encode({"code": "ABCDEF", "channel": 4, "may_at_ms": 0}))),
        ("claim", ("soon", ID, 2, pack_rules(RULES, {}), _encode({"code": "ABCDEF", "channel": 1, "may_at_ms": 0}))),
        ("enqueue", (START_MS, "ABCDEF")),
        ("enqueue", (START_MS, "ABCDEF", "lately")),
        ("settle", (START_MS, "ABCDEF", "sent", 1, 1)),
        ("settle", (START_MS, "ABCDEF", "lost", 1, 1, 0)),
        ("settle", (START_MS, "ABCDEF", "sent", 1, "first", 0)),
        ("wake", ("soon", "ABCDEF")),
        ("put_campaign", (ID, "{}")),
    ],
)
async def test_a_malformed_call_is_refused_whole(
    pool: LivePool, codes: list[Code], operation: str, arguments: tuple[Argument, ...]
) -> None:
    """BAD_ARG, and nothing is written."""
    of, keys, prefix = pool.keys.campaign(ID), pool.keys, prefix_of(codes[0])
    person_names = [keys.records(prefix), of.people(prefix), keys.prompts(prefix)]
    names = {
        "claim": [*keys.picking, keys.health, keys.campaigns, keys.pace, *of.all, *person_names],
        "put_campaign": [keys.campaigns],
    }.get(operation, [*of.all, of.people(prefix)])
    call = pool.store.scripts.change if operation == "claim" else pool.store.scripts.call
    before = pool.store.keyspace()
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await call(operation, names, *arguments)
    assert pool.store.keyspace() == before
