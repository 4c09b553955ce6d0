"""apply_events: an incomplete call is refused as a whole."""

from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from redis.exceptions import ResponseError

from router.core.line import Status
from router.store.events import MAX_BATCH
from tests.kit.builders import ADA, BOB, apply_event, report, text
from tests.kit.operation_calls import WRITER, RawCall, send
from tests.kit.stores import RULES, LivePool, assigned, person

_encode = msgspec.msgpack.encode
OCTETS = b"\0" * 32
GOOD: dict[str, Any] = {"kind": "group", "at_us": 1, "slot": 0, "id": "e", "type": "t"}
TOLD = _encode((600_000, 5, 500, 1))


@pytest.fixture(autouse=True)
async def _people(pool: LivePool) -> None:
    """Two lines with people on them."""
    for _ in range(2):
        await pool.add_line()
    await pool.sign_up_all([person() for _ in range(3)])
    await apply_event(pool, text(ADA, 0, 1))


def fixed_names(pool: LivePool) -> list[str]:
    """The keys of every call."""
    keys = pool.keys
    return [
        *keys.picking.values(),
        keys.health,
        keys.traffic(0),
        keys.line_events,
        keys.people_events,
        keys.arrivals,
        keys.moves,
        keys.news,
        keys.wrong(0),
        keys.wrong(-1),
    ]


def call_with(pool: LivePool, *events: bytes, rules: bytes = TOLD) -> RawCall:
    """Build a call with these events, each with its fields and its bytes."""
    return RawCall("apply_events", fixed_names(pool), [WRITER, pool.now_ms, 2, rules, *events])


async def refuse(pool: LivePool, call: RawCall) -> None:
    """Make a call that must be refused. Nothing may change, and the pool goes on."""
    sound = call_with(pool, _encode(GOOD), OCTETS, _encode(GOOD), OCTETS)
    assert cast(bytes, await send(pool.store, sound)).count(b"group") == 2
    before = pool.store.keyspace()
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await send(pool.store, call)
    assert pool.store.keyspace() == before
    await pool.sign_up_all([person() for _ in range(3)])
    assert await pool.loads() == await pool.recount()


BAD: dict[str, Callable[[], dict[str, Any]]] = {
    "no kind": lambda: {"kind": "rumour"},
    "no line of the pool": lambda: {"slot": 2},
    "no time": lambda: {"at_us": None},
    "neither line nor conversation": lambda: {"slot": None},
    "no name": lambda: {"id": None},
    "no type": lambda: {"type": None},
    "a key of all events": lambda: {"seen": 1},
    "an event key that was not given": lambda: {"seen": 99},
    "a conversation that was not given": lambda: {"chat": 99},
    "a handle that was not given": lambda: {"handle": 99},
    "a person's key that was not given": lambda: {"known": "CCC222", "known_key": 11},
    "a code's key that was not given": lambda: {"codes": [["CCC222", 11]]},
    "a text without a sender": lambda: {"kind": "text"},
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
async def test_one_bad_event_spoils_the_batch(pool: LivePool, make: Callable[[], dict[str, Any]]) -> None:
    """The reply is BAD_ARG, and nothing is written, not even for earlier events: the batch is checked, then applied."""
    fields = {name: value for name, value in (GOOD | make()).items() if value is not None}
    await refuse(pool, call_with(pool, _encode(GOOD), OCTETS, _encode(fields), OCTETS))


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x81\xa4kind", b"\xff" * 40], ids=repr)
async def test_an_unreadable_message_changes_nothing(pool: LivePool, garbage: bytes) -> None:
    """The reply is BAD_ARG, and nothing is written: fields, bytes and rules cannot be read."""
    good = _encode(GOOD)
    await refuse(pool, call_with(pool, good, OCTETS, garbage, OCTETS))
    await refuse(pool, call_with(pool, good, OCTETS, good, garbage[:31]))
    await refuse(pool, call_with(pool, good, OCTETS, rules=garbage))


async def test_the_largest_batch_is_accepted(pool: LivePool) -> None:
    """The largest batch, each event with three codes and its own handle, is one call."""
    codes = [assigned(signup).code for signup in await pool.sign_up_all([person() for _ in range(3)])]
    events = [text(f"+1202555{number:04}", 0, 2, codes=codes) for number in range(MAX_BATCH)]
    words = [effect.word for effect in await pool.apply(*events)]
    assert set(words[:3]) <= {"confirmed", "moved"}
    assert words[3:] == ["met"] * (MAX_BATCH - 3)
    assert await pool.loads() == await pool.recount()


async def test_a_stranger_in_the_batch_does_not_hold_up_a_flag(pool: LivePool) -> None:
    """The reply for that event is to ask again. The other events of its batch are applied."""
    bob = assigned(await pool.sign_up(person("u-bob", BOB)))
    effects = await pool.apply(text(BOB, 0, 3), report(1, 3, Status.FLAGGED), rules=RULES)
    assert [(effect.word, effect.code) for effect in effects] == [("elsewhere", bob.code), ("flagged", None)]
