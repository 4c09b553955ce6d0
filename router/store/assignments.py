"""People and their lines: the typed side of assign, read, confirm, expire and forget."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import cast

import msgspec

from router.core.assignment import Assignment, Signup
from router.core.code import CODE_LENGTH, PREFIX_LENGTH, Code, prefix_of
from router.core.line import Gate
from router.store.connection import translate_errors
from router.store.keys import PoolKeys, fingerprint_field
from router.store.scripts import Argument, Client, Scripts

MAX_BATCH = 32  # more in one call would keep the store's other clients waiting for over a millisecond
MAX_EXCLUDED = 50
MAX_EXPIRED_AT_ONCE = 500
CANDIDATES = 4

_PERSON = Struct(">H3s12s6sBBBBH")
_IDENTITY = Struct(">H8s")
_ONCE = Struct(">H8s4s")
_SLOT = Struct(">H")
_NO_SLOT = 0xFFFF
_UNKNOWN_CODE = b" " * CODE_LENGTH
_GATES = tuple(Gate)
_FRAME_BYTES = 2
_MINUTE_S = 60
_DAY_S = 86_400


class Person(msgspec.Struct, frozen=True, gc=False):
    """One person's request, as the assign script takes it.

    Attributes:
        prefix: the bucket a new code would come from; that of `known`, where given.
        suffixes: four candidate suffixes of three characters each, joined.
        known: the code their signed cookie carries, or None.
        identities: HMACs they are recognised by, strongest first, 32 bytes each.
        once: HMAC of the idempotency key and 4 bytes that stand for the request, or None.
        excluded: slots of lines they must not get.
        wished: slot of the line to prefer, or None.
        contact: the sealed identity to keep for a new person; empty for none.
    """

    prefix: str
    suffixes: str
    known: Code | None = None
    identities: tuple[bytes, ...] = ()
    once: tuple[bytes, bytes] | None = None
    excluded: tuple[int, ...] = ()
    wished: int | None = None
    contact: bytes = b""


@dataclass(frozen=True, slots=True)
class AssignPolicy:
    """What of the pool's settings the script needs."""

    reservation_s: int
    backups: int


class _AssignReply(msgspec.Struct, array_like=True):
    gates: list[int]
    signups: list[Signup]


_decode_assign = msgspec.msgpack.Decoder(_AssignReply).decode
_decode_read = msgspec.msgpack.Decoder(list[Assignment | None]).decode


