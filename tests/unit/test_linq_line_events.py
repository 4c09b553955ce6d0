"""How Linq's events about lines and the account are read, in every version of their bodies."""

from typing import Any

import pytest

from router.core.events.events import (
    AccountChanged,
    Event,
    LineJoined,
    LineLeft,
    LineMoved,
    LineReported,
    UnreadableEvent,
)
from router.core.line import Reputation, Status
from router.core.phone import E164
from router.providers.linq.parse import parse_event
from tests.kit.linq_bodies import FLAGGED, make_body

LINE = E164("+12025551234")
CREATED_AT_US = 1789929306120334
CHANGED_AT_US = 1789929305000000


def status_updated(**fields: object) -> LineReported | UnreadableEvent:
    """Read a status event with these fields besides the number and the time."""
    data = {"phone_number": LINE, "changed_at": "2026-09-20T18:35:05.000Z", **fields}
    event = parse_event(make_body("phone_number.status_updated", data))
    assert isinstance(event.about, LineReported | UnreadableEvent)
    return event.about


def test_a_flag_is_read_with_its_envelope() -> None:
    """The current body has status, reputation, the time of the change, and the event's id, type and time."""
    assert parse_event(FLAGGED) == Event(
        id="7f0c1f4e-3c52-4b6e-9a57-0d9f5a3c1e11",
        type="phone_number.status_updated",
        created_at_us=CREATED_AT_US,
        about=LineReported(
            line=LINE,
            status=Status.FLAGGED,
            reputation=Reputation.CRITICAL,
            changed_at_us=CHANGED_AT_US,
            words="FLAGGED CRITICAL",
        ),
    )


@pytest.mark.parametrize(
    ("fields", "status", "reputation"),
    [
        pytest.param(
            {"previous_status": "ACTIVE", "new_status": "FLAGGED"}, Status.FLAGGED, None, id="February to May 2026"
        ),
        pytest.param(
            {"new_status": "FLAGGED", "previous_health_status": "AT_RISK", "new_health_status": "CRITICAL"},
            Status.FLAGGED,
            Reputation.CRITICAL,
            id="May and June 2026",
        ),
        pytest.param(
            {
                "new_status": "ACTIVE",
                "previous_health_status": "HEALTHY",
                "new_health_status": "AT_RISK",
                "previous_reputation": "HEALTHY",
                "new_reputation": "AT_RISK",
            },
            Status.ACTIVE,
            Reputation.AT_RISK,
            id="June and July 2026",
        ),
        pytest.param(
            {"previous_status": "FLAGGED", "new_status": "ACTIVE", "new_reputation": "AT_RISK"},
            Status.ACTIVE,
            Reputation.AT_RISK,
            id="recovery",
        ),
        pytest.param(
            {"previous_status": "FLAGGED", "new_status": "FLAGGED", "new_reputation": "AT_RISK"},
            Status.FLAGGED,
            Reputation.AT_RISK,
            id="reputation alone",
        ),
        pytest.param(
            {"new_status": "ACTIVE", "new_reputation": "CRITICAL", "new_health_status": "HEALTHY"},
            Status.ACTIVE,
            Reputation.CRITICAL,
            id="the new name wins",
        ),
        pytest.param(
            {"new_status": "ACTIVE", "new_reputation": None, "new_health_status": "AT_RISK"},
            Status.ACTIVE,
            Reputation.AT_RISK,
            id="the new name is null",
        ),
        pytest.param(
            {"new_status": "active", "new_reputation": " healthy "},
            Status.ACTIVE,
            Reputation.HEALTHY,
            id="lower case and blanks",
        ),
        pytest.param(
            {"new_status": {"status": "FLAGGED"}, "new_reputation": {"status": "CRITICAL", "doc_url": "https://x"}},
            Status.FLAGGED,
            Reputation.CRITICAL,
            id="objects, as in the list of lines",
        ),
        pytest.param(
            {"new_status": "SUSPENDED", "new_reputation": "DOOMED"},
            Status.UNKNOWN,
            Reputation.UNKNOWN,
            id="words of tomorrow",
        ),
    ],
)
def test_every_generation_of_a_status_event_is_read(
    fields: dict[str, Any], status: Status, reputation: Reputation | None
) -> None:
    """All four generations of the body are read; an unknown word is UNKNOWN, and a missing field None."""
    about = status_updated(**fields)
    assert isinstance(about, LineReported)
    assert (about.status, about.reputation) == (status, reputation)
    assert about.changed_at_us == CHANGED_AT_US


