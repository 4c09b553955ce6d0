"""Take what the provider told into a pool, many events in one atomic step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from router.core.code import Code, prefix_of
from router.core.lines.suspicion import SuspicionRules
from router.core.time_units import DAY_MS
from router.store.formats import EVENT
from router.store.keys import Key, PoolKeys, fingerprint_field
from router.store.pool_events import PoolEvent
from router.store.server.operation import Items
from router.store.server.operations import APPLY_EVENTS
from router.store.server.scripts import Scripts

MAX_BATCH = APPLY_EVENTS.most
_FIXED_KEYS = len(APPLY_EVENTS.keys)
_SEEN_FIELD = slice(2, 18)
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
    "wants_back",
    "detail",
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of an event.

    Attributes:
        word: as lua/events/ names it: duplicate, stale, flagged, recovered, confirmed, moved, met, …
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


class EventScript:
    """Applies provider events to a pool, in one script."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def apply(
        self,
        keys: PoolKeys,
        events: Sequence[PoolEvent],
        *,
        backups: int,
        rules: SuspicionRules,
        lines: int,
        now_ms: int,
    ) -> list[Effect]:
        """Apply events in their order, each at most once, and return the effect of each.

        Args:
            keys: the pool.
            events: at most MAX_BATCH.
            backups: backup numbers on the card of a person who is new or moved.
            rules: when failing messages make a line suspected.
            lines: how many lines the pool has; only a part of them may be suspected.
            now_ms: the store's clock.

        Raises:
            StoreUnavailable: it is not known whether they were applied; deliver them again.
        """
        day = now_ms // DAY_MS
        fixed = {
            **keys.picking,
            "health": keys.health,
            "traffic": keys.traffic(day),
            "line_events": keys.line_events,
            "people_events": keys.people_events,
            "arrivals": keys.arrivals,
            "moves": keys.moves,
            "news": keys.news,
            "wrong_today": keys.wrong(day),
            "wrong_yesterday": keys.wrong(day - 1),
        }
        named: list[Key] = []
        packed = [_pack(event, keys, named) for event in events]
        packed_rules = (
            rules.half_life // timedelta(milliseconds=1),
            rules.min_failed,
            rules.failed_permille,
            rules.most_benched(lines),
        )
        call = APPLY_EVENTS.call(
            fixed,
            Items(
                args={"fields": [fields for fields, _ in packed], "octets": [octets for _, octets in packed]},
                named_keys=named,
            ),
            now_ms=now_ms,
            backups=backups,
            rules=_encode(packed_rules),
        )
        reply = await self._scripts.run(call)
        return [Effect(it.word, Code(it.code) if it.code else None, it.slot) for it in _decode(reply)]


def _pack(it: PoolEvent, keys: PoolKeys, named: list[Key]) -> tuple[bytes, bytes]:
    """Append the event's keys to `named` and return what the script reads of it: its fields, and its octets.

    Fields name keys by their place, which counts from 1; the fixed keys come first. The octets go apart because
    cmsgpack in Lua knows no binary strings.
    """

    def name(key: Key) -> int:
        named.append(key)
        return _FIXED_KEYS + len(named)

    def name_person(prefix: str) -> int:
        index = name(keys.records(prefix))
        name(keys.contacts(prefix))
        return index

    fields = _plain_fields(it)
    seen_field = handle_field = chat_field = others = contact = b""
    if it.digest:
        fields["seen"], seen_field = name(keys.seen(it.digest, it.day)), it.digest[_SEEN_FIELD]
    if it.chat:
        fields["chat"], chat_field = name(keys.chats(it.chat)), fingerprint_field(it.chat)
    if it.known is not None:
        fields |= {"known": it.known, "known_key": name_person(prefix_of(it.known))}
    if it.codes:
        fields["codes"] = [(code, name_person(prefix_of(code))) for code in it.codes]
    if it.guesses:
        fields["guesses"] = [(code, name_person(prefix_of(code))) for code in it.guesses]
    if (sender := it.sender) is not None:
        fields["handle"] = name(keys.identities(sender.fingerprint))
        handle_field, contact = fingerprint_field(sender.fingerprint), sender.contact
        if sender.others:
            fields["others"] = [name(keys.identities(other)) for other in sender.others]
            others = b"".join(map(fingerprint_field, sender.others))
        if sender.suffixes:
            fields |= {"home": name_person(sender.prefix), "prefix": sender.prefix, "suffixes": sender.suffixes}
    return _encode(fields), EVENT.pack(seen_field, handle_field, chat_field) + others + contact


def _plain_fields(it: PoolEvent) -> dict[str, Any]:
    given = ((field, getattr(it, field)) for field in _PLAIN_FIELDS)
    told = {field: value for field, value in given if value is not None and value is not False and value != ""}
    return told | {"id": it.id, "type": it.type}
