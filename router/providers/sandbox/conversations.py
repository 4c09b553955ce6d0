"""What people and lines write to each other, what becomes of it, and who asked to be left alone."""

import re

from router.core.line import Status
from router.providers.sandbox import faults
from router.providers.sandbox.message_bodies import (
    failed_data,
    new_message_data,
    old_message_data,
    reaction_data,
)
from router.providers.sandbox.records import (
    Chat,
    ChatHealth,
    DeliveryStatus,
    Json,
    Kind,
    Line,
    Message,
    Participant,
    Speech,
)
from router.providers.sandbox.shapes import chat_shape, handle_shape
from router.providers.sandbox.world import World

# The whole trimmed message, in exactly these letters; only OPT OUT may be spelled in any way.
_OPT_OUT_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "OPTOUT", "CANCEL", "END", "QUIT"})
_OPT_OUT_LOOSELY = re.compile(r"opt[ -]?out", re.IGNORECASE)
_FAILURES = {4001: "Delivery failed", 4002: "Phone not available", 3007: "Maximum delivery attempts exceeded"}


class NotDelivered(Exception):
    """A person's text reaches nobody; the message says why."""


def is_opt_out(text: str) -> bool:
    """Whether a text asks to be left alone."""
    trimmed = text.strip()
    return trimmed in _OPT_OUT_WORDS or _OPT_OUT_LOOSELY.fullmatch(trimmed) is not None


def clean_handle(handle: str) -> str:
    """Return a handle as Linq keeps it: e-mail addresses in lower case."""
    return handle.strip().lower() if "@" in handle else handle.strip()


def open_chat(world: World, line: Line, people: list[str], *, speech: Speech | None = None, now_ns: int) -> Chat:
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
) -> Message | None:
    """Let a person text a line.

    A late message is one that the provider finds only now. `anyway` delivers on a flagged line too, as happens for a
    short while.

    Returns:
        The message, or None where the account has blocked its sender.

    Raises:
        NotDelivered: there is no such line, or it is flagged.
    """
    line = world.lines.get(number)
    if line is None:
        raise NotDelivered(f"{number} is no line of this account.")
    if line.status is Status.FLAGGED and not anyway:
        raise NotDelivered(f"{number} is flagged: texts to it do not arrive.")
    sender = clean_handle(sender)
    if sender in world.blocked:
        return None
    chat = _chat_of(world, line, sender) or open_chat(world, line, [sender], speech=speech, now_ns=now_ns)
    _heed_opt_out(world, chat, sender, text, now_ns=now_ns)
    message = Message(
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
    world.keep(message)
    _tell(world, "message.received", message, now_ns=now_ns)
    return message


def write(world: World, chat: Chat, parts: list[Json], *, now_ns: int, **more: object) -> Message:
    """Put a message of a line into its queue; `mark_sent` and what follows move it on."""
    message = Message(
        id=world.new_id(), chat=chat, sender=chat.line, parts=parts, speech=chat.speech, created_ns=now_ns
    )
    for name, value in more.items():
        setattr(message, name, value)
    chat.updated_ns = now_ns
    world.keep(message)
    return message


def mark_sent(world: World, message: Message, *, now_ns: int) -> None:
    """The message left the line."""
    message.status, message.sent_ns = DeliveryStatus.SENT, now_ns
    _tell(world, "message.sent", message, now_ns=now_ns)


def mark_delivered(world: World, message: Message, *, now_ns: int) -> bool:
    """The message arrived, which nobody learns of SMS and of groups; return whether it was told."""
    if message.chat.is_group or message.speech == "SMS" or message.status is DeliveryStatus.FAILED:
        return False
    message.status, message.delivered_ns = DeliveryStatus.DELIVERED, now_ns
    _tell(world, "message.delivered", message, now_ns=now_ns)
    return True


def mark_read(world: World, message: Message, *, now_ns: int) -> None:
    """The person read the message; only what was delivered can be."""
    if message.status is not DeliveryStatus.DELIVERED:
        return
    message.status, message.read_ns = DeliveryStatus.READ, now_ns
    _tell(world, "message.read", message, now_ns=now_ns)


def mark_failed(world: World, message: Message, code: int, *, now_ns: int) -> None:
    """The message could not be delivered."""
    message.status = DeliveryStatus.FAILED
    reason = _FAILURES.get(code, "Delivery failed")
    data = failed_data(message, code=code, reason=reason, now_ns=now_ns)
    world.emit("message.failed", data, line=message.chat.line.handle, now_ns=now_ns)


def react(world: World, message: Message, reaction_type: str, *, by_line: bool, emoji: str | None, now_ns: int) -> None:
    """Put a tapback on a message."""
    chat = message.chat
    reactor = chat.line if by_line else chat.people[0]
    reaction: Json = {"id": world.new_id(), "type": reaction_type, "custom_emoji": emoji}
    message.reactions.append({**reaction, "is_me": by_line, "handle": handle_shape(reactor), "sticker": None})
    chat.updated_ns = now_ns
    data = reaction_data(message, reactor, reaction=reaction, now_ns=now_ns)
    world.emit("reaction.added", data, line=chat.line.handle, now_ns=now_ns)


def last_message(world: World, chat: Chat, *, inbound: bool) -> Message:
    """Return the newest message of one direction in a chat.

    Raises:
        LinqFault: there is none.
    """
    for message in reversed(world.messages.values()):
        if message.chat is chat and message.is_inbound is inbound:
            return message
    raise faults.not_found(2002, "Message")


def _tell(world: World, event_type: str, message: Message, *, now_ns: int) -> None:
    world.emit(
        event_type,
        new_message_data(message),
        old_data=old_message_data(event_type, message),
        line=message.chat.line.handle,
        now_ns=now_ns,
    )


def _chat_of(world: World, line: Line, person: str) -> Chat | None:
    chats = find_chats(world, frozenset({person}))
    return next((chat for chat in chats if chat.line.handle == line.number), None)


def _heed_opt_out(world: World, chat: Chat, person: str, text: str, *, now_ns: int) -> None:
    """Block the person on every line, or lift the block: any other text of theirs does, in any conversation."""
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
