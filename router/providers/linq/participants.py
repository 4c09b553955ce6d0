"""Find the line and the person of a message or reaction.

Three shapes of body are in use. The current one has a `chat` with its owner, the line. The first V3 shape gives sender
and recipient. V2 lists everybody in the conversation and marks the line. None of these fields is guaranteed.
"""

from typing import NamedTuple

from router.core.phone import E164
from router.providers.linq.json_readers import (
    Body,
    read_bool,
    read_handle,
    read_line,
    read_name,
    read_object,
    read_objects,
    read_word,
)


class Participants(NamedTuple):
    """Who wrote to whom.

    Attributes:
        person: the sender, or the recipient of our message; None for our message to a group, and where it is not given.
        is_ours: whether it came from the line.
    """

    line: E164 | None
    person: str | None
    is_ours: bool
    chat_id: str
    is_group: bool


class _Sender(NamedTuple):
    handle: str | None
    is_line: bool | None


def read_participants(data: Body, *, is_ours: bool) -> Participants:
    """Read the line and the person of a message or reaction.

    Args:
        data: the body's `data`, in any of the shapes.
        is_ours: what the event's type says. A field in the body that says otherwise wins.
    """
    chat = data.get("chat")
    if isinstance(chat, dict):
        return _read_present(data, chat, is_ours=is_ours)
    handles = data.get("chat_handles")
    if isinstance(handles, list):
        return _read_v2(data, read_objects(handles), is_ours=is_ours)
    return _read_first(data, is_ours=is_ours)


def _read_present(data: Body, chat: Body, *, is_ours: bool) -> Participants:
    sender = _read_sender(data)
    is_ours = _decide(data, sender, otherwise=is_ours)
    line = read_line(read_name(chat.get("owner_handle"), "handle"))
    if is_ours:
        line = line or read_line(sender.handle)
    return Participants(line, None if is_ours else sender.handle, is_ours, read_word(chat.get("id")), _is_group(chat))


def _read_first(data: Body, *, is_ours: bool) -> Participants:
    sender = _read_sender(data)
    is_ours = _decide(data, sender, otherwise=is_ours)
    recipient = read_handle(data.get("recipient_phone")) or read_handle(
        read_name(data.get("recipient_handle"), "handle")
    )
    line, person = (sender.handle, recipient) if is_ours else (recipient, sender.handle)
    return Participants(read_line(line), person, is_ours, read_word(data.get("chat_id")), _is_group(data))


def _read_v2(data: Body, handles: list[Body], *, is_ours: bool) -> Participants:
    lines = [read_line(handle.get("identifier")) for handle in handles if handle.get("is_me") is True]
    people = [read_handle(handle.get("identifier")) for handle in handles if handle.get("is_me") is not True]
    line = lines[0] if lines else None
    sender = read_handle(data.get("from_phone")) or read_handle(read_name(data.get("chat_handle"), "identifier"))
    is_ours = _decide(data, _Sender(sender, None), otherwise=is_ours or (sender is not None and sender == line))
    other = people[0] if len(people) == 1 else None
    person = other if is_ours else sender or other
    return Participants(line, person, is_ours, read_word(data.get("chat_id")), len(people) > 1)


def _read_sender(data: Body) -> _Sender:
    for field in ("sender_handle", "from_handle"):
        sender = read_object(data.get(field))
        if (handle := read_handle(sender.get("handle"))) is not None:
            return _Sender(handle, read_bool(sender.get("is_me")))
    return _Sender(read_handle(data.get("from")), None)


def _decide(data: Body, sender: _Sender, *, otherwise: bool) -> bool:
    """Decide whether the line wrote it, by the first field that says so."""
    direction = data.get("direction")
    if direction == "outbound":
        return True
    if direction == "inbound":
        return False
    for is_ours in (read_bool(data.get("is_from_me")), sender.is_line):
        if is_ours is not None:
            return is_ours
    return otherwise


def _is_group(value: Body) -> bool:
    return value.get("is_group") is True
