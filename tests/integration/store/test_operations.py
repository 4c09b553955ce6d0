"""Each Lua operation accepts its sound call, and refuses every call that is broken in one way, before it writes.

The sound call, and the ways to break it, follow from `router/store/server/operations.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from os import urandom
from typing import cast

import pytest
from redis.exceptions import ResponseError

from router.core.campaigns.campaign import Campaign, CampaignState
from router.core.campaigns.campaign_rules import CampaignRules
from router.core.campaigns.cause import Cause
from router.core.capacity.traffic import NOTHING_MEASURED
from router.core.code import Code
from router.core.errors import Refused
from router.core.line import Status
from router.store.assignments import Assignments
from router.store.campaign_people import Offer, Settlement
from router.store.campaign_queue import CampaignQueue
from router.store.campaigns import Campaigns
from router.store.events import EventScript
from router.store.lines import Lines
from router.store.pools import Pools
from router.store.routes import Routes
from router.store.server.operation import Call
from router.store.waitlist import Waitlist
from tests.kit.builders import ADA, BOB, apply_event, report, text
from tests.kit.campaign_workers import EMAIL
from tests.kit.campaigns import WARM
from tests.kit.operation_calls import DECLARED, RecordingScripts, as_sent, break_each_way, registered, send
from tests.kit.stores import MAIN, MINUTE_MS, START_MS, LivePool, Store, assigned, fingerprint, open_pool, person

CAMPAIGN = Campaign(
    id="main.0.flagged1",
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
REVISION = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """A pool in which every operation has work to do.

    Attributes:
        texted: two people who texted the first line, which is flagged since. They are in its campaign's queue.
        reserved: two people who have a line and did not text it.
    """

    pool: LivePool
    calls: dict[str, Call]
    campaigns: Campaigns
    queue: CampaignQueue
    waitlist: Waitlist
    routes: Routes
    texted: list[Code]
    reserved: list[Code]

    def offers(self) -> list[Offer]:
        """Both people who texted, to be prompted by e-mail."""
        return [Offer(code=code, channel=EMAIL) for code in self.texted]


@pytest.fixture
async def stage(store: Store) -> Stage:
    """Set the stage. Calls from now on are recorded."""
    client, scripts = store.client, RecordingScripts(store.client, urandom)
    recorded = replace(
        store,
        scripts=scripts,
        assignments=Assignments(client, scripts),
        lines=Lines(scripts),
        pools=Pools(client, scripts),
        events=EventScript(scripts),
    )
    pool, campaigns, queue = await open_pool(recorded), Campaigns(client, scripts), CampaignQueue(client, scripts)
    for _ in range(3):
        await pool.add_line(WARM)
    texted = [assigned(await pool.sign_up(person(name, wished=0))).code for name in (ADA, BOB)]
    for name, code in zip((ADA, BOB), texted, strict=True):
        await apply_event(pool, text(name, 0, 1, codes=[code]))
    reserved = [assigned(await pool.sign_up(person(name))).code for name in ("cyd", "dan")]
    await apply_event(pool, report(0, 2, Status.FLAGGED))
    await campaigns.put(pool.keys, CAMPAIGN, is_new=True)
    await queue.enqueue(pool.keys, CAMPAIGN.id, [(code, 1) for code in texted], now_ms=pool.now_ms)
    scripts.calls.clear()
    return Stage(pool, scripts.calls, campaigns, queue, Waitlist(client, scripts), Routes(scripts), texted, reserved)


async def _assign(stage: Stage) -> object:
    whole = person("eve", once=("key", "request"), excluded=(2,), contact=b"\0\6sealed")
    signups = await stage.pool.sign_up_all([whole, person("fay", contact=b"\0\6sealed")])
    return [signup.outcome for signup in signups]


async def _read(stage: Stage) -> object:
    found = await stage.pool.store.assignments.read(stage.pool.keys, stage.texted)
    return [one.code for one in found if one] == stage.texted


async def _renew(stage: Stage) -> object:
    renewed = await stage.pool.store.assignments.renew(stage.pool.keys, stage.texted, backups=2)
    return [one.code for one in renewed if one] == stage.texted


async def _route(stage: Stage) -> object:
    found = await stage.routes.read(stage.pool.keys, stage.texted[0], now_ms=stage.pool.now_ms)
    return found is not None and found.home.status


async def _confirm(stage: Stage) -> object:
    return await stage.pool.confirm(stage.reserved[0])


async def _quiet(stage: Stage) -> object:
    return await stage.pool.store.assignments.set_quiet(
        stage.pool.keys, stage.texted[0], is_quiet=True, now_ms=stage.pool.now_ms
    )


async def _revise_card(stage: Stage) -> object:
    pool = stage.pool
    return await pool.store.assignments.revise_card(pool.keys, stage.texted[0], b"8 bytes.", now_ms=pool.now_ms)


async def _forget(stage: Stage) -> object:
    names = [fingerprint("cyd"), fingerprint("someone else")]
    return await stage.pool.store.assignments.forget(stage.pool.keys, stage.reserved[0], names)


async def _expire(stage: Stage) -> object:
    pool, assignments = stage.pool, stage.pool.store.assignments
    pool.now_ms += 2 * 60 * MINUTE_MS
    (minute,) = await assignments.due_minutes(pool.keys, up_to=pool.now_ms // MINUTE_MS, limit=2)
    codes = await assignments.due_codes(pool.keys, minute, limit=500)
    return await assignments.expire(pool.keys, minute, codes, now_ms=pool.now_ms)


async def _put_line(stage: Stage) -> object:
    return await stage.pool.add_line(WARM)


async def _refresh(stage: Stage) -> object:
    changed = {1: (1, WARM), 2: (1, replace(WARM, new_people_per_day=50))}
    return await stage.pool.store.lines.refresh(
        stage.pool.keys, changed, now_ms=stage.pool.now_ms, silent_since_ms=START_MS - 1
    )


async def _overview(stage: Stage) -> object:
    return [*await stage.pool.lines()]


async def _put_pool(stage: Stage) -> object:
    pools = stage.pool.store.pools
    pool = await pools.get(MAIN)
    assert pool is not None
    await pools.put_photo(replace(pool, revision=REVISION), b"a photo")
    return await pools.photo(MAIN)


async def _put_measured(stage: Stage) -> object:
    before = await stage.pool.store.pools.version(MAIN)
    await stage.pool.store.pools.put_measured(MAIN, NOTHING_MEASURED)
    return await stage.pool.store.pools.version(MAIN) - before


async def _delete_pool(stage: Stage) -> object:
    with pytest.raises(Refused, match="4 people"):
        await stage.pool.store.pools.delete(MAIN)
    return "used"


async def _apply_events(stage: Stage) -> object:
    events = [text("gus", 1, 3, codes=stage.reserved), text("hal", 1, 3)]
    return [effect.word for effect in await stage.pool.apply(*events)]


async def _put_campaign(stage: Stage) -> object:
    return await stage.campaigns.put(stage.pool.keys, replace(CAMPAIGN, revision=REVISION))


async def _enqueue(stage: Stage) -> object:
    people = [(code, 5) for code in stage.reserved]
    return await stage.queue.enqueue(stage.pool.keys, CAMPAIGN.id, people, now_ms=stage.pool.now_ms)


async def _line_up(stage: Stage) -> object:
    return await stage.waitlist.line_up(stage.pool.keys, CAMPAIGN.id, stage.reserved, now_ms=stage.pool.now_ms)


async def _claim(stage: Stage) -> object:
    reply = await stage.queue.claim(
        stage.pool.keys,
        CAMPAIGN.id,
        stage.offers(),
        backups=2,
        rules=RULES,
        allowances=ALLOWANCES,
        now_ms=stage.pool.now_ms,
    )
    return [reply.word, *(one.word for one in reply.people)]


async def _invite(stage: Stage) -> object:
    reply = await stage.waitlist.invite(
        stage.pool.keys,
        CAMPAIGN.id,
        stage.offers(),
        backups=2,
        reservation_s=3600,
        rules=RULES,
        allowances=ALLOWANCES,
        now_ms=stage.pool.now_ms,
    )
    return [reply.word, *(one.word for one in reply.people)]


async def _settle(stage: Stage) -> object:
    people = [Settlement(code=code, word="opened") for code in stage.texted]
    return await stage.queue.settle(stage.pool.keys, CAMPAIGN.id, people, now_ms=stage.pool.now_ms)


async def _wake(stage: Stage) -> object:
    pool = stage.pool
    later = [replace(offer, may_at_ms=pool.now_ms + 1) for offer in stage.offers()]
    await stage.queue.claim(
        pool.keys, CAMPAIGN.id, later, backups=2, rules=RULES, allowances=ALLOWANCES, now_ms=pool.now_ms
    )
    return await stage.queue.wake(pool.keys, CAMPAIGN.id, now_ms=pool.now_ms + 1)


# The sound call of each operation, and the result it must have.
TABLE: dict[str, tuple[Callable[[Stage], Awaitable[object]], object]] = {
    "assign": (_assign, ["new", "new"]),
    "read": (_read, True),
    "renew": (_renew, True),
    "route": (_route, Status.FLAGGED),
    "confirm": (_confirm, "confirmed"),
    "quiet": (_quiet, True),
    "revise_card": (_revise_card, START_MS // 1000),
    "forget": (_forget, True),
    "expire": (_expire, (2, 0)),
    "put_line": (_put_line, 3),
    "refresh": (_refresh, 2),
    "overview": (_overview, [0, 1, 2]),
    "put_pool": (_put_pool, b"a photo"),
    "put_measured": (_put_measured, 1),
    "delete_pool": (_delete_pool, "used"),
    "apply_events": (_apply_events, ["confirmed", "met"]),
    "put_campaign": (_put_campaign, True),
    "enqueue": (_enqueue, 2),
    "line_up": (_line_up, (0, True)),
    "claim": (_claim, ["running", "claimed", "claimed"]),
    "invite": (_invite, ["running", "moved", "moved"]),
    "settle": (_settle, 2),
    "wake": (_wake, 2),
}


def test_every_operation_is_in_the_table() -> None:
    """Every operation that the library registers is declared, and is in this table."""
    assert sorted(registered()) == sorted(DECLARED) == sorted(TABLE)


@pytest.mark.parametrize("operation", TABLE)
async def test_a_broken_call_is_refused_before_anything_is_written(stage: Stage, operation: str) -> None:
    """The sound call is accepted. The same call broken in one way gets BAD_ARG, and the store is unchanged."""
    run, wanted = TABLE[operation]
    assert await run(stage) == wanted
    store, sound = stage.pool.store, stage.calls[operation]
    await send(store, as_sent(sound))
    before = _everything(store)
    wrong = []
    for call in break_each_way(sound):
        try:
            reply = await send(store, call)
        except ResponseError as error:
            if "BAD_ARG" not in str(error):
                wrong.append(f"{call.broken}: {error}")
        else:
            wrong.append(f"{call.broken}: accepted with {reply!r}")
    assert not wrong, wrong
    assert _everything(store) == before


def _everything(store: Store) -> dict[bytes, tuple[bytes | None, int]]:
    """Return all keys of the store, with their values and expiry times."""
    with store.raw_client() as client:
        names = sorted(cast(list[bytes], list(client.scan_iter(count=1000))))
        return {name: (client.dump(name), client.expiretime(name.decode())) for name in names}
