"""Messages between people and lines, their delivery, and opt-outs."""

import re

from router.core.line import Status
from router.sandbox import faults
from router.sandbox.message_bodies import (
    failed_data,
    new_message_data,
    old_message_data,
    reaction_data,
)
from router.sandbox.records import (
    Chat,
    ChatHealth,
    DeliveryStatus,
    Json,
    Kind,
    Participant,
    SandboxLine,
    SandboxMessage,
    Speech,
)
from router.sandbox.shapes import chat_shape, handle_shape
from router.sandbox.world import World

# The whole trimmed message, in exactly these letters; only OPT OUT may be in any case, with a dash or a space.
_OPT_OUT_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "OPTOUT", "CANCEL", "END", "QUIT"})
_OPT_OUT_LOOSELY = re.compile(r"opt[ -]?out", re.IGNORECASE)
_FAILURES = {4001: "Delivery failed", 4002: "Phone not available", 3007: "Maximum delivery attempts exceeded"}


class TextNotDelivered(Exception):
    """A person's text does not arrive. The message says why."""


def is_opt_out(text: str) -> bool:
    """Whether a text is an opt-out."""
    trimmed = text.strip()
    return trimmed in _OPT_OUT_WORDS or _OPT_OUT_LOOSELY.fullmatch(trimmed) is not None


def clean_handle(handle: str) -> str:
    """Return a handle as Linq stores it: e-mail addresses in lower case."""
    return handle.strip().lower() if "@" in handle else handle.strip()


def open_chat(world: World, line: SandboxLine, people: list[str], *, speech: Speech | None = None, now_ns: int) -> Chat:
    """Begin a conversation."""
    spoken = speech or _speech_of(line.kind, people)

    def participant(handle: str, *, is_line: bool = False) -> Participant:
        return Participant(id=world.new_id(), handle=handle, joined_ns=now_ns, speech=spoken, is_line=is_line)

    chat = Chat(
        id=world.new_id(),
        line=participant(line.number, is_line=True),
        people=tuple(participant(handle) for handle in people),
        speech=spoken,
        created_ns=now_ns,
        updated_ns=now_ns,
        health_ns=now_ns,
    )
    world.add_chat(chat)
    world.emit("chat.created", chat_shape(chat), line=line.number, now_ns=now_ns)
    return chat


def find_chats(world: World, people: frozenset[str]) -> list[Chat]:
    """Return the chats with exactly these people, the most recently active first."""
    return sorted(world.chats_by_people.get(people, ()), key=lambda chat: chat.updated_ns, reverse=True)


def receive_text(
    world: World,
    *,
    sender: str,
    number: str,
    text: str,
    now_ns: int,
    speech: Speech | None = None,
    is_late: bool = False,
    anyway: bool = False,
) -> SandboxMessage | None:
    """Let a person text a line.

    A late message is one that the provider finds only now. `anyway` delivers on a flagged line too, which happens for
    a short while.

    Returns:
        The message, or None if the account has blocked its sender.

    Raises:
        TextNotDelivered: there is no such line, or it is flagged.
    """
    line = world.lines.get(number)
    if line is None:
        raise TextNotDelivered(f"{number} is not a line of this account.")
    if line.status is Status.FLAGGED and not anyway:
        raise TextNotDelivered(f"{number} is flagged: texts to it do not arrive.")
    sender = clean_handle(sender)
    if sender in world.blocked:
        return None
    chat = _chat_of(world, line, sender) or open_chat(world, line, [sender], speech=speech, now_ns=now_ns)
    _apply_opt_out(world, chat, sender, text, now_ns=now_ns)
    message = SandboxMessage(
        id=world.new_id(),
        chat=chat,
        sender=chat.people[0],
        parts=[{"type": "text", "value": text}],
        speech=speech or chat.speech,
        created_ns=now_ns,
        sent_ns=now_ns,
        status=DeliveryStatus.RECEIVED,
        recovered_ns=now_ns if is_late else None,
    )
    chat.updated_ns, chat.has_inbound = now_ns, True
    world.store(message)
    _emit(world, "message.received", message, now_ns=now_ns)
    return message