def test_the_operator_sees_the_provider_s_own_words() -> None:
    """Words are stored as the provider wrote them, in at most 80 characters."""
    assert status_updated(new_status="Suspended", new_reputation="so-so") == LineReported(
        line=LINE,
        status=Status.UNKNOWN,
        reputation=Reputation.UNKNOWN,
        changed_at_us=CHANGED_AT_US,
        words="Suspended so-so",
    )
    about = status_updated(new_status="x" * 150)
    assert isinstance(about, LineReported)
    assert about.words == "x" * 80


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "no status"),
        ({"new_status": None}, "no status"),
        ({"new_status": " "}, "no status"),
        ({"new_status": 1}, "no status"),
        ({"new_status": "\x00\x01"}, "no status"),
        ({"new_status": "ACTIVE", "phone_number": None}, "no line"),
        ({"new_status": "ACTIVE", "phone_number": "12025551234"}, "no line"),
        ({"new_status": "ACTIVE", "phone_number": "+1 202 555 1234"}, "no line"),
        ({"new_status": "ACTIVE", "phone_number": ["+12025551234"]}, "no line"),
    ],
)
def test_a_status_event_without_what_it_is_about_is_unreadable(fields: dict[str, Any], why: str) -> None:
    """A line and a status are needed, and a number is never corrected."""
    assert status_updated(**fields) == UnreadableEvent(why=why)


@pytest.mark.parametrize("changed_at", [None, "", "yesterday", 1789929305, "2026-09-20T18:35:05"])
def test_a_change_without_its_time_took_place_when_it_was_reported(changed_at: object) -> None:
    """If `changed_at` is missing, or is not a time with an offset, the envelope's time replaces it, if there is one."""
    data = {"phone_number": LINE, "new_status": "ACTIVE", "changed_at": changed_at}
    about = parse_event(make_body("phone_number.status_updated", data)).about
    assert isinstance(about, LineReported)
    assert about.changed_at_us == CREATED_AT_US
    timeless = parse_event(make_body("phone_number.status_updated", data, created_at=None))
    assert timeless.created_at_us is None
    assert timeless.about == UnreadableEvent(why="no time")


@pytest.mark.parametrize(
    ("text", "moment_us"),
    [
        ("2026-09-20T18:35:05Z", CHANGED_AT_US),
        ("2026-09-20T18:35:05.1Z", CHANGED_AT_US + 100_000),
        ("2026-09-20T18:35:05.000001Z", CHANGED_AT_US + 1),
        ("2026-09-20T18:35:05.123456789Z", CHANGED_AT_US + 123_456),
        ("2026-09-20T18:35:05.999999999+00:00", CHANGED_AT_US + 999_999),
        ("2026-09-20T13:35:05.000-05:00", CHANGED_AT_US),
        ("2026-09-20 12:35:05 -0600", CHANGED_AT_US),
        ("1969-12-31T23:59:59Z", CREATED_AT_US),
        ("9999-12-31T23:59:59Z", CREATED_AT_US),
        ("2026-13-01T00:00:00Z", CREATED_AT_US),
    ],
)
def test_times_are_whole_microseconds(text: str, moment_us: int) -> None:
    """Up to nine digits of a second and any offset are read; finer digits are cut, and absurd years are not times."""
    data = {"phone_number": LINE, "new_status": "ACTIVE", "changed_at": text}
    about = parse_event(make_body("phone_number.status_updated", data)).about
    assert isinstance(about, LineReported)
    assert about.changed_at_us == moment_us


