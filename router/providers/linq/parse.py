"""Read what Linq says in a webhook's body: every version of it, and whatever else comes with a good signature.

A body is read by the type it names and by its shape, never by the version it claims: early ones claim none. Whatever
can not be read is an event too, so that it is kept and shown instead of being refused, which would lose it for good:
Linq does not repeat what was answered 4xx. Sources: docs.linqapp.com, webhooks; linq-python 0.65.0 and its history.
"""

from hashlib import sha256

import msgspec

from router.core.events import About, Event, Irrelevant, Unreadable
from router.providers.linq import parse_account, parse_lines, parse_messages
from router.providers.linq.fields import Reader, read_moment_us

_MAX_ID_LENGTH = 200
_MAX_TYPE_LENGTH = 80

_DECODER = msgspec.json.Decoder()

_OF_NO_USE = frozenset(
    {
        "call.answered",
        "call.completed",
        "call.declined",
        "call.ended",
        "call.failed",
        "call.initiated",
        "call.no_answer",
        "call.ringing",
        "chat.background_update_failed",
        "chat.background_updated",
        "chat.group_icon_update_failed",
        "chat.group_icon_updated",
        "chat.group_name_update_failed",
        "chat.group_name_updated",
        "chat.typing_indicator.started",
        "chat.typing_indicator.stopped",
        "connection.created",
        "connection.revoked",
        "contact.created",
        "contact.deleted",
        "contact.updated",
        "contact_card.received",
        "location.sharing.started",
        "location.sharing.stopped",
        "message.edited",
        "participant.added",
        "participant.removed",
        "payment.authorized",
        "payment.canceled",
        "payment.declined",
        "payment.expired",
        "payment.succeeded",
        "poll.delivered",
        "poll.failed",
        "poll.reaction.added",
        "poll.read",
        "poll.received",
        "poll.sent",
        "poll.updated",
        "poll.vote.added",
        "poll.vote.removed",
        "reaction.removed",
        "typing_indicator.received",
        "typing_indicator.removed",
    }
)

_READERS: dict[str, Reader] = {
    **parse_lines.READERS,
    **parse_messages.READERS,
    **parse_account.READERS,
    **dict.fromkeys(_OF_NO_USE, lambda _data, _created_at_us: Irrelevant()),
}


def parse_event(raw: bytes) -> Event:
    """Return what a body says; `Unreadable` where that is not known, whatever the bytes are."""
    try:
        body = _DECODER.decode(raw)
    except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors; text that is no UTF-8 raises Python's
        return _unreadable(raw, "not JSON")
    if not isinstance(body, dict):
        return _unreadable(raw, "not a JSON object")
    event_type = body.get("event_type")
    created_at_us = read_moment_us(body.get("created_at"))
    return Event(
        id=_read_id(body.get("event_id")) or _digest(raw),
        type=_printable(event_type),
        created_at_us=created_at_us,
        about=_read_about(event_type, body.get("data"), created_at_us),
    )


def _read_about(event_type: object, data: object, created_at_us: int | None) -> About:
    read = _READERS.get(event_type) if isinstance(event_type, str) else None
    if read is None:
        return Unreadable(why="unknown type")
    if not isinstance(data, dict):
        return Unreadable(why="no data")
    return read(data, created_at_us)


def _unreadable(raw: bytes, why: str) -> Event:
    return Event(id=_digest(raw), type="", created_at_us=None, about=Unreadable(why=why))


def _digest(raw: bytes) -> str:
    return f"body:{sha256(raw).hexdigest()}"


def _read_id(value: object) -> str:
    """Return the id as it is spelled: a repaired one might be that of another event."""
    is_id = isinstance(value, str) and len(value) <= _MAX_ID_LENGTH and value.isprintable() and not value.isspace()
    return str(value) if is_id else ""


def _printable(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return (
        value[:_MAX_TYPE_LENGTH] if value.isprintable() else "".join(filter(str.isprintable, value))[:_MAX_TYPE_LENGTH]
    )
