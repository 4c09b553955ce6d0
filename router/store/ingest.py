"""Take what the provider told into a pool, many events in one atomic step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from struct import Struct
from typing import Any

import msgspec

from router.core.code import Code, prefix_of
from router.core.suspicion import SuspicionRules
from router.store.keys import PoolKeys, fingerprint_field
from router.store.observations import Observation
from router.store.scripts import Scripts

MAX_BATCH = 32  # as many as signups, for the same reason
_DAY_MS = 86_400_000
_SEEN_FIELD = slice(2, 18)
_OCTETS = Struct(">16s8s8s")
_ELSEWHERE = "elsewhere"
_CROWDED = "crowded"
_PLAIN_FIELDS = (
    "kind",
    "at_us",
    "slot",
    "status",
    "reputation",
    "is_gone",
    "limits",
    "reason",
    "is_ours",
    "is_late",
    "opts_out",
    "wants_quiet",
    "detail",
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of an event.

    Attributes:
        word: as lua/ingest/ names it: duplicate, stale, flagged, recovered, confirmed, moved, met, …
        code: the person's, where there is one.
        slot: the line of a failure, which only its conversation told.
    """

    word: str
    code: Code | None = None
    slot: int | None = None

    @property
    def must_ask_again(self) -> bool:
        """Whether nothing was done, because the person's record, `code`, was not the one we named."""
        return self.word in {_ELSEWHERE, _CROWDED}


class _Reply(msgspec.Struct, frozen=True, array_like=True, gc=False):
    word: str
    code: str
    slot: int | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Reply]).decode


class Ingest:
    """The one way by which the provider's word reaches a pool."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def take(
        self,
        keys: PoolKeys,
        observations: Sequence[Observation],
        *,
        backups: int,
        rules: SuspicionRules,
        lines: int,
        now_ms: int,
    ) -> list[Effect]:
        """Apply events in their order, each at most once, and tell what became of each.

        Args:
            keys: the pool.
            observations: at most MAX_BATCH.
            backups: further numbers on the card of a person met or moved.
            rules: when failing messages bench a line.
            lines: lines of the pool, of which inference may bench a part.
            now_ms: the store's clock.

        Raises:
            StoreUnavailable: it is not known whether they were applied; deliver them again.
        """
        day = now_ms // _DAY_MS
        names: list[str] = [
            *keys.picking,
            keys.health,
            keys.traffic(day),
            keys.line_events,
            keys.people_events,
            keys.arrivals,
            keys.moves,
            keys.news,
            keys.wrong(day),
            keys.wrong(day - 1),
        ]
        packed = [part for observation in observations for part in _spell(observation, keys, names)]
        told = (
            rules.half_life // timedelta(milliseconds=1),
            rules.min_failed,
            rules.failed_permille,
            rules.most_benched(lines),
        )
        reply = await self._scripts.change("ingest", names, now_ms, backups, _encode(told), *packed)
        return [Effect(it.word, Code(it.code) if it.code else None, it.slot) for it in _decode(reply)]


def _spell(it: Observation, keys: PoolKeys, names: list[str]) -> tuple[bytes, bytes]:
    """Append the event's keys to `names` and return what the script reads of it: its fields, and its octets.

    Key indexes count from 1. The octets go apart because cmsgpack in Lua knows no binary strings.
    """

    def name(key: str) -> int:
        names.append(key)
        return len(names)

    def name_person(prefix: str) -> int:
        index = name(keys.records(prefix))
        name(keys.contacts(prefix))
        return index

    told = _plain_fields(it)
    seen_field = handle_field = chat_field = contact = b""
    if it.digest:
        told["seen"], seen_field = name(keys.seen(it.digest, it.day)), it.digest[_SEEN_FIELD]
    if it.chat:
        told["chat"], chat_field = name(keys.chats(it.chat)), fingerprint_field(it.chat)
    if it.known is not None:
        told |= {"known": it.known, "known_key": name_person(prefix_of(it.known))}
    if it.codes:
        told["codes"] = [(code, name_person(prefix_of(code))) for code in it.codes]
    if (sender := it.sender) is not None:
        told["handle"] = name(keys.identities(sender.fingerprint))
        handle_field, contact = fingerprint_field(sender.fingerprint), sender.contact
        if sender.suffixes:
            told |= {"home": name_person(sender.prefix), "prefix": sender.prefix, "suffixes": sender.suffixes}
    return _encode(told), _OCTETS.pack(seen_field, handle_field, chat_field) + contact


def _plain_fields(it: Observation) -> dict[str, Any]:
    given = ((field, getattr(it, field)) for field in _PLAIN_FIELDS)
    told = {field: value for field, value in given if value is not None and value is not False and value != ""}
    return told | {"id": it.id, "type": it.type}
