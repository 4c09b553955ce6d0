"""Parse Linq's events about messages, reactions and new conversations."""

from collections.abc import Mapping
from functools import partial

from router.core.events.events import (
    About,
    ChatCreated,
    Fate,
    Irrelevant,
    MessageReceived,
    MessageSent,
    MessageSettled,
    Reacted,
    UnreadableEvent,
)
from router.providers.linq.json_readers import (
    Body,
    Reader,
    read_handle,
    read_line,
    read_moment_us,
    read_object,
    read_objects,
    read_whole_number,
    read_word,
)
from router.providers.linq.participants import read_participants

MAX_TEXT_LENGTH = 4000

_NO_TIME = UnreadableEvent(why="no time")


def _read_message(data: Body, created_at_us: int | None, *, is_ours: bool) -> About:
    who = read_participants(data, is_ours=is_ours)
    sent_at_us = read_moment_us(data.get("sent_at"), data.get("received_at"), otherwise=created_at_us)
    if sent_at_us is None:
        return _NO_TIME
    if who.is_ours:
        return MessageSent(
            line=who.line,
            recipient=who.person,
            chat_id=who.chat_id,
            sent_at_us=sent_at_us,
            is_group=who.is_group,
        )
    if who.person is None:
        return UnreadableEvent(why="no sender")
    return MessageReceived(
        line=who.line,
        sender=who.person,
        text=_read_text(data),
        chat_id=who.chat_id,
        sent_at_us=sent_at_us,
        is_group=who.is_group,
        is_late=data.get("reconciled_at") is not None,
    )


def _read_text(data: Body) -> str:
    text = data.get("text")  # V2 has no parts
    if not isinstance(text, str):
        parts = data["parts"] if "parts" in data else read_object(data.get("message")).get("parts")
        values = [part.get("value") for part in read_objects(parts) if part.get("type") == "text"]
        text = "\n".join(value for value in values if isinstance(value, str))
    return text[:MAX_TEXT_LENGTH]


def _read_settled(data: Body, created_at_us: int | None, *, fate: Fate, time_field: str) -> About:
    who = read_participants(data, is_ours=True)
    if not who.is_ours:
        return Irrelevant()  # the line has read what a person wrote
    at_us = read_moment_us(data.get(time_field), otherwise=created_at_us)
    if at_us is None:
        return _NO_TIME
    return MessageSettled(
        fate=fate,
        line=who.line,
        chat_id=who.chat_id,
        at_us=at_us,
        error_code=read_whole_number(data.get("code")) if fate is Fate.FAILED else None,
    )


def _read_reaction(data: Body, created_at_us: int | None, *, is_ours: bool) -> About:
    who = read_participants(data, is_ours=is_ours)
    at_us = read_moment_us(data.get("reacted_at"), data.get("sent_at"), otherwise=created_at_us)
    if at_us is None:
        return _NO_TIME
    return Reacted(
        line=who.line,
        sender=None if who.is_ours else who.person,
        chat_id=who.chat_id,
        at_us=at_us,
        is_ours=who.is_ours,
        is_group=who.is_group,
    )


def _read_chat(data: Body, created_at_us: int | None) -> About:
    handles = read_objects(data.get("handles"))
    lines = [handle for handle in handles if handle.get("is_me") is True]
    people = [read_handle(handle.get("handle")) for handle in handles if handle.get("is_me") is not True]
    chat_created_at_us = read_moment_us(data.get("created_at"), otherwise=created_at_us)
    if chat_created_at_us is None:
        return _NO_TIME
    return ChatCreated(
        line=read_line(lines[0].get("handle")) if lines else None,
        handles=tuple(filter(None, people)),
        chat_id=read_word(data.get("id")),
        created_at_us=chat_created_at_us,
        is_group=data.get("is_group") is True,
    )


READERS: Mapping[str, Reader] = {
    "message.received": partial(_read_message, is_ours=False),
    "message.sent": partial(_read_message, is_ours=True),
    "message.delivered": partial(_read_settled, fate=Fate.DELIVERED, time_field="delivered_at"),
    "message.read": partial(_read_settled, fate=Fate.READ, time_field="read_at"),
    "message.failed": partial(_read_settled, fate=Fate.FAILED, time_field="failed_at"),
    "reaction.added": partial(_read_reaction, is_ours=False),
    "reaction.received": partial(_read_reaction, is_ours=False),
    "reaction.sent": partial(_read_reaction, is_ours=True),
    "chat.created": _read_chat,
}
