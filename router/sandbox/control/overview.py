"""Overviews of the sandbox's state, for the control API and the page."""

from collections import Counter

from router.sandbox.deliveries import Try
from router.sandbox.events import SandboxEvent
from router.sandbox.moments import format_ms
from router.sandbox.records import Json, SandboxLine, SandboxMessage, SandboxSubscription
from router.sandbox.sandbox import Sandbox
from router.sandbox.shapes import subscription_shape

_MESSAGES_SHOWN = 50


def world_shape(sandbox: Sandbox) -> Json:
    """Return an overview of everything."""
    world = sandbox.world
    people = Counter(chat.line.handle for chat in world.chats.values())
    return {
        "lines": [line_shape(line, chats=people[line.number]) for line in world.lines.values()],
        "subscriptions": [secret_shape(each) for each in world.subscriptions.values()],
        "messages": [message_shape(message) for message in latest_messages(sandbox, _MESSAGES_SHOWN)],
        "opted_out": sorted(world.opted_out),
        "blocked": sorted(world.blocked),
        "settings": world.behaviour.model_dump(),
        "counts": {
            "chats": len(world.chats),
            "messages": len(world.messages),
            "events": len(world.events),
            "pending_deliveries": sandbox.deliveries.pending,
        },
    }


def line_shape(line: SandboxLine, *, chats: int | None = None) -> Json:
    """Return a line, including what Linq's own list hides."""
    shape: Json = {
        "id": line.id,
        "number": line.number,
        "kind": line.kind,
        "status": line.status,
        "reputation": line.reputation,
        "environment": line.environment,
        "card": None if line.card is None else f"{line.card.first_name} {line.card.last_name or ''}".strip(),
    }
    return shape if chats is None else shape | {"chats": chats}


def message_shape(message: SandboxMessage) -> Json:
    """Return a short form of a message."""
    person = message.chat.people[0].handle
    line = message.chat.line.handle
    return {
        "id": message.id,
        "chat": message.chat.id,
        "from": message.sender.handle,
        "to": line if message.is_inbound else person,
        "direction": "inbound" if message.is_inbound else "outbound",
        "text": message.text,
        "status": message.status,
        "at": format_ms(message.created_ns),
    }


def secret_shape(subscription: SandboxSubscription) -> Json:
    """Return a subscription with its secret, which Linq shows only once."""
    return subscription_shape(subscription) | {"signing_secret": subscription.secret}


def event_shape(event: SandboxEvent) -> Json:
    """Return a short form of an event, for the answer of the call that caused it."""
    return {"id": event.id, "type": event.type}


def latest_messages(sandbox: Sandbox, limit: int) -> list[SandboxMessage]:
    """Return the newest messages, the newest first."""
    newest = reversed(sandbox.world.messages.values())
    return [message for message, _ in zip(newest, range(limit), strict=False)]


def latest_tries(sandbox: Sandbox, limit: int, *, event_id: str | None = None) -> list[Try]:
    """Return the newest delivery tries, the newest first."""
    found = (one for one in reversed(sandbox.deliveries.tries) if event_id in {None, one.event.id})
    return [one for one, _ in zip(found, range(limit), strict=False)]