def test_lines_join_and_leave() -> None:
    """An assigned or released line carries a number and a time; no other field is needed."""
    data = {"phone_number": "+12025557777", "changed_at": "2026-09-20T18:35:05.000Z"}
    number = E164("+12025557777")
    joined = parse_event(make_body("phone_number.assigned", data)).about
    left = parse_event(make_body("phone_number.released", data)).about
    assert joined == LineJoined(line=number, changed_at_us=CHANGED_AT_US)
    assert left == LineLeft(line=number, changed_at_us=CHANGED_AT_US)
    assert parse_event(make_body("phone_number.released", {})).about == UnreadableEvent(why="no line")


@pytest.mark.parametrize(
    ("change", "came_from", "went_to"),
    [
        (
            {"from": {"name": "Production", "type": "environment"}, "to": {"name": "Staging", "type": "environment"}},
            "Production",
            "Staging",
        ),
        ({"from": "Production", "to": "Staging"}, "Production", "Staging"),
        ({"from": None, "to": {"name": "Staging"}}, None, "Staging"),
        ({"from": 7, "to": []}, None, None),
        (None, None, None),
    ],
)
def test_a_move_between_environments_is_read_leniently(
    change: object, came_from: str | None, went_to: str | None
) -> None:
    """The two environments may be names, objects or missing; the move itself counts."""
    data = {
        "summary": "+12025551234 moved to Staging",
        "occurred_at": "2026-09-20T18:35:05Z",
        "actor": {"type": "team_member", "id": "u1", "name": "A", "email": "a@acme.example"},
        "origin": "dashboard",
        "phone_number": LINE,
        "change": change,
    }
    assert parse_event(make_body("environment.line_moved", data)).about == LineMoved(
        line=LINE, came_from=came_from, went_to=went_to, changed_at_us=CHANGED_AT_US
    )


@pytest.mark.parametrize(
    ("event_type", "is_urgent"),
    [
        ("api_token.activated", False),
        ("api_token.deleted", True),
        ("api_token.expired", True),
        ("api_token.expiry_scheduled", True),
        ("contact_card.created", False),
        ("contact_card.deleted", False),
        ("contact_card.updated", False),
        ("environment.deleted", True),
        ("environment.renamed", False),
        ("phone_number.forwarding_updated", False),
        ("team_member.signed_in", False),
        ("webhook_subscription.created", False),
        ("webhook_subscription.deleted", True),
        ("webhook_subscription.disabled", True),
        ("webhook_subscription.enabled", False),
        ("webhook_subscription.events.updated", True),
        ("webhook_subscription.phone_numbers.updated", True),
        ("webhook_subscription.target_url_changed", True),
        ("zero_day_retention.updated", False),
    ],
)
def test_a_change_of_the_account_is_reported_in_the_provider_s_words(event_type: str, is_urgent: bool) -> None:
    """A change is urgent if events or access may be lost; it names a line if it concerns one."""
    data = {"summary": "Something\nchanged \u202e", "occurred_at": "2026-09-20T18:00:00Z", "phone_number": LINE}
    about = parse_event(make_body(event_type, data)).about
    assert about == AccountChanged(summary="Something changed", line=LINE, is_urgent=is_urgent)


@pytest.mark.parametrize("data", [{}, {"summary": None}, {"summary": ["x"], "phone_number": "+1"}, {"summary": "\n"}])
def test_a_change_without_a_summary_is_reported_by_its_type(data: dict[str, Any]) -> None:
    """None of the fields of these bodies is promised, so none is needed."""
    about = parse_event(make_body("webhook_subscription.disabled", data)).about
    assert about == AccountChanged(summary="webhook_subscription.disabled", line=None, is_urgent=True)


def test_a_long_summary_is_cut() -> None:
    """At most 200 bytes of a summary are stored."""
    about = parse_event(make_body("team_member.added", {"summary": "word " * 1000})).about
    assert isinstance(about, AccountChanged)
    assert about.summary.endswith("…")
    assert len(about.summary.encode()) <= 200
