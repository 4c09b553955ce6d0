"""Translate a provider event into the event that one pool's script applies.

A handle becomes a fingerprint and a sealed contact here, and a conversation a digest: no name goes further.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from msgspec.structs import replace as replace_struct

from router.core.capacity.capacity import limits_of
from router.core.events.events import (
    AccountChanged,
    ChatCreated,
    Event,
    Fate,
    Irrelevant,
    LineJoined,
    LineLeft,
    LineMoved,
    LineReported,
    MessageReceived,
    MessageSent,
    MessageSettled,
    Reacted,
    UnreadableEvent,
)
from router.core.numbers.typed_number import read_handle_number
from router.core.people.opt_out import asks_to_return, asks_to_stop, is_provider_opt_out
from router.core.people.personal_data import Identity, PersonalData
from router.core.people.typed_codes import CodesRead, read_codes
from router.core.phone import E164
from router.core.sealer import NONCE_BYTES
from router.core.time_units import DAY_US, MS_US
from router.services.people.new_codes import NewCodes
from router.services.pools.pool_cache import PoolView
from router.services.runtime.randomness import Randomness
from router.store.assignments import frame
from router.store.line_records import REPUTATIONS, STATUSES, limit_numbers
from router.store.pool_events import EventSender, Kind, PoolEvent

_NO_CODES = CodesRead()
MAX_AHEAD_US = 300_000_000  # a provider's clock may be ahead of ours by as much as a signature may be old


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One event on its way into one pool.

    Attributes:
        digest: 32 bytes that a second delivery of the event is known by.
    """

    event: Event
    view: PoolView
    digest: bytes
    now_ms: int

    def of_line(
        self,
        line: E164,
        at_us: int,
        *,
        status: int | None = None,
        reputation: int | None = None,
        is_gone: int | None = None,
        reason: str | None = None,
        detail: str = "",
    ) -> PoolEvent:
        """Return a report about a line."""
        return PoolEvent(
            kind="report",
            id=self.event.id,
            type=self.event.type,
            digest=self.digest,
            day=self._day,
            at_us=self._not_ahead(at_us),
            slot=self.view.slots[line],
            status=status,
            reputation=reputation,
            is_gone=is_gone,
            limits=limits_on_return(self.view, line, now_ms=self.now_ms),
            reason=reason,
            detail=detail,
        )

    def of_chat(
        self,
        kind: Kind,
        line: E164 | None,
        at_us: int,
        *,
        chat: bytes = b"",
        sender: EventSender | None = None,
        codes: CodesRead = _NO_CODES,
        is_ours: bool = False,
        is_late: bool = False,
        opts_out: bool = False,
        wants_quiet: bool = False,
        wants_back: bool = False,
        detail: str = "",
    ) -> PoolEvent | None:
        """Return an event of a conversation; None if neither a line nor a conversation says which line it was on."""
        if line is None and not chat:
            return None
        return PoolEvent(
            kind=kind,
            id=self.event.id,
            type=self.event.type,
            digest=self.digest,
            day=self._day,
            at_us=self._not_ahead(at_us),
            slot=None if line is None else self.view.slots[line],
            sender=sender,
            codes=codes.certain,
            guesses=codes.guesses,
            chat=chat,
            is_ours=is_ours,
            is_late=is_late,
            opts_out=opts_out,
            wants_quiet=wants_quiet,
            wants_back=wants_back,
            detail=detail,
        )

    def of_account(self, line: E164 | None, detail: str) -> PoolEvent:
        """Return a row for the log of events; it changes nothing."""
        return PoolEvent(
            kind="note",
            id=self.event.id,
            type=self.event.type,
            digest=self.digest,
            day=self._day,
            at_us=self.now_ms * MS_US,
            slot=None if line is None else self.view.slots[line],
            detail=detail,
        )

    @property
    def _day(self) -> int:
        return (self.event.created_at_us or 0) // DAY_US

    def _not_ahead(self, at_us: int) -> int:
        """Return a time, or now if it is too far ahead: a wrong clock must not hold a line's state for days."""
        now_us = self.now_ms * MS_US
        return now_us if at_us > now_us + MAX_AHEAD_US else at_us