class Assignments:
    """Operations on the people of any pool."""

    def __init__(self, client: Client, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def assign(
        self, keys: PoolKeys, people: Sequence[Person], policy: AssignPolicy, *, now_ms: int
    ) -> list[Signup]:
        """Give each person a line, or the one they have, in one atomic step; answers in the order of `people`.

        Raises:
            StoreUnavailable: nobody of the batch is known to have a line.
        """
        now_s = now_ms // 1000
        day = now_s // _DAY_S
        due_minute = (now_s + policy.reservation_s) // _MINUTE_S + 1
        names: list[str] = [*keys.picking, keys.arrivals, keys.traffic(day), keys.due, keys.due_in(due_minute)]
        names += (keys.waitlist, keys.tickets)
        packed = [_pack(person, keys, names, day) for person in people]
        reply = await self._scripts.change(
            "assign", names, now_ms, policy.reservation_s, policy.backups, due_minute, *packed
        )
        decoded = _decode_assign(reply)
        held_back = {gate: count for gate, count in zip(_GATES[1:], decoded.gates[1:], strict=True) if count}
        for signup in decoded.signups:
            signup.held_back = held_back
        return decoded.signups

    async def read(self, keys: PoolKeys, codes: Sequence[Code]) -> list[Assignment | None]:
        """Return where each person stands now; None for a code nobody has."""
        names = [*keys.picking, *(keys.records(prefix_of(code)) for code in codes)]
        reply = await self._scripts.call("read", names, *codes)
        return _decode_read(reply)

    async def confirm(self, keys: PoolKeys, code: Code, *, now_ms: int) -> str:
        """Record that a person texted: "confirmed", "already", "waitlisted" (they have no line yet), or "unknown"."""
        names = [*keys.picking, keys.records(prefix_of(code)), keys.traffic(now_ms // 1000 // _DAY_S), keys.moves]
        return await _word(self._scripts, "confirm", names, now_ms, code)

    async def set_quiet(self, keys: PoolKeys, code: Code, *, is_quiet: bool) -> bool:
        """Take down that a person wants no prompts, or wants them again; False if there is nobody."""
        reply = await self._scripts.call("quiet", [keys.records(prefix_of(code))], code, int(is_quiet))
        return str(reply[0], "ascii") == "quiet"

    async def forget(self, keys: PoolKeys, code: Code, identities: Sequence[bytes]) -> bool:
        """Erase a person and what they are found by; False if there was nobody."""
        names = [*keys.picking, keys.records(prefix_of(code)), keys.contacts(prefix_of(code))]
        names += [keys.identities(fingerprint) for fingerprint in identities]
        fields = [fingerprint_field(fingerprint) for fingerprint in identities]
        return await _word(self._scripts, "forget", names, code, *fields) == "forgotten"

    async def due_minutes(self, keys: PoolKeys, *, up_to: int, limit: int) -> list[int]:
        """Return minutes since 1970, up to and with `up_to`, in which reservations run out, oldest first."""
        with translate_errors():
            minutes = await self._client.zrange(keys.due, "-inf", up_to, byscore=True, offset=0, num=limit)
        return [int(minute) for minute in cast(list[bytes], minutes)]

    async def due_codes(self, keys: PoolKeys, minute: int, *, limit: int) -> list[Code]:
        """Return the first codes to look at in that minute."""
        with translate_errors():
            codes = await self._client.lrange(keys.due_in(minute), 0, limit - 1)
        return [Code(code.decode()) for code in cast(list[bytes], codes)]

    async def contacts(self, keys: PoolKeys, code: Code) -> list[bytes]:
        """Return the sealed identities a person gave, oldest first: one, and one more each time they gave another."""
        with translate_errors():
            kept = await self._client.hget(keys.contacts(prefix_of(code)), code[PREFIX_LENGTH:])
        return list(cut_contacts(cast(bytes, kept or b"")))

    async def contacts_of(self, keys: PoolKeys, codes: Sequence[Code]) -> list[bytes]:
        """Return what several people gave, each as it lies there: `cut_contacts` takes it apart."""
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for code in codes:
                pipeline.hget(keys.contacts(prefix_of(code)), code[PREFIX_LENGTH:])
            kept = await pipeline.execute()
        return [contacts or b"" for contacts in kept]

    async def code_of(self, keys: PoolKeys, fingerprint: bytes) -> Code | None:
        """Return whose identity this is, or None."""
        with translate_errors():
            code = await self._client.hget(keys.identities(fingerprint), fingerprint_field(fingerprint))
        return None if code is None else Code(cast(bytes, code).decode())

    async def expire(self, keys: PoolKeys, minute: int, codes: Sequence[Code], *, now_ms: int) -> tuple[int, int]:
        """Give back the places of `codes`, the first of that minute's list.

        Returns:
            How many expired, and how many codes are left in the list.
        """
        names = [*keys.picking, keys.due, keys.due_in(minute), keys.traffic(now_ms // 1000 // _DAY_S)]
        names += [keys.records(prefix_of(code)) for code in codes]
        _, expired, left = await self._scripts.change("expire", names, now_ms, minute, *codes)
        return expired, left


def _pack(person: Person, keys: PoolKeys, names: list[str], day: int) -> bytes:
    """Append the person's keys to `names` and return what the script reads of them. Key indexes count from 1."""
    names.append(keys.records(person.prefix))
    home = len(names)
    if person.contact:
        names.append(keys.contacts(person.prefix))
    head = _PERSON.pack(
        home,
        person.prefix.encode(),
        person.suffixes.encode(),
        _UNKNOWN_CODE if person.known is None else person.known.encode(),
        len(person.identities),
        person.once is not None,
        bool(person.contact),
        len(person.excluded),
        _NO_SLOT if person.wished is None else person.wished,
    )
    if not (person.identities or person.once or person.excluded):
        return head + frame(person.contact)
    parts = [head]
    for fingerprint in person.identities:
        names.append(keys.identities(fingerprint))
        parts.append(_IDENTITY.pack(len(names), fingerprint_field(fingerprint)))
    if person.once is not None:
        fingerprint, request = person.once
        names += (keys.idempotency(fingerprint, day), keys.idempotency(fingerprint, day - 1))
        parts.append(_ONCE.pack(len(names) - 1, fingerprint_field(fingerprint), request))
    parts += [_SLOT.pack(slot) for slot in person.excluded]
    parts.append(frame(person.contact))
    return b"".join(parts)


def frame(sealed: bytes) -> bytes:
    """Put its length before a sealed identity: a person's identities lie one after the other."""
    return len(sealed).to_bytes(_FRAME_BYTES) + sealed if sealed else b""


def cut_contacts(kept: bytes) -> Iterator[bytes]:
    """Return the sealed identities of a person, which lie one after the other, each after its length."""
    while kept:
        end = _FRAME_BYTES + int.from_bytes(kept[:_FRAME_BYTES])
        yield kept[_FRAME_BYTES:end]
        kept = kept[end:]


async def _word(scripts: Scripts, operation: str, names: Sequence[str], *args: Argument) -> str:
    reply = await scripts.change(operation, names, *args)
    return str(reply[0], "ascii")
