"""The sandbox's state without a network: its events as the official SDK reads them, and who may be texted."""

import json
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pytest
from linq import types as linq_types
from pydantic import BaseModel

from router.core.line import Reputation, Status
from router.sandbox import cards, conversations, lines, subscriptions
from router.sandbox.behaviour import Behaviour
from router.sandbox.conversations import TextNotDelivered, is_opt_out
from router.sandbox.events import EVENT_TYPES, NEW_VERSION, OLD_VERSION, SandboxEvent, version_of
from router.sandbox.faults import LinqFault
from router.sandbox.records import SandboxLine
from router.sandbox.selection import select_line
from router.sandbox.sending import check_consent
from router.sandbox.subscriptions import SubscriptionWish
from router.sandbox.world import World

NOW_NS = 1_789_929_306_120_334_551
PERSON = "+12025559876"


@pytest.fixture
def world() -> World:
    """Return a world with three lines."""
    numbers = count(1)
    made = World(new_id=lambda: str(UUID(int=next(numbers))), rng=Random(7))
    for _ in range(3):
        lines.add_line(made, now_ns=NOW_NS, quietly=True)
    return made


@pytest.fixture
def line(world: World) -> SandboxLine:
    """Return its first line."""
    return next(iter(world.lines.values()))


def live_through_everything(world: World, line: SandboxLine) -> dict[str, SandboxEvent]:
    """Make everything happen that the sandbox can simulate, and return an event of each type."""
    inbound = conversations.receive_text(world, sender=PERSON, number=line.number, text="Hi", now_ns=NOW_NS)
    assert inbound is not None
    message = conversations.write(world, inbound.chat, [{"type": "text", "value": "Hello"}], now_ns=NOW_NS)
    conversations.mark_sent(world, message, now_ns=NOW_NS)
    conversations.mark_delivered(world, message, now_ns=NOW_NS)
    conversations.mark_read(world, message, now_ns=NOW_NS)
    conversations.react(world, message, "love", by_line=False, emoji=None, now_ns=NOW_NS)
    conversations.mark_failed(world, message, 4002, now_ns=NOW_NS)
    cards.create_card(world, line, first_name="Acme", last_name=None, image_url=None, now_ns=NOW_NS)
    cards.change_card(world, line, first_name="Acme AI", last_name=None, image_url=None, now_ns=NOW_NS)
    wish = SubscriptionWish(target_url="https://u:p@acme.example/hook?key=1", events=["message.sent"])
    subscription = subscriptions.subscribe(world, wish, secret="whsec_AAAA", now_ns=NOW_NS)
    changed = SubscriptionWish(
        target_url="https://acme.example/two", events=["message.read"], phone_numbers=[line.number], is_active=False
    )
    subscriptions.change_subscription(world, subscription, changed, now_ns=NOW_NS)
    subscriptions.change_subscription(world, subscription, SubscriptionWish(is_active=True), now_ns=NOW_NS)
    subscriptions.unsubscribe(world, subscription, now_ns=NOW_NS)
    lines.forward_line(world, line, "+12025550000", now_ns=NOW_NS)
    lines.set_health(world, line, status=Status.FLAGGED, reputation=Reputation.CRITICAL, now_ns=NOW_NS)
    lines.move_line(world, line, "Staging", now_ns=NOW_NS)
    lines.release_line(world, line, now_ns=NOW_NS)
    lines.add_line(world, now_ns=NOW_NS, quietly=False)
    return {event.type: event for event in world.events}


def sdk_model_of(event_type: str) -> type[BaseModel]:
    """Return the SDK's class for an event."""
    wanted = event_type.replace(".", "").replace("_", "") + "webhookevent"
    (name,) = (name for name in vars(linq_types) if name.lower() == wanted)
    model: type[BaseModel] = vars(linq_types)[name]
    return model


def test_every_event_is_what_the_sdk_reads(world: World, line: SandboxLine) -> None:
    """Each event of the sandbox has a known type and fits the SDK's class, with required fields and enumerations."""
    seen = live_through_everything(world, line)
    assert seen.keys() <= set(EVENT_TYPES)
    assert len(seen) >= 20
    for event_type, event in seen.items():
        body = json.loads(event.encode(NEW_VERSION))
        read = sdk_model_of(event_type).model_validate(body)
        assert read.model_dump()["event_id"] == event.id


def test_only_messages_have_an_older_body(world: World, line: SandboxLine) -> None:
    """The older version differs for the four message events, and names line and person at the top of their data."""
    seen = live_through_everything(world, line)
    differing = {name for name, event in seen.items() if event.old_data is not None}
    assert differing == {"message.received", "message.sent", "message.delivered", "message.read"}
    received, sent = (seen[name].body(OLD_VERSION)["data"] for name in ("message.received", "message.sent"))
    assert isinstance(received, dict)
    assert isinstance(sent, dict)
    assert (received["recipient_phone"], received["from"], received["is_from_me"]) == (line.number, PERSON, False)
    assert (sent["recipient_phone"], sent["from"], sent["is_from_me"]) == (PERSON, line.number, True)


def test_secrets_in_an_address_are_not_sent(world: World, line: SandboxLine) -> None:
    """An event about a subscription gives its address without login and query."""
    created: Any = live_through_everything(world, line)["webhook_subscription.created"].data
    assert created["webhook_subscription"]["target_url"] == "https://acme.example/hook"


