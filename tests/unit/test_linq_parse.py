"""How an event is recognised: by its type, by its id, and what is reported where neither can be read."""

import hashlib
import json
from typing import get_args

import pytest
from linq.types import WebhookEventType

from router.core.events.events import Event, Irrelevant, UnreadableEvent
from router.providers.linq.parse import parse_event
from tests.kit.linq_bodies import FLAGGED, make_body

TYPES_OF_V2 = (
    "call.completed",
    "contact.created",
    "contact.deleted",
    "contact.updated",
    "message.read",
    "message.received",
    "message.sent",
    "participant.added",
    "participant.removed",
    "reaction.received",
    "reaction.sent",
    "typing_indicator.received",
    "typing_indicator.removed",
)


@pytest.mark.parametrize("event_type", [*get_args(WebhookEventType), *TYPES_OF_V2])
def test_every_documented_type_is_known(event_type: str) -> None:
    """No type that the SDK or V2's documentation names is reported as unknown."""
    assert parse_event(make_body(event_type, {})).about != UnreadableEvent(why="unknown type")


@pytest.mark.parametrize("event_type", ["message.edited", "chat.typing_indicator.started", "call.ended", "poll.sent"])
def test_what_no_rule_needs_is_irrelevant(event_type: str) -> None:
    """Known types without use are distinguished from types that we have never seen."""
    assert parse_event(make_body(event_type, {"id": "1"})).about == Irrelevant()


@pytest.mark.parametrize("event_type", ["message.opt_out", "MESSAGE.RECEIVED", "", None, 7, ["message.received"], {}])
def test_an_unknown_type_is_stored_as_unreadable(event_type: object) -> None:
    """An unknown type has its id and time stored, so that the operator can ask what it was."""
    event = parse_event(make_body(event_type, {}))
    assert event.about == UnreadableEvent(why="unknown type")
    assert event.id == "0b7e6a52-8d5c-4a55-9f0c-4f5ad21b1c10"
    assert event.type == (event_type if isinstance(event_type, str) else "")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b'{"event_type":"\xff"}', "not JSON"),
        (b'{"event_type":"\xed\xa0\x80"}', "not JSON"),
        (b'{"event_type":"\\ud800"}', "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a":NaN}', "not JSON"),
        (b'{"a":1e400}', "not JSON"),
        (b'{"a":' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"data":' * 100_000 + b"1" + b"}" * 100_000, "not JSON"),
        (FLAGGED[:-1], "not JSON"),
        (FLAGGED + b"x", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"message.received"', "not a JSON object"),
    ],
)
def test_what_is_no_event_is_known_by_its_digest(raw: bytes, why: str) -> None:
    """Bytes that are not a JSON object still make an event, with the digest of the body as its id."""
    digest = hashlib.sha256(raw).hexdigest()
    assert parse_event(raw) == Event(id=f"body:{digest}", type="", created_at_us=None, about=UnreadableEvent(why=why))


@pytest.mark.parametrize("data", [None, [], "x", 1])
def test_an_event_without_data_is_unreadable(data: object) -> None:
    """A known type without an object says nothing."""
    assert parse_event(make_body("message.received", data)).about == UnreadableEvent(why="no data")


@pytest.mark.parametrize("event_id", [None, "", " ", 7, ["x"], "x" * 201, "a\nb", "a\u202eb"])
def test_an_event_without_a_proper_id_is_known_by_its_digest(event_id: object) -> None:
    """An id that is missing, unprintable or over 200 characters is replaced, the same on every delivery."""
    raw = make_body("call.ended", {}, event_id=event_id)
    assert parse_event(raw).id == f"body:{hashlib.sha256(raw).hexdigest()}"


@pytest.mark.parametrize("event_id", ["x", "x" * 200, "wh_evt_é 1", " padded "])
def test_an_id_is_stored_as_it_is(event_id: str) -> None:
    """Ids are compared, so none is trimmed or corrected."""
    assert parse_event(make_body("call.ended", {}, event_id=event_id)).id == event_id


def test_a_type_is_shown_safely() -> None:
    """At most 80 printable characters of a type are stored."""
    assert parse_event(make_body("a\nb\x1b[31m", {})).type == "ab[31m"
    assert parse_event(make_body("x" * 500, {})).type == "x" * 80


def test_the_last_of_two_equal_keys_counts() -> None:
    """A body with a repeated key is read as JSON parsers do, and does not fail."""
    raw = b'{"event_id":"first","event_id":"second","event_type":"call.ended","data":{},"data":[]}'
    event = parse_event(raw)
    assert (event.id, event.about) == ("second", UnreadableEvent(why="no data"))


def test_a_body_may_be_indented() -> None:
    """Spaces between tokens change nothing, because relays rewrite JSON."""
    assert parse_event(json.dumps(json.loads(FLAGGED), indent=2).encode()) == parse_event(FLAGGED)
