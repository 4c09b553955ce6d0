"""The data of `message.*` and `reaction.added` webhooks, in both versions."""

from router.sandbox.moments import format_ms, format_ms_or_none
from router.sandbox.records import Json, Participant, SandboxMessage
from router.sandbox.shapes import handle_shape, health_shape

_LATER_EVENTS = {"message.delivered": "delivered_at", "message.read": "read_at"}


def new_message_data(message: SandboxMessage) -> Json:
    """Return the data in webhook version 2026-02-03, the same for received, sent, delivered and read."""
    chat = message.chat
    return {
        "id": message.id,
        "chat": {
            "id": chat.id,
            "is_group": chat.is_group,
            "owner_handle": handle_shape(chat.line),
            "health_status": health_shape(chat),
        },
        "direction": "inbound" if message.is_inbound else "outbound",
        "sender_handle": handle_shape(message.sender),
        "parts": [{"text_decorations": None, **part} if part["type"] == "text" else part for part in message.parts],
        "effect": message.effect,
        "reply_to": message.reply_to,
        "sent_at": format_ms_or_none(message.sent_ns),
        "delivered_at": format_ms_or_none(message.delivered_ns),
        "read_at": format_ms_or_none(message.read_ns),
        "service": message.speech,
        "preferred_service": message.preferred_service,
        "idempotency_key": message.idempotency_key,
        **({} if message.recovered_ns is None else {"reconciled_at": format_ms(message.recovered_ns)}),
    }


def old_message_data(event_type: str, message: SandboxMessage) -> Json:
    """Return the data in webhook version 2025-01-01."""
    chat = message.chat
    recipient = chat.line if message.is_inbound else chat.people[0]
    data: Json = {
        "chat_id": chat.id,
        "from": message.sender.handle,
        "from_handle": handle_shape(message.sender),
        "is_from_me": not message.is_inbound,
        "is_group": chat.is_group,
        "message": {
            "id": message.id,
            "parts": message.parts,
            "effect": message.effect,
            "reply_to": message.reply_to,
        },
        "recipient_phone": recipient.handle,
        "recipient_handle": handle_shape(recipient),
        "service": message.speech,
        "preferred_service": message.preferred_service,
        "idempotency_key": message.idempotency_key,
        "received_at" if message.is_inbound else "sent_at": format_ms_or_none(message.sent_ns),
        **({} if message.recovered_ns is None else {"reconciled_at": format_ms(message.recovered_ns)}),
    }
    if event_type in _LATER_EVENTS:
        data["message_id"] = message.id
        data["delivered_at"] = format_ms_or_none(message.delivered_ns)
        data[_LATER_EVENTS[event_type]] = format_ms_or_none(
            message.read_ns if event_type == "message.read" else message.delivered_ns
        )
    return data


def failed_data(message: SandboxMessage, *, code: int, reason: str, now_ns: int) -> Json:
    """Return the data of `message.failed`, which names no line."""
    return {
        "chat_id": message.chat.id,
        "message_id": message.id,
        "code": code,
        "detail_code": 118,
        "reason": reason,
        "failed_at": format_ms(now_ns),
        "preferred_service": message.preferred_service or "auto",
        "service": message.speech,
    }


def reaction_data(message: SandboxMessage, reactor: Participant, *, reaction: Json, now_ns: int) -> Json:
    """Return the data of `reaction.added` and `reaction.removed`."""
    return {
        "chat_id": message.chat.id,
        "message_id": message.id,
        "part_index": 0,
        "reaction_id": reaction["id"],
        "reaction_type": reaction["type"],
        "custom_emoji": reaction["custom_emoji"],
        "sticker": None,
        "is_from_me": reactor.is_line,
        "from": reactor.handle,
        "from_handle": handle_shape(reactor),
        "reacted_at": format_ms(now_ns),
        "service": message.speech,
    }