@pytest.mark.parametrize(
    "text", ["STOP", " STOP\n", "UNSUBSCRIBE", "OPTOUT", "CANCEL", "END", "QUIT", "opt out", "Opt-Out"]
)
def test_an_opt_out(text: str) -> None:
    """The whole trimmed text is one of the words, in capitals; OPT OUT in any notation."""
    assert is_opt_out(text)


@pytest.mark.parametrize("text", ["stop", "Stop", "please STOP", "STOP.", "END it", "opt  out", "opted out", ""])
def test_no_opt_out(text: str) -> None:
    """Every other text is an ordinary message."""
    assert not is_opt_out(text)


def test_an_opt_out_holds_until_the_next_text(world: World, line: SandboxLine) -> None:
    """STOP closes every line to a person; their next text, to any line, opens them again."""
    other = list(world.lines.values())[1]
    conversations.receive_text(world, sender=PERSON, number=line.number, text="STOP", now_ns=NOW_NS)
    with pytest.raises(LinqFault, match="opted out"):
        check_consent(world, [PERSON], override_optout=False)
    check_consent(world, [PERSON], override_optout=True)
    check_consent(world, [PERSON, "+12025550199"], override_optout=False)
    conversations.receive_text(world, sender=PERSON, number=other.number, text="Hi", now_ns=NOW_NS)
    check_consent(world, [PERSON], override_optout=False)


def test_a_flagged_line_is_skipped_and_not_come_back_to(world: World, line: SandboxLine) -> None:
    """The newest chat on a line that can send is used; without one a new line takes over and stays with the person."""
    conversations.receive_text(world, sender=PERSON, number=line.number, text="Hi", now_ns=NOW_NS)
    people = frozenset({PERSON})
    assert select_line(world, people, []).reason == "reused_active_chat"
    line.status = Status.FLAGGED
    fallback = select_line(world, people, [])
    assert (fallback.reason, fallback.line is line) == ("failover_flagged", False)
    conversations.open_chat(world, fallback.line, [PERSON], now_ns=NOW_NS + 1)
    line.status = Status.ACTIVE
    assert select_line(world, people, []).line is fallback.line


def test_nobody_reaches_a_line_that_is_gone(world: World, line: SandboxLine) -> None:
    """A text to a released number arrives nowhere, and its chat accepts no messages."""
    conversations.receive_text(world, sender=PERSON, number=line.number, text="Hi", now_ns=NOW_NS)
    lines.release_line(world, line, now_ns=NOW_NS)
    with pytest.raises(TextNotDelivered):
        conversations.receive_text(world, sender=PERSON, number=line.number, text="Hi", now_ns=NOW_NS)
    with pytest.raises(LinqFault, match="not assigned") as refused:
        world.line_of(line.number)
    assert refused.value.code == 2006


def test_groups_and_sms_have_no_receipts(world: World, line: SandboxLine) -> None:
    """The arrival of an SMS or of a message in a group is not reported."""
    group = conversations.open_chat(world, line, [PERSON, "+12025550199"], now_ns=NOW_NS)
    sms = conversations.open_chat(world, line, [PERSON], speech="SMS", now_ns=NOW_NS)
    for chat in (group, sms):
        message = conversations.write(world, chat, [{"type": "text", "value": "Hi"}], now_ns=NOW_NS)
        conversations.mark_sent(world, message, now_ns=NOW_NS)
        assert conversations.mark_delivered(world, message, now_ns=NOW_NS) is False


def test_a_recording_holds_what_happens_meanwhile(world: World, line: SandboxLine) -> None:
    """A recording has only the events that happen during it."""
    lines.set_health(world, line, now_ns=NOW_NS)
    with world.recording() as recorded:
        lines.set_health(world, line, status=Status.FLAGGED, now_ns=NOW_NS)
    lines.set_health(world, line, status=Status.ACTIVE, now_ns=NOW_NS)
    assert [event.data["new_status"] for event in recorded] == [Status.FLAGGED]


def test_a_line_elsewhere_is_silent(world: World, line: SandboxLine) -> None:
    """The status of a line in another environment is not sent to this one."""
    lines.move_line(world, line, "Staging", now_ns=NOW_NS)
    with world.recording() as recorded:
        lines.set_health(world, line, status=Status.FLAGGED, now_ns=NOW_NS)
    assert recorded == []


@pytest.mark.parametrize(
    ("url", "version"),
    [
        ("https://acme.example/hook", NEW_VERSION),
        ("https://acme.example/hook?version=2026-02-03", NEW_VERSION),
        ("https://acme.example/hook?env=prod&version=2025-01-01", OLD_VERSION),
        ("https://acme.example/hook?version=1999-01-01", NEW_VERSION),
    ],
)
def test_the_address_names_the_version(url: str, version: str) -> None:
    """Without a version, or with one that never existed, the latest is used."""
    assert version_of(url) == version


def test_a_switch_must_exist() -> None:
    """A misspelt switch and a share above 1 are faults."""
    assert Behaviour().changed({"duplicates": 1.0}).duplicates == 1
    mistakes: list[dict[str, object]] = [{"dupes": 1}, {"duplicates": 1.5}, {"hold": "yes"}, {"status_body": "E"}]
    for changes in mistakes:
        with pytest.raises(ValueError, match="1 validation error"):
            Behaviour().changed(changes)
