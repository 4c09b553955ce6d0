"""How Linq's events about messages are read, in the three versions of their bodies."""

import json
from typing import Any

import pytest

from router.core.events.events import (
    ChatCreated,
    Event,
    Fate,
    Irrelevant,
    MessageReceived,
    MessageSent,
    MessageSettled,
    Reacted,
    UnreadableEvent,
)
from router.core.phone import E164
from router.providers.linq.parse import parse_event
from tests.kit.linq_bodies import MESSAGE_OF_2025, MESSAGE_RECEIVED, MESSAGE_SENT, V2_MESSAGE_RECEIVED, make_body

LINE = E164("+12025551234")
PERSON = "+12025559876"
CHAT = "8f392755-6865-4b18-880a-227f9d8b458f"
SENT_AT_US = 1770319873074000
CREATED_AT_US = 1789929306120334
RECEIVED = MessageReceived(line=LINE, sender=PERSON, text="Hello!", chat_id=CHAT, sent_at_us=SENT_AT_US)


def present(**changes: object) -> dict[str, Any]:
    """Return `data` of a person's message in the current version, with some fields changed."""
    data: dict[str, Any] = json.loads(MESSAGE_RECEIVED)["data"]
    return data | changes


def read(event_type: str, data: object) -> object:
    """Return what a body means."""
    return parse_event(make_body(event_type, data)).about


def test_a_person_s_message_is_read_with_its_envelope() -> None:
    """The current body has the line, the person, the text and the time when it was sent."""
    assert parse_event(MESSAGE_RECEIVED) == Event(
        id="2915e81c-5068-4796-ace2-21d2c94ad298",
        type="message.received",
        created_at_us=1770319873736444,
        about=RECEIVED,
    )


def test_a_message_of_the_first_version_says_the_same() -> None:
    """The body of 2025-01-01 is known by its fields, even if the envelope names no version or another."""
    for version in ("2025-01-01", "2026-02-03", None):
        body = make_body("message.received", MESSAGE_OF_2025, webhook_version=version)
        assert parse_event(body).about == RECEIVED


def test_a_message_of_v2_says_the_same() -> None:
    """V2 lists the people in the conversation and marks the line; its time is not RFC 3339."""
    assert parse_event(V2_MESSAGE_RECEIVED) == Event(
        id="9dabceb9-9194-4dc6-beda-892573f377b4",
        type="message.received",
        created_at_us=1747863000000000,
        about=MessageReceived(
            line=E164("+15559876543"),
            sender="+15551234567",
            text="Hello, how are you?",
            chat_id="324324",
            sent_at_us=1747863000000000,
        ),
    )


def test_a_line_s_message_is_read() -> None:
    """The current body does not name the recipient; the older ones do."""
    assert parse_event(MESSAGE_SENT).about == MessageSent(
        line=LINE,
        recipient=None,
        chat_id="0c961e93-e7bf-4db2-bf7b-ea06826bcab4",
        sent_at_us=1770321137219000,
    )
    first = MESSAGE_OF_2025 | {
        "from": LINE,
        "from_handle": {"handle": LINE, "is_me": True},
        "is_from_me": True,
        "recipient_phone": PERSON,
        "recipient_handle": {"handle": PERSON, "is_me": False},
    }
    sent = MessageSent(line=LINE, recipient=PERSON, chat_id=CHAT, sent_at_us=SENT_AT_US)
    assert read("message.sent", first) == sent
    v2 = json.loads(V2_MESSAGE_RECEIVED)["data"] | {"from_phone": "+15559876543"}
    assert read("message.sent", v2) == MessageSent(
        line=E164("+15559876543"), recipient="+15551234567", chat_id="324324", sent_at_us=1747863000000000
    )


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [
        (present(direction="outbound"), True),
        (present(direction="outbound", is_from_me=False), True),
        (present(direction="inbound", is_from_me=True), False),
        (present(direction=None, is_from_me=True), True),
        (present(direction=None, sender_handle={"handle": LINE, "is_me": True}), True),
        (present(direction="sideways", sender_handle={"handle": PERSON}), None),
        (MESSAGE_OF_2025 | {"is_from_me": True, "from": LINE}, True),
        (MESSAGE_OF_2025 | {"is_from_me": None}, False),
        (MESSAGE_OF_2025 | {"is_from_me": None, "from_handle": None}, None),
    ],
)
@pytest.mark.parametrize(("event_type", "by_type"), [("message.received", False), ("message.sent", True)])
def test_the_body_decides_who_wrote(data: dict[str, Any], is_ours: bool | None, event_type: str, by_type: bool) -> None:
    """A direction or a mark in the body outranks the type of the event; without any, the type decides."""
    assert isinstance(read(event_type, data), MessageSent) is (by_type if is_ours is None else is_ours)


