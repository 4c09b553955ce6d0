"""People and their lines: the typed side of assign, read, confirm, expire and forget."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from router.core.assignment import Assignment, Signup
from router.core.code import CODE_LENGTH, PREFIX_LENGTH, Code, prefix_of
from router.core.line import Gate
from router.core.time_units import DAY_S, MINUTE_S
from router.store.formats import EXCLUDED, IDEMPOTENCY, IDENTITY, NO_SLOT, REQUEST
from router.store.keys import Key, PoolKeys, fingerprint_field
from router.store.server.client import StoreClient
from router.store.server.operation import Call, Items
from router.store.server.operations import ASSIGN, CONFIRM, EXPIRE, FORGET, QUIET, READ, RENEW, REVISE_CARD
from router.store.server.scripts import Scripts

MAX_BATCH = ASSIGN.most
MAX_RENEWED = RENEW.most
MAX_EXCLUDED = 50
MAX_EXPIRED_AT_ONCE = EXPIRE.most
CANDIDATES = 4

_UNKNOWN_CODE = b" " * CODE_LENGTH
_GATES = tuple(Gate)
_FRAME_BYTES = 2
_FIXED_KEYS = len(ASSIGN.keys)


class AssignRequest(msgspec.Struct, frozen=True, gc=False):
    """One person's request, as the assign script takes it.

    Attributes:
        prefix: the bucket a new code would come from; that of `known`, where given.
        suffixes: four suffixes of three characters to choose from, joined.
        known: the code their signed cookie carries, or None.
        identities: HMACs they are recognised by, strongest first, 32 bytes each.
        once: HMAC of the idempotency key and 4 bytes that stand for the request, or None.
        excluded: slots of lines they must not get.
        wished: slot of the line to prefer, or None.
        contact: the sealed identity to store with a new person; empty for none.
        origin: where they came from and what they agreed to, from `encode_origin`; stored if they have none yet.
    """

    prefix: str
    suffixes: str
    known: Code | None = None
    identities: tuple[bytes, ...] = ()
    once: tuple[bytes, bytes] | None = None
    excluded: tuple[int, ...] = ()
    wished: int | None = None
    contact: bytes = b""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class AssignPolicy:
    """The settings of the pool that the script needs."""

    reservation_s: int
    backups: int


class _AssignReply(msgspec.Struct, array_like=True):
    gates: list[int]
    signups: list[Signup]


_decode_assign = msgspec.msgpack.Decoder(_AssignReply).decode
_decode_read = msgspec.msgpack.Decoder(list[Assignment | None]).decode


class Assignments:
    """Operations on the people of any pool."""

    def __init__(self, client: StoreClient, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def assign(
        self, keys: PoolKeys, people: Sequence[AssignRequest], policy: AssignPolicy, *, now_ms: int
    ) -> list[Signup]:
        """Give each person a line, or return the one they have, in one atomic step.

        The signups are in the order of `people`.

        Raises:
            StoreUnavailable: it is not known who of the batch has a line.
        """
        now_s = now_ms // 1000
        day = now_s // DAY_S
        due_minute = (now_s + policy.reservation_s) // MINUTE_S + 1
        named: list[Key] = []
        packed = [_pack(person, keys, named, day) for person in people]
        fixed = {
            **keys.picking,
            "arrivals": keys.arrivals,
            "traffic": keys.traffic(day),
            "due": keys.due,
            "due_list": keys.due_in(due_minute),
            "waitlist": keys.waitlist,
            "tickets": keys.tickets,
        }
        call = ASSIGN.call(
            fixed,
            Items(args={"person": packed}, named_keys=named),
            now_ms=now_ms,
            reservation_s=policy.reservation_s,
            backups=policy.backups,
            due_minute=due_minute,
        )
        reply = await self._scripts.run(call)
        decoded = _decode_assign(reply)
        held_back = {gate: count for gate, count in zip(_GATES[1:], decoded.gates[1:], strict=True) if count}
        if held_back:
            for signup in decoded.signups:
                signup.held_back = held_back
        return decoded.signups

    async def read(self, keys: PoolKeys, codes: Sequence[Code]) -> list[Assignment | None]:
        """Return each person's assignment; None for a code that nobody has."""
        records = [keys.records(prefix_of(code)) for code in codes]
        reply = await self._scripts.run(READ.call(keys.picking, Items({"records": records}, {"code": codes})))
        return _decode_read(reply)

    async def renew(self, keys: PoolKeys, codes: Sequence[Code], *, backups: int) -> list[Assignment | None]:
        """Give people other backups where they need them, and return the assignments as `read` does.

        It takes no place on a line, and a second call changes nothing.

        Args:
            keys: of the pool.
            codes: at most MAX_RENEWED.
            backups: how many a card has.
        """
        records = [keys.records(prefix_of(code)) for code in codes]
        call = RENEW.call(keys.picking, Items({"records": records}, {"code": codes}), backups=backups)
        return _decode_read(await self._scripts.run(call))

    async def confirm(self, keys: PoolKeys, code: Code, *, now_ms: int) -> str:
        """Record that a person texted: "confirmed", "already", "waitlisted" (they have no line yet), or "unknown"."""
        records, traffic = keys.records(prefix_of(code)), keys.traffic(now_ms // 1000 // DAY_S)
        of_pool = {**keys.picking, "moves": keys.moves, "news": keys.news}
        fixed = of_pool | {"records": records, "traffic": traffic}
        return await self._word(CONFIRM.call(fixed, now_ms=now_ms, code=code))

    async def set_quiet(self, keys: PoolKeys, code: Code, *, is_quiet: bool, now_ms: int) -> bool:
        """Record whether a person wants prompts; False if nobody has this code.

        If they want them, a request to stop that they texted before does not hold any more.
        """
        call = QUIET.call({"records": keys.records(prefix_of(code))}, now_ms=now_ms, code=code, is_quiet=int(is_quiet))
        return await self._word(call) == "quiet"

    async def revise_card(self, keys: PoolKeys, code: Code, digest: bytes, *, now_ms: int) -> int:
        """Return when what a person's card says last changed, in seconds; `digest` is 8 bytes that stand for it.

        Raises:
            StoreUnavailable: the store does not answer, or will not take writes.
        """
        prefix = prefix_of(code)
        fixed = {"records": keys.records(prefix), "cards": keys.cards(prefix)}
        (revised_s,) = await self._scripts.run(REVISE_CARD.call(fixed, now_ms=now_ms, code=code, digest=digest))
        return int(revised_s)

    async def forget(self, keys: PoolKeys, code: Code, identities: Sequence[bytes]) -> bool:
        """Erase a person and the identities that lead to them; False if nobody has this code."""
        prefix = prefix_of(code)
        call = FORGET.call(
            {
                **keys.picking,
                "records": keys.records(prefix),
                "contacts": keys.contacts(prefix),
                "cards": keys.cards(prefix),
            },
            Items(
                {"identities": [keys.identities(fingerprint) for fingerprint in identities]},
                {"field": [fingerprint_field(fingerprint) for fingerprint in identities]},
            ),
            code=code,
        )
        return await self._word(call) == "forgotten"

    async def due_minutes(self, keys: PoolKeys, *, up_to: int, limit: int) -> list[int]:
        """Return minutes since 1970, up to and including `up_to`, in which reservations run out, oldest first."""
        minutes = await self._client.up_to(keys.due, up_to, limit=limit)
        return [int(minute) for minute in minutes]

    async def due_codes(self, keys: PoolKeys, minute: int, *, limit: int) -> list[Code]:
        """Return the first codes to check in that minute."""
        codes = await self._client.lrange(keys.due_in(minute), 0, limit - 1)
        return [Code(code.decode()) for code in codes]

    async def contacts(self, keys: PoolKeys, code: Code) -> list[bytes]:
        """Return every sealed identity that a person gave, oldest first."""
        return list(cut_contacts((await self.contacts_of(keys, [code]))[0]))

    async def contacts_of(self, keys: PoolKeys, codes: Sequence[Code]) -> list[bytes]:
        """Return the sealed identities of several people, each as stored: `cut_contacts` splits them."""
        kept = await self._client.hget_many((keys.contacts(prefix_of(code)), code[PREFIX_LENGTH:]) for code in codes)
        return [contacts or b"" for contacts in kept]

    async def code_of(self, keys: PoolKeys, fingerprint: bytes) -> Code | None:
        """Return the code of the person with this identity, or None."""
        code = await self._client.hget(keys.identities(fingerprint), fingerprint_field(fingerprint))
        return None if code is None else Code(code.decode())

    async def codes_of(self, keys: PoolKeys, fingerprints: Sequence[bytes]) -> list[Code | None]:
        """Return the codes of the people with these identities; None for one that nobody has."""
        fields = [(keys.identities(fingerprint), fingerprint_field(fingerprint)) for fingerprint in fingerprints]
        codes = await self._client.hget_many(fields)
        return [None if code is None else Code(code.decode()) for code in codes]

    async def set_identity(self, keys: PoolKeys, fingerprint: bytes, code: Code | None) -> None:
        """Let a fingerprint lead to a person; None makes it lead to nobody."""
        bucket, field = keys.identities(fingerprint), fingerprint_field(fingerprint)
        if code is None:
            await self._client.hdel(bucket, field)
        else:
            await self._client.hset(bucket, field, code)

    async def expire(self, keys: PoolKeys, minute: int, codes: Sequence[Code], *, now_ms: int) -> tuple[int, int]:
        """Release the places of `codes`, which are the first of that minute's list.

        Returns:
            How many expired, and how many codes are left in the list.
        """
        fixed = {
            **keys.picking,
            "due": keys.due,
            "due_list": keys.due_in(minute),
            "traffic": keys.traffic(now_ms // 1000 // DAY_S),
        }
        call = EXPIRE.call(
            fixed,
            Items({"records": [keys.records(prefix_of(code)) for code in codes]}, {"code": codes}),
            now_ms=now_ms,
            minute=minute,
        )
        _, expired, left = await self._scripts.run(call)
        return expired, left

    async def _word(self, call: Call) -> str:
        return str((await self._scripts.run(call))[0], "ascii")


def _pack(person: AssignRequest, keys: PoolKeys, named: list[Key], day: int) -> bytes:
    """Append the person's keys to `named` and return what the script reads of them, which names keys by their place.

    Places count from 1, and the fixed keys come first.
    """
    named.append(keys.records(person.prefix))
    home = _FIXED_KEYS + len(named)
    places = (home, person.prefix.encode(), person.suffixes.encode())
    known = _UNKNOWN_CODE if person.known is None else person.known.encode()
    identities, once, contact = person.identities, person.once, person.contact
    if person.wished is None and not (identities or once or contact or person.excluded or person.origin):
        return REQUEST.pack(*places, known, 0, 0, 0, 0, NO_SLOT)  # a visitor of the page, as most are
    if contact:
        named.append(keys.contacts(person.prefix))
    origin = _short(person.origin.encode()) if person.origin else b""
    head = REQUEST.pack(
        *places,
        known,
        len(identities),
        once is not None,
        (1 if contact else 0) + (2 if origin else 0),
        len(person.excluded),
        NO_SLOT if person.wished is None else person.wished,
    )
    parts = [head]
    for fingerprint in identities:
        named.append(keys.identities(fingerprint))
        parts.append(IDENTITY.pack(_FIXED_KEYS + len(named), fingerprint_field(fingerprint)))
    if once is not None:
        fingerprint, request = once
        named += (keys.idempotency(fingerprint, day), keys.idempotency(fingerprint, day - 1))
        parts.append(IDEMPOTENCY.pack(_FIXED_KEYS + len(named) - 1, fingerprint_field(fingerprint), request))
    if person.excluded:
        parts += [EXCLUDED.pack(slot) for slot in person.excluded]
    parts += (origin, frame(contact))
    return b"".join(parts)


def _short(text: bytes) -> bytes:
    return bytes((len(text),)) + text


def frame(sealed: bytes) -> bytes:
    """Put its length before a sealed identity, because a person's identities are stored one after the other."""
    return len(sealed).to_bytes(_FRAME_BYTES) + sealed if sealed else b""


def cut_contacts(kept: bytes) -> Iterator[bytes]:
    """Split the sealed identities of a person, each of which comes after its length."""
    while kept:
        end = _FRAME_BYTES + int.from_bytes(kept[:_FRAME_BYTES])
        yield kept[_FRAME_BYTES:end]
        kept = kept[end:]
