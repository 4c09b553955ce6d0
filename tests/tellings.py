"""What a provider tells, as the store is told it: observations that name only what a test is about.

    effect = await hear(pool, text(ADA, 0, 5, codes=[ada.code]))

`at` counts seconds from the start of the pool's time; a builder makes a new event each time it is called.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any, cast

from msgspec.structs import replace

from router.core.code import Code
from router.core.line import LineLimits, Reputation, Status
from router.store.assignments import CANDIDATES, frame
from router.store.ingest import Effect
from router.store.keys import Key
from router.store.line_records import REPUTATIONS, STATUSES, limit_numbers
from router.store.observations import Kind, Observation, Sender
from tests.stores import START_MS, LivePool, fingerprint, spell

ADA, BOB, CYD = "+12025550191", "+12025550192", "+12025550193"
_TRIES = 5
_events = count()


def told(kind: Kind, at: float, **fields: Any) -> Observation:
    """Make an event of any kind."""
    name = f"event {next(_events)}"
    at_us = (START_MS + round(at * 1000)) * 1000
    return Observation(kind=kind, id=name, type="test", at_us=at_us, digest=fingerprint(name), **fields)


def report(
    slot: int,
    at: float,
    status: Status | None = None,
    reputation: Reputation | None = None,
    *,
    is_gone: bool | None = None,
    limits: LineLimits | None = None,
    reason: str | None = None,
) -> Observation:
    """Say how a line is, or whether it is ours."""
    return told(
        "report",
        at,
        slot=slot,
        status=None if status is None else STATUSES.index(status),
        reputation=None if reputation is None else REPUTATIONS.index(reputation),
        is_gone=None if is_gone is None else int(is_gone),
        limits=None if limits is None else limit_numbers(limits),
        reason=reason,
    )


def text(
    handle: str, slot: int, at: float, *, codes: Sequence[Code] = (), chat: str = "", **fields: bool
) -> Observation:
    """Let somebody text a line; their conversation with it is theirs unless `chat` names another."""
    return told(
        "text",
        at,
        slot=slot,
        sender=sender(handle),
        codes=tuple(codes),
        chat=conversation(handle, slot, chat),
        **fields,
    )


def sent(handle: str, slot: int, at: float, *, chat: str = "") -> Observation:
    """Let a line write to somebody; the recipient is not told, as in the present bodies."""
    return told("sent", at, slot=slot, chat=conversation(handle, slot, chat))


def chat_created(handle: str, slot: int, at: float, *, chat: str = "") -> Observation:
    """Say that a conversation exists now."""
    return told("chat", at, slot=slot, sender=sender(handle), chat=conversation(handle, slot, chat))


def reaction(handle: str, slot: int, at: float, *, is_ours: bool = False) -> Observation:
    """Let somebody, or the line, react to a message."""
    by = None if is_ours else sender(handle)
    return told("reaction", at, slot=slot, sender=by, chat=conversation(handle, slot), is_ours=is_ours)


def failed(handle: str, slot: int, at: float = 0) -> Observation:
    """Say that a message to somebody failed; only the conversation tells of which line it was."""
    return told("failed", at, chat=conversation(handle, slot))


def conversation(handle: str, slot: int, chat: str = "") -> bytes:
    """What a conversation is found by."""
    return fingerprint(chat or f"chat of {handle} with {slot}")


def sender(handle: str) -> Sender:
    """Whose text it is, with the place a stranger would get."""
    drawn = fingerprint(handle)
    suffixes = "".join(spell(drawn[14 + i : 18 + i]) for i in range(CANDIDATES))
    return Sender(drawn, frame(handle.encode()), spell(drawn[10:14]), suffixes)


async def hear(pool: LivePool, event: Observation) -> Effect:
    """Tell one event, and again with the code that the store names, as the intake does."""
    for _ in range(_TRIES):
        (effect,) = await pool.tell(event)
        if effect.word != "elsewhere":
            return effect
        event = replace(event, known=effect.code)
    raise AssertionError(f"{event} is always somebody else's")


async def code_of(pool: LivePool, handle: str) -> Code | None:
    """Who is found by a handle."""
    return await pool.store.assignments.code_of(pool.keys, fingerprint(handle))


async def contacts_of(pool: LivePool, code: Code) -> list[str]:
    """The handles that are kept with somebody."""
    return [kept.decode() for kept in await pool.store.assignments.contacts(pool.keys, code)]


def rows(pool: LivePool, stream: Key) -> list[dict[str, str]]:
    """What a log of events holds, oldest first."""
    with pool.store.behind() as client:
        kept = cast(list[tuple[bytes, dict[bytes, bytes]]], client.xrange(stream))
    return [{name.decode(): value.decode() for name, value in fields.items()} for _, fields in kept]


def traffic(pool: LivePool) -> dict[str, int]:
    """What was counted today, by `slot:metric`."""
    with pool.store.behind() as client:
        kept = cast(dict[bytes, bytes], client.hgetall(pool.keys.traffic(pool.now_ms // 86_400_000)))
    return {name.decode(): int(times) for name, times in kept.items()}
