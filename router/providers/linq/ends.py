"""Find the line and the person at the two ends of a message or reaction.

Three shapes of body are in use. The present one has a `chat` with its owner, the line. The first of V3 tells who wrote
to whom. V2 lists everybody in the conversation and marks the line. None promises any of it.
"""

from typing import NamedTuple

from router.core.phone import E164
from router.providers.linq.fields import (
    Body,
    read_bool,
    read_handle,
    read_line,
    read_name,
    read_object,
    read_objects,
    read_word,
)


class Ends(NamedTuple):
    """Who wrote to whom.

    Attributes:
        person: who wrote, or who was written to; None in a group that is written to, and where not told.
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


def read_ends(data: Body, *, is_ours: bool) -> Ends:
    """Read the ends of a message or reaction.

    Args:
        data: the body's `data`, in any of the shapes.
        is_ours: what the type of the event says; a word to the contrary in the body wins.
    """
    chat = data.get("chat")
    if isinstance(chat, dict):
        return _read_present(data, chat, is_ours=is_ours)
    handles = data.get("chat_handles")
    if isinstance(handles, list):
        return _read_v2(data, read_objects(handles), is_ours=is_ours)
    return _read_first(data, is_ours=is_ours)


def _read_present(data: Body, chat: Body, *, is_ours: bool) -> Ends:
    sender = _read_sender(data)
    is_ours = _decide(data, sender, otherwise=is_ours)
    line = read_line(read_name(chat.get("owner_handle"), "handle"))
    if is_ours:
        line = line or read_line(sender.handle)
    return Ends(line, None if is_ours else sender.handle, is_ours, read_word(chat.get("id")), _is_group(chat))


def _read_first(data: Body, *, is_ours: bool) -> Ends:
    sender = _read_sender(data)
    is_ours = _decide(data, sender, otherwise=is_ours)
    recipient = read_handle(data.get("recipient_phone")) or read_handle(
        read_name(data.get("recipient_handle"), "handle")
    )
    line, person = (sender.handle, recipient) if is_ours else (recipient, sender.handle)
    return Ends(read_line(line), person, is_ours, read_word(data.get("chat_id")), _is_group(data))


def _read_v2(data: Body, handles: list[Body], *, is_ours: bool) -> Ends:
    lines = [read_line(handle.get("identifier")) for handle in handles if handle.get("is_me") is True]
    people = [read_handle(handle.get("identifier")) for handle in handles if handle.get("is_me") is not True]
    line = lines[0] if lines else None
    sender = read_handle(data.get("from_phone")) or read_handle(read_name(data.get("chat_handle"), "identifier"))
    is_ours = _decide(data, _Sender(sender, None), otherwise=is_ours or (sender is not None and sender == line))
    other = people[0] if len(people) == 1 else None
    person = other if is_ours else sender or other
    return Ends(line, person, is_ours, read_word(data.get("chat_id")), len(people) > 1)


def _read_sender(data: Body) -> _Sender:
    for field in ("sender_handle", "from_handle"):
        sender = read_object(data.get(field))
        if (handle := read_handle(sender.get("handle"))) is not None:
            return _Sender(handle, read_bool(sender.get("is_me")))
    return _Sender(read_handle(data.get("from")), None)


def _decide(data: Body, sender: _Sender, *, otherwise: bool) -> bool:
    """Say whether the line wrote it, by the first field that says so."""
    direction = data.get("direction")
    if direction == "outbound":
        return True
    if direction == "inbound":
        return False
    for told in (read_bool(data.get("is_from_me")), sender.is_line):
        if told is not None:
            return told
    return otherwise


def _is_group(value: Body) -> bool:
    return value.get("is_group") is True
