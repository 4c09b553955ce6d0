"""Shape the API's answers: chats, messages, lines, cards and subscriptions, as the official SDK reads them."""

from router.core.line import Reputation
from router.sandbox.moments import format_answer, format_answer_or_none, format_ms
from router.sandbox.records import (
    Card,
    Chat,
    DeliveryStatus,
    Json,
    Participant,
    SandboxLine,
    SandboxMessage,
    SandboxSubscription,
)

_GUIDES = "https://docs.linqapp.com/channel/imessage/guides"


def handle_shape(participant: Participant) -> Json:
    """Return a ChatHandle."""
    return {
        "id": participant.id,
        "handle": participant.handle,
        "joined_at": format_ms(participant.joined_ns),
        "service": participant.speech,
        "is_me": participant.is_line,
        "left_at": None,
        "status": "active",
    }


def health_shape(chat: Chat) -> Json:
    """Return a chat's health."""
    return {
        "status": chat.health,
        "doc_url": f"{_GUIDES}/chats/chat-health#{chat.health.lower().replace('_', '-')}",
        "updated_at": format_ms(chat.health_ns),
    }


def chat_shape(chat: Chat) -> Json:
    """Return a chat as in `GET /v3/chats/{id}` and `chat.created`."""
    return {
        "id": chat.id,
        "created_at": format_ms(chat.created_ns),
        "updated_at": format_ms(chat.updated_ns),
        "display_name": ", ".join(person.handle for person in chat.people),
        "handles": handles_shape(chat),
        "health_status": health_shape(chat),
        "is_archived": False,
        "is_group": chat.is_group,
        "service": chat.speech,
        "group_chat_icon": None,
    }


def handles_shape(chat: Chat) -> list[Json]:
    """Return all participants of a chat, the line first."""
    return [handle_shape(participant) for participant in (chat.line, *chat.people)]


def message_shape(message: SandboxMessage) -> Json:
    """Return a message as in `GET /v3/messages/{id}`."""
    return {
        **sent_shape(message),
        "chat_id": message.chat.id,
        "updated_at": format_answer(message.read_ns or message.delivered_ns or message.sent_ns or message.created_ns),
        "is_from_me": not message.is_inbound,
        "is_delivered": message.status in {DeliveryStatus.DELIVERED, DeliveryStatus.READ},
        "read_at": format_answer_or_none(message.read_ns),
        "from": message.sender.handle,
        **({} if message.recovered_ns is None else {"reconciled_at": format_answer(message.recovered_ns)}),
    }


def sent_shape(message: SandboxMessage) -> Json:
    """Return a message as in the answer to a send."""
    return {
        "id": message.id,
        "created_at": format_answer(message.created_ns),
        "delivery_status": message.status,
        "is_read": message.read_ns is not None,
        "parts": [{**part, "reactions": message.reactions or None} for part in message.parts],
        "sent_at": format_answer_or_none(message.sent_ns),
        "delivered_at": format_answer_or_none(message.delivered_ns),
        "effect": message.effect,
        "from_handle": handle_shape(message.sender),
        "preferred_service": message.preferred_service,
        "reply_to": message.reply_to,
        "service": message.speech,
    }


def line_shape(line: SandboxLine) -> Json:
    """Return a line as in `GET /v3/phone_numbers`: with its reputation, but never whether it is flagged."""
    return {
        "id": line.id,
        "phone_number": line.number,
        "forwarding_number": line.forwarding_number,
        "line_type": line.kind,
        "reputation": reputation_shape(line.reputation),
    }


def reputation_shape(reputation: Reputation) -> Json:
    """Return a reputation as an object."""
    anchor = reputation.lower().replace("_", "-")
    return {"status": reputation, "doc_url": f"{_GUIDES}/phone-numbers/phone-reputation#{anchor}"}


def card_shape(number: str, card: Card) -> Json:
    """Return a line's contact card."""
    return {
        "phone_number": number,
        "first_name": card.first_name,
        "last_name": card.last_name,
        "image_url": card.image_url,
        "is_active": True,
    }


def subscription_shape(subscription: SandboxSubscription) -> Json:
    """Return a subscription, without its secret."""
    return {
        "id": subscription.id,
        "target_url": subscription.target_url,
        "subscribed_events": subscription.events,
        "phone_numbers": subscription.phone_numbers or None,
        "is_active": subscription.is_active,
        "routing_key_header": subscription.routing_key_header,
        "routing_id_header": subscription.routing_id_header,
        "created_at": format_ms(subscription.created_ns),
        "updated_at": format_ms(subscription.updated_ns),
    }
