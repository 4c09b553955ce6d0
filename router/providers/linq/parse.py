"""Parse the body of a Linq webhook, in every version, and anything else that comes with a good signature.

A body is read by its type and shape, never by the version it claims: early bodies claim none. A body that cannot be
read becomes an event too, so that it is stored and shown. If we refused it, it would be lost: Linq does not repeat a
delivery that was answered 4xx. Sources: docs.linqapp.com, webhooks; linq-python 0.65.0 and its history.
"""

from hashlib import sha256

import msgspec

from router.core.events.events import About, Event, Irrelevant, UnreadableEvent
from router.providers.linq import parse_account, parse_lines, parse_messages
from router.providers.linq.json_readers import Reader, read_moment_us

_MAX_ID_LENGTH = 200
_MAX_TYPE_LENGTH = 80

_DECODER = msgspec.json.Decoder()

_IRRELEVANT = frozenset(
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
    **dict.fromkeys(_IRRELEVANT, lambda _data, _created_at_us: Irrelevant()),
}


def parse_event(raw: bytes) -> Event:
    """Return the event in a body. Any bytes are accepted; what we do not understand is an `UnreadableEvent`."""
    try:
        body = _DECODER.decode(raw)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, like Python's on bad UTF-8
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
        return UnreadableEvent(why="unknown type")
    if not isinstance(data, dict):
        return UnreadableEvent(why="no data")
    return read(data, created_at_us)


def _unreadable(raw: bytes, why: str) -> Event:
    return Event(id=_digest(raw), type="", created_at_us=None, about=UnreadableEvent(why=why))


def _digest(raw: bytes) -> str:
    return f"body:{sha256(raw).hexdigest()}"


def _read_id(value: object) -> str:
    """Return the id exactly as it is written: a repaired one might be another event's."""
    is_id = isinstance(value, str) and len(value) <= _MAX_ID_LENGTH and value.isprintable() and not value.isspace()
    return str(value) if is_id else ""


def _printable(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return (
        value[:_MAX_TYPE_LENGTH] if value.isprintable() else "".join(filter(str.isprintable, value))[:_MAX_TYPE_LENGTH]
    )
