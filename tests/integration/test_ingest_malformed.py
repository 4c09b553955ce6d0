"""ingest: a call that is not whole is refused as a whole."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from redis.exceptions import ResponseError

from router.core.line import Status
from router.store.ingest import MAX_BATCH
from router.store.scripts import Argument
from tests.stores import RULES, LivePool, given, person
from tests.tellings import ADA, BOB, hear, report, text

_encode = msgspec.msgpack.encode
OCTETS = b"\0" * 32
GOOD: dict[str, Any] = {"kind": "group", "at_us": 1, "slot": 0, "id": "e", "type": "t"}
TOLD = _encode((600_000, 5, 500, 1))


@pytest.fixture(autouse=True)
async def _people(pool: LivePool) -> None:
    """Two lines, and people on them."""
    for _ in range(2):
        await pool.add_line()
    await pool.sign_up_all([person() for _ in range(3)])
    await hear(pool, text(ADA, 0, 1))


def fixed_names(pool: LivePool) -> list[str]:
    """The keys of every call."""
    keys = pool.keys
    return [
        *keys.picking,
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


async def refuse(pool: LivePool, names: list[str], *arguments: Argument) -> None:
    """Make a call that must be refused; nothing may be different, and the pool goes on."""
    before = pool.store.keyspace()
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await pool.store.scripts.change("ingest", names, *arguments)
    assert pool.store.keyspace() == before
    await pool.sign_up_all([person() for _ in range(3)])
    assert await pool.loads() == await pool.recount()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (1, 2, TOLD),
        (1, 2, TOLD, _encode(GOOD)),
        (1, 2, TOLD, _encode(GOOD), OCTETS, _encode(GOOD)),
        ("now", 2, TOLD, _encode(GOOD), OCTETS),
        (1, "few", TOLD, _encode(GOOD), OCTETS),
    ],
    ids=["nothing", "no event", "no octets", "half an event", "no time", "no backups"],
)
async def test_a_call_with_other_arguments_is_refused(pool: LivePool, arguments: tuple[Argument, ...]) -> None:
    """BAD_ARG, and nothing is written."""
    await refuse(pool, fixed_names(pool), *arguments)


async def test_a_call_without_its_keys_is_refused(pool: LivePool) -> None:
    """BAD_ARG, and nothing is written."""
    await refuse(pool, fixed_names(pool)[:-1], 1, 2, TOLD, _encode(GOOD), OCTETS)


BAD: dict[str, Callable[[], dict[str, Any]]] = {
    "no kind": lambda: {"kind": "rumour"},
    "no line of the pool": lambda: {"slot": 2},
    "no time": lambda: {"at_us": None},
    "neither line nor conversation": lambda: {"slot": None},
    "an event key that was not given": lambda: {"seen": 99},
    "a conversation that was not given": lambda: {"chat": 99},
    "a handle that was not given": lambda: {"handle": 99},
    "a person's key that was not given": lambda: {"known": "CCC222", "known_key": 11},
    "a code's key that was not given": lambda: {"codes": [["CCC222", 11]]},
    "a text of nobody": lambda: {"kind": "text"},
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
async def test_one_bad_event_spoils_the_batch(pool: LivePool, make: Callable[[], dict[str, Any]]) -> None:
    """BAD_ARG, and nothing is written of those before it either: the batch is checked, then applied."""
    fields = {name: value for name, value in (GOOD | make()).items() if value is not None}
    await refuse(pool, fixed_names(pool), 1, 2, TOLD, _encode(GOOD), OCTETS, _encode(fields), OCTETS)


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x81\xa4kind", b"\xff" * 40], ids=repr)
async def test_what_is_no_message_at_all_changes_nothing(pool: LivePool, garbage: bytes) -> None:
    """The server refuses what it can not read, before anything is written."""
    before = pool.store.keyspace()
    for arguments in ((TOLD, _encode(GOOD), OCTETS, garbage, OCTETS), (TOLD, _encode(GOOD), garbage[:31])):
        with pytest.raises(ResponseError):
            await pool.store.scripts.change("ingest", fixed_names(pool), 1, 2, *arguments)
    assert pool.store.keyspace() == before
    await pool.sign_up_all([person() for _ in range(3)])
    assert await pool.loads() == await pool.recount()


async def test_a_call_may_hold_as_many_events_as_it_may(pool: LivePool) -> None:
    """The largest batch there is, each with three codes and a handle of its own, is one call."""
    codes = [given(signup).code for signup in await pool.sign_up_all([person() for _ in range(3)])]
    events = [text(f"+1202555{number:04}", 0, 2, codes=codes) for number in range(MAX_BATCH)]
    words = [effect.word for effect in await pool.tell(*events)]
    assert set(words[:3]) <= {"confirmed", "moved"}
    assert words[3:] == ["met"] * (MAX_BATCH - 3)
    assert await pool.loads() == await pool.recount()


async def test_a_stranger_in_the_batch_does_not_hold_up_a_flag(pool: LivePool) -> None:
    """An event that must be asked again is answered so; the others of its batch are applied."""
    bob = given(await pool.sign_up(person("u-bob", BOB)))
    effects = await pool.tell(text(BOB, 0, 3), report(1, 3, Status.FLAGGED), rules=RULES)
    assert [(effect.word, effect.code) for effect in effects] == [("elsewhere", bob.code), ("flagged", None)]