class EventTranslator:
    """Translates the events of any pool."""

    def __init__(
        self,
        personal_data: PersonalData,
        new_codes: NewCodes,
        random_bytes: Randomness,
        is_our_line: Callable[[str], bool],
    ) -> None:
        self._is_our_line = is_our_line
        self._personal_data = personal_data
        self._new_codes = new_codes
        self._random_bytes = random_bytes

    def translate(self, event: Event, view: PoolView, *, now_ms: int) -> PoolEvent | None:
        """Return the event for the pool's script; None if it contains nothing that a pool needs."""
        match event.about:
            case (LineReported() | LineJoined() | LineLeft()) as about:
                return self._line_report(self._arrival(event, view, now_ms), about)
            case (MessageReceived() | MessageSent() | Reacted() | ChatCreated()) as about:
                arrival = self._arrival(event, view, now_ms)
                names_nobody = about.is_group or self._is_between_lines(about)
                return self._group(arrival, about) if names_nobody else self._conversation(arrival, about)
            case MessageSettled() as about:
                return self._message_result(self._arrival(event, view, now_ms), about)
            case AccountChanged() as about:
                return self._arrival(event, view, now_ms).of_account(about.line, about.summary)
            case LineMoved() | Irrelevant() | UnreadableEvent():
                return None

    def redraw(self, sender: EventSender) -> EventSender:
        """Return the sender with new candidate codes."""
        return replace_struct(sender, suffixes=self._new_codes.redraw_suffixes())

    def _arrival(self, event: Event, view: PoolView, now_ms: int) -> _Arrival:
        return _Arrival(event, view, self._personal_data.digest("event", event.id.encode()), now_ms)

    def _line_report(self, arrival: _Arrival, about: LineReported | LineJoined | LineLeft) -> PoolEvent:
        match about:
            case LineReported():
                return arrival.of_line(
                    about.line,
                    about.changed_at_us,
                    status=STATUSES.index(about.status),
                    reputation=None if about.reputation is None else REPUTATIONS.index(about.reputation),
                    reason=f"the provider says {about.words}" if about.words else None,
                    detail=about.words,
                )
            case LineJoined():
                reason = "the provider gave us the line"
                return arrival.of_line(about.line, about.changed_at_us, is_gone=0, reason=reason)
            case LineLeft():
                reason = "the provider took the line away"
                return arrival.of_line(about.line, about.changed_at_us, is_gone=1, reason=reason)

    def _group(
        self, arrival: _Arrival, about: MessageReceived | MessageSent | Reacted | ChatCreated
    ) -> PoolEvent | None:
        """A message in a group, or between two of our lines, counts as traffic of its line and names nobody."""
        match about:
            case MessageReceived():
                return arrival.of_chat("group", about.line, about.sent_at_us)
            case MessageSent():
                return arrival.of_chat("group", about.line, about.sent_at_us, is_ours=True)
            case Reacted():
                return arrival.of_chat("group", about.line, about.at_us, is_ours=about.is_ours)
            case ChatCreated():
                return None

    def _conversation(
        self, arrival: _Arrival, about: MessageReceived | MessageSent | Reacted | ChatCreated
    ) -> PoolEvent | None:
        chat = self._chat(arrival.view, about.chat_id)
        match about:
            case MessageReceived():
                return arrival.of_chat(
                    "text",
                    about.line,
                    about.sent_at_us,
                    chat=chat,
                    sender=self._sender(arrival.view, about.sender),
                    codes=read_codes(about.text, arrival.view.pool.text),
                    is_late=about.is_late,
                    opts_out=is_provider_opt_out(about.text),
                    wants_quiet=asks_to_stop(about.text),
                    wants_back=asks_to_return(about.text),
                )
            case MessageSent():
                sender = None if about.recipient is None else self._sender(arrival.view, about.recipient)
                return arrival.of_chat("sent", about.line, about.sent_at_us, chat=chat, sender=sender)
            case Reacted():
                is_theirs = about.sender is not None and not about.is_ours
                sender = self._sender(arrival.view, about.sender or "") if is_theirs else None
                return arrival.of_chat(
                    "reaction", about.line, about.at_us, chat=chat, sender=sender, is_ours=about.is_ours
                )
            case ChatCreated():
                if not about.handles:
                    return None
                sender = self._sender(arrival.view, about.handles[0])
                return arrival.of_chat("chat", about.line, about.created_at_us, chat=chat, sender=sender)

    def _message_result(self, arrival: _Arrival, about: MessageSettled) -> PoolEvent | None:
        has_failed = about.fate is Fate.FAILED
        if about.line is None and not has_failed:
            return None
        return arrival.of_chat(
            "failed" if has_failed else "arrived",
            about.line,
            about.at_us,
            chat=self._chat(arrival.view, about.chat_id),
            detail="" if about.error_code is None else f"code {about.error_code}",
        )

    def _is_between_lines(self, about: MessageReceived | MessageSent | Reacted | ChatCreated) -> bool:
        match about:
            case MessageReceived(sender=other) | Reacted(sender=other) | MessageSent(recipient=other):
                pass
            case ChatCreated(handles=handles):
                other = next(iter(handles), None)
        return other is not None and self._is_our_line(other)

    def _chat(self, view: PoolView, chat_id: str) -> bytes:
        return self._personal_data.digest("chat", f"{view.pool.id}\0{chat_id}".encode()) if chat_id else b""

    def _sender(self, view: PoolView, handle: str) -> EventSender:
        phone = read_handle_number(handle)
        identity = Identity(email=handle) if phone is None else Identity(phone=phone)
        [(kind, value)] = identity.known()
        fingerprint, *others = self._personal_data.lookups(kind, view.pool.id, value)
        prefix, suffixes = self._new_codes.draw(fingerprint)
        return EventSender(
            fingerprint,
            frame(self._personal_data.seal(identity, self._random_bytes(NONCE_BYTES))),
            prefix,
            suffixes,
            tuple(others),
        )


def limits_on_return(view: PoolView, number: E164, *, now_ms: int) -> tuple[int, ...]:
    """Return the limits of a line whose warm-up begins now; they apply if the event reopens the line."""
    line = replace(view.lines[view.slots[number]], warming_since_ms=now_ms)
    return limit_numbers(limits_of(line, view.pool, view.measured, now_ms=now_ms))