def test_a_line_that_owns_no_conversation_is_known_as_its_sender() -> None:
    """If the body does not say who owns the conversation, a sent message still names the line."""
    about = read("message.sent", json.loads(MESSAGE_SENT)["data"] | {"chat": {"id": CHAT}})
    assert isinstance(about, MessageSent)
    assert (about.line, about.chat_id) == (LINE, CHAT)


def test_a_message_from_the_line_itself_is_the_line_s() -> None:
    """V2 has no direction, so a message from the line's own number counts as sent."""
    data = json.loads(V2_MESSAGE_RECEIVED)["data"] | {"from_phone": "+15559876543"}
    assert isinstance(read("message.received", data), MessageSent)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"chat": {"id": CHAT}}, {"line": None}),
        ({"chat": {"id": CHAT, "owner_handle": None}}, {"line": None}),
        ({"chat": {"id": CHAT, "owner_handle": str(LINE)}}, {}),
        ({"chat": {"owner_handle": {"handle": LINE}}}, {"chat_id": ""}),
        ({"chat": {"id": CHAT, "is_group": True, "owner_handle": {"handle": LINE}}}, {"is_group": True}),
        ({"chat": {"id": CHAT, "owner_handle": {"handle": "someone@acme.example"}}}, {"line": None}),
        ({"sender_handle": {"handle": " Ada@Acme.example "}}, {"sender": "Ada@Acme.example"}),
        ({"sender_handle": None, "from": PERSON}, {}),
        ({"reconciled_at": "2026-02-05T19:40:00Z"}, {"is_late": True}),
        ({"reconciled_at": None}, {"is_late": False}),
        ({"sent_at": None}, {"sent_at_us": CREATED_AT_US}),
        ({"sent_at": "2026-02-05T19:31:13.074-05:00"}, {"sent_at_us": SENT_AT_US + 5 * 3_600_000_000}),
        ({"parts": []}, {"text": ""}),
        ({"parts": None, "zero_retention": True}, {"text": ""}),
        ({"parts": "Hello!"}, {"text": ""}),
        (
            {
                "parts": [
                    {"type": "text", "value": "one"},
                    {"type": "media", "url": "https://x"},
                    {"type": "link", "value": "https://y"},
                    {"type": "text", "value": None},
                    {"type": "text"},
                    None,
                    {"type": "text", "value": "two"},
                ]
            },
            {"text": "one\ntwo"},
        ),
        ({"parts": [{"type": "text", "value": "x" * 5000}]}, {"text": "x" * 4000}),
        (
            {"parts": [{"type": "text", "value": "x" * 3999}, {"type": "text", "value": "y"}]},
            {"text": "x" * 3999 + "\n"},
        ),
    ],
)
def test_what_a_message_lacks_is_read_as_nothing(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    """Text parts are joined by newlines and cut at 4,000 characters; only a sender and a time are needed."""
    about = read("message.received", present(**changes))
    assert isinstance(about, MessageReceived)
    fields = {name: getattr(about, name) for name in expected}
    assert fields == expected


@pytest.mark.parametrize(
    "sender_handle", [None, {}, {"handle": None}, {"handle": " "}, {"handle": "\x07"}, {"handle": "x" * 321}, "nobody"]
)
def test_a_message_from_nobody_is_unreadable(sender_handle: object) -> None:
    """A message without a sender belongs to no person."""
    assert read("message.received", present(sender_handle=sender_handle)) == UnreadableEvent(why="no sender")


@pytest.mark.parametrize(
    "event_type", ["message.received", "message.sent", "message.failed", "reaction.added", "chat.created"]
)
def test_what_happened_at_no_time_is_unreadable(event_type: str) -> None:
    """If neither the body nor its envelope has a time, the event cannot be ordered."""
    assert parse_event(make_body(event_type, {"from": PERSON}, created_at=None)).about == UnreadableEvent(why="no time")


def test_what_became_of_a_message() -> None:
    """Delivered, read and failed name the conversation; a failure has its code, and no line."""
    outbound = json.loads(MESSAGE_SENT)["data"]
    chat_id = "0c961e93-e7bf-4db2-bf7b-ea06826bcab4"
    delivered = outbound | {"delivered_at": "2026-02-05T19:52:19.002Z", "code": 4002}
    assert read("message.delivered", delivered) == MessageSettled(
        fate=Fate.DELIVERED, line=LINE, chat_id=chat_id, at_us=1770321139002000
    )
    was_read = delivered | {"read_at": "2026-02-05T19:53:00Z"}
    assert read("message.read", was_read) == MessageSettled(
        fate=Fate.READ, line=LINE, chat_id=chat_id, at_us=1770321180000000
    )
    failed = {
        "chat_id": chat_id,
        "message_id": "347d62c2-2170-4754-8d30-c76d0c727d96",
        "code": 4002,
        "detail_code": 118,
        "reason": "…",
        "failed_at": "2026-09-20T18:40:00.000Z",
    }
    assert read("message.failed", failed) == MessageSettled(
        fate=Fate.FAILED, line=None, chat_id=chat_id, at_us=1789929600000000, error_code=4002
    )
    assert read("message.read", {"id": "12345", "chat_id": "67890"}) == MessageSettled(
        fate=Fate.READ, line=None, chat_id="67890", at_us=CREATED_AT_US
    )


@pytest.mark.parametrize("code", [None, "4002", 40.5, True, 10**20])
def test_a_failure_without_a_proper_code_is_a_failure(code: object) -> None:
    """A code that is not a whole number of a sane size is left out."""
    assert read("message.failed", {"code": code}) == MessageSettled(
        fate=Fate.FAILED, line=None, chat_id="", at_us=CREATED_AT_US
    )


def test_what_became_of_a_person_s_message_is_of_no_use() -> None:
    """A read receipt for a person's message says nothing about the line."""
    assert read("message.read", present()) == Irrelevant()


def test_a_reaction_is_read() -> None:
    """A tapback names its conversation and its sender; a line's own tapback names the line."""
    data = {
        "chat_id": CHAT,
        "from": PERSON,
        "from_handle": {"handle": PERSON, "is_me": False},
        "is_from_me": False,
        "reaction_type": "love",
        "reacted_at": "2026-02-05T19:31:13.074Z",
    }
    assert read("reaction.added", data) == Reacted(line=None, sender=PERSON, chat_id=CHAT, at_us=SENT_AT_US)
    ours = data | {"from": LINE, "from_handle": {"handle": LINE, "is_me": True}, "is_from_me": True}
    assert read("reaction.added", ours) == Reacted(line=LINE, sender=None, chat_id=CHAT, at_us=SENT_AT_US, is_ours=True)


def test_a_reaction_of_v2_is_read() -> None:
    """V2 has a type for each direction, and lists the conversation."""
    data: dict[str, Any] = {
        "chat_id": "11111",
        "reaction": "like",
        "is_from_me": False,
        "sent_at": "2025-07-10 15:31:00 -0600",
        "chat_handle": {"id": "22223", "identifier": "+15551234567"},
        "chat_handles": [
            {"identifier": "+15551234567", "is_me": False},
            {"identifier": "+15557654321", "is_me": False},
            {"identifier": "+15559876543", "is_me": True},
        ],
    }
    assert read("reaction.received", data) == Reacted(
        line=E164("+15559876543"),
        sender="+15551234567",
        chat_id="11111",
        at_us=1752183060000000,
        is_group=True,
    )
    sent = data | {"is_from_me": True, "chat_handles": data["chat_handles"][1:]}
    about = read("reaction.sent", sent)
    assert isinstance(about, Reacted)
    assert (about.is_ours, about.sender) == (True, None)
    about = read("reaction.sent", {"chat_id": "11111"})
    assert about == Reacted(line=None, sender=None, chat_id="11111", at_us=CREATED_AT_US, is_ours=True)


def test_a_new_conversation_is_read() -> None:
    """The handle marked as ours is the line, the others are people, and who wrote first is unknown."""
    data = {
        "id": CHAT,
        "created_at": "2026-09-20T18:31:00Z",
        "display_name": PERSON,
        "is_group": False,
        "handles": [
            {"handle": LINE, "is_me": True, "status": "active"},
            {"handle": PERSON, "is_me": False, "status": "active"},
            {"handle": None},
        ],
    }
    assert read("chat.created", data) == ChatCreated(
        line=LINE, handles=(PERSON,), chat_id=CHAT, created_at_us=1789929060000000
    )
    assert read("chat.created", {"is_group": True, "handles": None}) == ChatCreated(
        line=None, handles=(), chat_id="", created_at_us=CREATED_AT_US, is_group=True
    )
