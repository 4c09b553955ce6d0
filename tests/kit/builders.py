"""Builders of provider events as the store receives them; a test names only the fields it is about.

    effect = await apply_event(pool, text(ADA, 0, 5, codes=[ada.code]))

`at` counts seconds from the start of the pool's time; a builder makes a new event each time it is called.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any, cast

from msgspec.structs import replace

from router.core.code import Code
from router.core.line import LineLimits, Reputation, Status
from router.store.assignments import CANDIDATES, frame
from router.store.events import Effect
from router.store.keys import Key
from router.store.line_records import REPUTATIONS, STATUSES, limit_numbers
from router.store.pool_events import EventSender, Kind, PoolEvent
from tests.kit.stores import START_MS, LivePool, code_part, fingerprint

ADA, BOB, CYD = "+12025550191", "+12025550192", "+12025550193"
_TRIES = 5
_events = count()


def make_event(kind: Kind, at: float, **fields: Any) -> PoolEvent:
    """Make an event of any kind."""
    name = f"event {next(_events)}"
    at_us = (START_MS + round(at * 1000)) * 1000
    return PoolEvent(kind=kind, id=name, type="test", at_us=at_us, digest=fingerprint(name), **fields)


def report(
    slot: int,
    at: float,
    status: Status | None = None,
    reputation: Reputation | None = None,
    *,
    is_gone: bool | None = None,
    limits: LineLimits | None = None,
    reason: str | None = None,
) -> PoolEvent:
    """Report a line's status, its reputation, its limits, or whether it is still ours."""
    return make_event(
        "report",
        at,
        slot=slot,
        status=None if status is None else STATUSES.index(status),
        reputation=None if reputation is None else REPUTATIONS.index(reputation),
        is_gone=None if is_gone is None else int(is_gone),
        limits=None if limits is None else limit_numbers(limits),
        reason=reason,
    )


def text(handle: str, slot: int, at: float, *, codes: Sequence[Code] = (), chat: str = "", **fields: bool) -> PoolEvent:
    """Make a text from a person to a line, in that person's conversation with the line unless `chat` names another."""
    return make_event(
        "text",
        at,
        slot=slot,
        sender=sender(handle),
        codes=tuple(codes),
        chat=conversation(handle, slot, chat),
        **fields,
    )


def sent(handle: str, slot: int, at: float, *, chat: str = "") -> PoolEvent:
    """Make a message from a line to a person; the event does not name the recipient, as in Linq's present bodies."""
    return make_event("sent", at, slot=slot, chat=conversation(handle, slot, chat))


def chat_created(handle: str, slot: int, at: float, *, chat: str = "") -> PoolEvent:
    """Report that a conversation now exists."""
    return make_event("chat", at, slot=slot, sender=sender(handle), chat=conversation(handle, slot, chat))


def reaction(handle: str, slot: int, at: float, *, is_ours: bool = False) -> PoolEvent:
    """Make a reaction to a message, from the person or from the line."""
    by = None if is_ours else sender(handle)
    return make_event("reaction", at, slot=slot, sender=by, chat=conversation(handle, slot), is_ours=is_ours)


def failed(handle: str, slot: int, at: float = 0) -> PoolEvent:
    """Report that a message to a person failed; only the conversation shows which line sent it."""
    return make_event("failed", at, chat=conversation(handle, slot))


def conversation(handle: str, slot: int, chat: str = "") -> bytes:
    """Return the fingerprint that a conversation is found by."""
    return fingerprint(chat or f"chat of {handle} with {slot}")


def sender(handle: str) -> EventSender:
    """Return the sender of a text, with the codes that a stranger would get."""
    drawn = fingerprint(handle)
    suffixes = "".join(code_part(drawn[14 + i : 18 + i]) for i in range(CANDIDATES))
    return EventSender(drawn, frame(handle.encode()), code_part(drawn[10:14]), suffixes)


async def apply_event(pool: LivePool, event: PoolEvent) -> Effect:
    """Apply one event. If the store names a code, apply it again with that code, as the event service does."""
    for _ in range(_TRIES):
        (effect,) = await pool.apply(event)
        if effect.word != "elsewhere":
            return effect
        event = replace(event, known=effect.code)
    raise AssertionError(f"the store still names another code for {event}")


async def code_of(pool: LivePool, handle: str) -> Code | None:
    """Return the code of the person that a handle leads to."""
    return await pool.store.assignments.code_of(pool.keys, fingerprint(handle))


async def contacts_of(pool: LivePool, code: Code) -> list[str]:
    """Return the handles that are stored for a person."""
    return [handle.decode() for handle in await pool.store.assignments.contacts(pool.keys, code)]


def rows(pool: LivePool, stream: Key) -> list[dict[str, str]]:
    """Return the entries of an event log, oldest first."""
    with pool.store.raw_client() as client:
        entries = cast(list[tuple[bytes, dict[bytes, bytes]]], client.xrange(stream))
    return [{name.decode(): value.decode() for name, value in fields.items()} for _, fields in entries]


def traffic(pool: LivePool) -> dict[str, int]:
    """Return today's traffic counts, by `slot:metric`."""
    with pool.store.raw_client() as client:
        counts = cast(dict[bytes, bytes], client.hgetall(pool.keys.traffic(pool.now_ms // 86_400_000)))
    return {name.decode(): int(times) for name, times in counts.items()}
