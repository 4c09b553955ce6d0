"""Say of an event what the store must know to apply it to one pool."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from router.core.capacity import limits_of
from router.core.code import codes_in
from router.core.events import (
    AccountChanged,
    ChatCreated,
    Event,
    Fate,
    LineJoined,
    LineLeft,
    LineReported,
    MessageReceived,
    MessageSent,
    MessageSettled,
    Reacted,
)
from router.core.opt_out import asks_to_stop, is_provider_opt_out
from router.core.personal_data import Identity, IdentityKind, PersonalData
from router.core.phone import E164
from router.core.sealer import NONCE_BYTES
from router.services.directory import PoolView
from router.services.new_codes import NewCodes
from router.services.randomness import Randomness
from router.store.assignments import frame
from router.store.line_records import REPUTATIONS, STATUSES, limit_numbers
from router.store.observations import Observation, Sender

MAX_AHEAD_US = 300_000_000  # a provider's clock may be ahead of ours by as much as a signature may be old
_DAY_US = 86_400_000_000
_MS_US = 1000
_Fields = dict[str, Any]


class Observer:
    """Turns events into observations of one pool; the handles in them are fingerprinted and sealed on the way."""

    def __init__(self, personal_data: PersonalData, new_codes: NewCodes, random_bytes: Randomness) -> None:
        self._personal_data = personal_data
        self._new_codes = new_codes
        self._random_bytes = random_bytes
        self._take: dict[type, Callable[[PoolView, Any, int], _Fields | None]] = {
            LineReported: self._report,
            LineJoined: self._membership,
            LineLeft: self._membership,
            MessageReceived: self._text,
            MessageSent: self._sent,
            MessageSettled: self._settled,
            Reacted: self._reaction,
            ChatCreated: self._chat_created,
            AccountChanged: self._notice,
        }

    def observe(self, event: Event, view: PoolView, *, now_ms: int) -> Observation | None:
        """Return what to tell the store; None for an event that says nothing a pool must know.

        A time too far ahead of our clock is taken to be now: a wrong clock must not hold a line's state for days.
        """
        take = self._take.get(type(event.about))
        fields = None if take is None else take(view, event.about, now_ms)
        if fields is None:
            return None
        at_us = fields.pop("at_us")
        if at_us > now_ms * _MS_US + MAX_AHEAD_US:
            at_us = now_ms * _MS_US
        line: E164 | None = cast(Any, event.about).line
        if line is None and not fields.get("chat") and not isinstance(event.about, AccountChanged):
            return None  # nothing tells which line it was of
        return Observation(
            id=event.id,
            type=event.type,
            digest=self._personal_data.digest("event", event.id.encode()),
            day=(event.created_at_us or 0) // _DAY_US,
            at_us=at_us,
            slot=None if line is None else view.slots[line],
            **fields,
        )

    def redraw(self, sender: Sender) -> Sender:
        """Return a sender with other candidates for a place."""
        return Sender(sender.fingerprint, sender.contact, sender.prefix, self._new_codes.draw_suffixes())

    def _report(self, view: PoolView, about: LineReported, now_ms: int) -> _Fields:
        return {
            "kind": "report",
            "at_us": about.changed_at_us,
            "status": STATUSES.index(about.status),
            "reputation": None if about.reputation is None else REPUTATIONS.index(about.reputation),
            "limits": limits_on_return(view, about.line, now_ms=now_ms),
            "reason": f"the provider says {about.words}" if about.words else None,
            "detail": about.words,
        }

    def _membership(self, view: PoolView, about: LineJoined | LineLeft, now_ms: int) -> _Fields:
        has_left = isinstance(about, LineLeft)
        return {
            "kind": "report",
            "at_us": about.changed_at_us,
            "is_gone": int(has_left),
            "limits": limits_on_return(view, about.line, now_ms=now_ms),
            "reason": "the provider took the line away" if has_left else "the provider gave us the line",
        }

    def _text(self, view: PoolView, about: MessageReceived, _now_ms: int) -> _Fields:
        if about.is_group:
            return {"kind": "group", "at_us": about.sent_at_us}
        return {
            "kind": "text",
            "at_us": about.sent_at_us,
            "sender": self._sender(view, about.sender),
            "chat": self._chat(view, about.chat_id),
            "codes": codes_in(about.text),
            "is_late": about.is_late,
            "opts_out": is_provider_opt_out(about.text),
            "wants_quiet": asks_to_stop(about.text),
        }

    def _sent(self, view: PoolView, about: MessageSent, _now_ms: int) -> _Fields:
        if about.is_group:
            return {"kind": "group", "at_us": about.sent_at_us, "is_ours": True}
        sender = None if about.recipient is None else self._sender(view, about.recipient)
        return {
            "kind": "sent",
            "at_us": about.sent_at_us,
            "sender": sender,
            "chat": self._chat(view, about.chat_id),
        }

    def _settled(self, view: PoolView, about: MessageSettled, _now_ms: int) -> _Fields | None:
        has_failed = about.fate is Fate.FAILED
        if about.line is None and not has_failed:
            return None
        return {
            "kind": "failed" if has_failed else "arrived",
            "at_us": about.at_us,
            "chat": self._chat(view, about.chat_id),
            "detail": "" if about.error_code is None else f"code {about.error_code}",
        }

    def _reaction(self, view: PoolView, about: Reacted, _now_ms: int) -> _Fields:
        if about.is_group:
            return {"kind": "group", "at_us": about.at_us, "is_ours": about.is_ours}
        is_theirs = about.sender is not None and not about.is_ours
        return {
            "kind": "reaction",
            "at_us": about.at_us,
            "sender": self._sender(view, about.sender or "") if is_theirs else None,
            "chat": self._chat(view, about.chat_id),
            "is_ours": about.is_ours,
        }

    def _chat_created(self, view: PoolView, about: ChatCreated, _now_ms: int) -> _Fields | None:
        if about.is_group or not about.handles:
            return None
        return {
            "kind": "chat",
            "at_us": about.created_at_us,
            "sender": self._sender(view, about.handles[0]),
            "chat": self._chat(view, about.chat_id),
        }

    def _notice(self, _view: PoolView, about: AccountChanged, now_ms: int) -> _Fields:
        return {"kind": "note", "at_us": now_ms * _MS_US, "detail": about.summary}

    def _chat(self, view: PoolView, chat_id: str) -> bytes:
        return self._personal_data.digest("chat", f"{view.pool.id}\0{chat_id}".encode()) if chat_id else b""

    def _sender(self, view: PoolView, handle: str) -> Sender:
        is_phone = handle.startswith("+")
        kind = IdentityKind.PHONE if is_phone else IdentityKind.EMAIL
        identity = Identity(phone=handle) if is_phone else Identity(email=handle)
        fingerprint = self._personal_data.fingerprint(kind, pool=view.pool.id, value=handle)
        return Sender(
            fingerprint,
            frame(self._personal_data.seal(identity, self._random_bytes(NONCE_BYTES))),
            self._new_codes.home_of(fingerprint),
            self._new_codes.draw_suffixes(),
        )


def limits_on_return(view: PoolView, number: E164, *, now_ms: int) -> tuple[int, ...]:
    """Limits of a line whose warm-up begins now, should the event end its closure."""
    line = replace(view.lines[view.slots[number]], warming_since_ms=now_ms)
    return limit_numbers(limits_of(line, view.pool, view.measured, now_ms=now_ms))