def write(world: World, chat: Chat, parts: list[Json], *, now_ns: int, **more: object) -> SandboxMessage:
    """Put a line's message into its queue; `mark_sent` and the functions after it change its status."""
    message = SandboxMessage(
        id=world.new_id(), chat=chat, sender=chat.line, parts=parts, speech=chat.speech, created_ns=now_ns
    )
    for name, value in more.items():
        setattr(message, name, value)
    chat.updated_ns = now_ns
    world.store(message)
    return message


def mark_sent(world: World, message: SandboxMessage, *, now_ns: int) -> None:
    """Mark a message as sent."""
    message.status, message.sent_ns = DeliveryStatus.SENT, now_ns
    _emit(world, "message.sent", message, now_ns=now_ns)


def mark_delivered(world: World, message: SandboxMessage, *, now_ns: int) -> bool:
    """Mark a message as delivered, and return whether that was reported; SMS and groups give no receipts."""
    if message.chat.is_group or message.speech == "SMS" or message.status is DeliveryStatus.FAILED:
        return False
    message.status, message.delivered_ns = DeliveryStatus.DELIVERED, now_ns
    _emit(world, "message.delivered", message, now_ns=now_ns)
    return True


def mark_read(world: World, message: SandboxMessage, *, now_ns: int) -> None:
    """Mark a message as read, if it was delivered."""
    if message.status is not DeliveryStatus.DELIVERED:
        return
    message.status, message.read_ns = DeliveryStatus.READ, now_ns
    _emit(world, "message.read", message, now_ns=now_ns)


def mark_failed(world: World, message: SandboxMessage, code: int, *, now_ns: int) -> None:
    """Mark a message as failed."""
    message.status = DeliveryStatus.FAILED
    reason = _FAILURES.get(code, "Delivery failed")
    data = failed_data(message, code=code, reason=reason, now_ns=now_ns)
    world.emit("message.failed", data, line=message.chat.line.handle, now_ns=now_ns)


def react(
    world: World, message: SandboxMessage, reaction_type: str, *, by_line: bool, emoji: str | None, now_ns: int
) -> None:
    """React to a message."""
    chat = message.chat
    reactor = chat.line if by_line else chat.people[0]
    reaction: Json = {"id": world.new_id(), "type": reaction_type, "custom_emoji": emoji}
    message.reactions.append({**reaction, "is_me": by_line, "handle": handle_shape(reactor), "sticker": None})
    chat.updated_ns = now_ns
    data = reaction_data(message, reactor, reaction=reaction, now_ns=now_ns)
    world.emit("reaction.added", data, line=chat.line.handle, now_ns=now_ns)


def last_message(world: World, chat: Chat, *, inbound: bool) -> SandboxMessage:
    """Return the newest inbound or outbound message of a chat.

    Raises:
        LinqFault: there is none.
    """
    for message in reversed(world.messages.values()):
        if message.chat is chat and message.is_inbound is inbound:
            return message
    raise faults.not_found(2002, "SandboxMessage")


def _emit(world: World, event_type: str, message: SandboxMessage, *, now_ns: int) -> None:
    world.emit(
        event_type,
        new_message_data(message),
        old_data=old_message_data(event_type, message),
        line=message.chat.line.handle,
        now_ns=now_ns,
    )


def _chat_of(world: World, line: SandboxLine, person: str) -> Chat | None:
    chats = find_chats(world, frozenset({person}))
    return next((chat for chat in chats if chat.line.handle == line.number), None)


def _apply_opt_out(world: World, chat: Chat, person: str, text: str, *, now_ns: int) -> None:
    """Opt the person out on every line, or back in: any other text from them does that, in any conversation."""
    if is_opt_out(text):
        world.opted_out.add(person)
        chat.health, chat.health_ns = ChatHealth.OPTED_OUT, now_ns
        return
    world.opted_out.discard(person)
    for other in find_chats(world, frozenset({person})):
        if other.health is ChatHealth.OPTED_OUT:
            other.health, other.health_ns = ChatHealth.HEALTHY, now_ns


def _speech_of(kind: Kind, people: list[str]) -> Speech:
    return "iMessage" if kind == "iMessage" or any("@" in person for person in people) else "RCS"
