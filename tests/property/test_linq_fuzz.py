"""Every delivery is answered: it is rejected or read, and never causes an error of another kind.

SWITCHYARD_TESTS_FUZZ_INPUTS sets how many inputs are tried in all; the suite tries 5,000.
"""

import dataclasses
import json
import os
import re
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from router.core.events.events import Event, MessageReceived, UnreadableEvent
from router.providers.linq.parse import parse_event
from router.providers.linq.parse_messages import MAX_TEXT_LENGTH
from router.providers.linq.signatures import Rejected, Scheme, Verified, Verifier
from tests.kit.linq_bodies import (
    FLAGGED,
    MESSAGE_OF_2025,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    V2_MESSAGE_RECEIVED,
    make_body,
)

INPUTS = int(os.environ.get("SWITCHYARD_TESTS_FUZZ_INPUTS") or 5000)
OF_BYTES = INPUTS // 10
OF_JSON = INPUTS // 5
OF_BODIES = INPUTS // 2
OF_HEADERS = INPUTS - OF_BYTES - OF_JSON - OF_BODIES

NOW_S = 1789929306
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="
SIGNATURE = b"v1,jmj6KcTW4Vn2VjqRi2+r5UnaOhd/XRQu7Hjg5QHbhjE="
SIGNED = {
    b"webhook-id": b"7f0c1f4e-3c52-4b6e-9a57-0d9f5a3c1e11",
    b"webhook-timestamp": b"1789929306",
    b"webhook-signature": SIGNATURE,
}
VERIFIER = Verifier([SECRET, "whsec_not base64", "plain words"], frozenset(Scheme))

STATUS = {
    "phone_number": "+12025551234",
    "new_status": "FLAGGED",
    "new_health_status": "CRITICAL",
    "changed_at": "2026-09-20T18:35:05.000Z",
}
CHANGE = {
    "summary": "Moved",
    "occurred_at": "2026-09-20T18:00:00Z",
    "phone_number": "+12025551234",
    "change": {"from": {"name": "Production"}, "to": "Staging"},
}
HANDLES = [{"handle": "+12025551234", "is_me": True}, {"handle": "ada@acme.example", "is_me": False}]
BODIES = [
    FLAGGED,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    V2_MESSAGE_RECEIVED,
    make_body("message.received", MESSAGE_OF_2025),
    make_body("message.delivered", json.loads(MESSAGE_SENT)["data"]),
    make_body("message.failed", {"chat_id": "c", "code": 4002, "failed_at": "2026-09-20T18:40:00.000Z"}),
    make_body("phone_number.status_updated", STATUS),
    make_body("phone_number.released", STATUS),
    make_body("environment.line_moved", CHANGE),
    make_body("webhook_subscription.disabled", CHANGE),
    make_body("chat.created", {"id": "c", "created_at": "2026-09-20T18:31:00Z", "handles": HANDLES}),
    make_body("reaction.added", {"chat_id": "c", "from_handle": HANDLES[1], "is_from_me": False}),
]

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=30)
    | st.sampled_from(
        [
            "",
            "+12025551234",
            "+0",
            "2026-09-20T18:35:05.120334551Z",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
            "outbound",
            "FLAGGED",
            "x" * 5000,
            "\x00",
            "\ud800",
            10**400,
            -(2**63),
            float("inf"),
        ]
    )
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)
EVENT_TYPES = st.sampled_from(sorted({json.loads(body)["event_type"] for body in BODIES}))
RANDOM_BODIES = st.fixed_dictionaries(
    {},
    optional={
        "event_type": EVENT_TYPES | VALUES,
        "event_id": VALUES,
        "created_at": VALUES,
        "data": VALUES
        | st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ["chat", "chat_handles", "sender_handle", "parts", "text", "phone_number", "new_status", "change"],
                VALUES,
            ),
        ),
    },
).map(lambda body: json.dumps(body).encode())
HEADER_NAMES = st.sampled_from([*SIGNED, b"x-webhook-timestamp", b"x-webhook-signature"])
HEADER_VALUES = st.binary(max_size=80) | st.sampled_from(
    [*SIGNED.values(), b"", b"v1,", b",,,", b"v1,v1", b"sha256=", b"0", b"-1", b"9" * 400, SIGNATURE * 2, b"v1a," * 50]
)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Return each container inside a JSON value with each of its keys."""
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    places = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            places += places_in(value[key])
    return places


@st.composite
def altered_bodies(draw: st.DrawFn) -> bytes:
    """Make a body that Linq may send, and put any value into any of its fields, or cut its text."""
    raw = draw(st.sampled_from(BODIES))
    body = json.loads(raw)
    for _ in range(draw(st.integers(0, 3))):
        container, key = draw(st.sampled_from(places_in(body)))
        container[key] = draw(VALUES)
    raw = json.dumps(body).encode()
    if draw(st.booleans()):
        start, end = sorted((draw(st.integers(0, len(raw))), draw(st.integers(0, len(raw)))))
        raw = raw[:start] + draw(st.binary(max_size=8)) + raw[draw(st.sampled_from([start, start + 1, end])) :]
    return raw


def check(event: Event) -> None:
    """Check what every reader of events relies on."""
    assert 0 < len(event.id) <= 200
    assert event.id.isprintable()
    assert len(event.type) <= 80
    assert event.type.isprintable()
    for value in [event.created_at_us, *dataclasses.asdict(event.about).values()]:
        if isinstance(value, str):
            value.encode()
        elif isinstance(value, int):
            assert abs(value) <= 2**53
    line = getattr(event.about, "line", None)
    assert line is None or re.fullmatch(r"\+[1-9][0-9]{7,14}", line)
    if isinstance(event.about, MessageReceived):
        assert len(event.about.text) <= MAX_TEXT_LENGTH
        assert event.about.sender


@settings(max_examples=OF_BYTES)
@given(raw=st.binary(max_size=400))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b'{"a":"\\u0000"}')
def test_any_bytes_are_an_event(raw: bytes) -> None:
    """Random bytes are an event that cannot be read; its digest is its id."""
    event = parse_event(raw)
    check(event)
    assert isinstance(event.about, UnreadableEvent)
    assert VERIFIER.verify(raw, SIGNED, NOW_S) != VERIFIER.verify(FLAGGED, SIGNED, NOW_S)


@settings(max_examples=OF_JSON)
@given(raw=RANDOM_BODIES)
def test_any_json_is_an_event(raw: bytes) -> None:
    """JSON with our field names and anything in them is an event."""
    check(parse_event(raw))


@settings(max_examples=OF_BODIES)
@given(raw=altered_bodies())
def test_any_alteration_is_an_event_that_nobody_signed(raw: bytes) -> None:
    """A body with any of its fields altered is an event all the same, and its signature no longer fits."""
    event = parse_event(raw)
    check(event)
    assert parse_event(raw) == event
    assert isinstance(VERIFIER.verify(raw, SIGNED, NOW_S), Rejected if raw != FLAGGED else Verified)


@settings(max_examples=OF_HEADERS)
@given(headers=st.dictionaries(HEADER_NAMES, HEADER_VALUES), raw=st.sampled_from(BODIES) | st.binary(max_size=20))
def test_no_headers_are_believed_but_the_signed_ones(headers: dict[bytes, bytes], raw: bytes) -> None:
    """A delivery is accepted only if all three headers are the signed ones, whatever else they hold."""
    verdict = VERIFIER.verify(raw, headers, NOW_S)
    is_signed = raw == FLAGGED and all(headers.get(name) == value for name, value in SIGNED.items())
    assert isinstance(verdict, Verified if is_signed else Rejected)
