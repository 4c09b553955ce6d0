"""Responses of Linq's API, of every release and of none: what is read, and what is not guessed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.line import Reputation, Service
from router.core.lines.inventory import ProviderLine
from router.core.lines.reputation_audit import AuditState
from router.core.phone import E164
from router.providers.linq import responses
from router.providers.linq.error_codes import Consequence, meaning_of
from router.providers.linq.event_types import ESSENTIAL, RARE, WANTED
from router.providers.linq.responses import UnreadableResponse

ALPHA = E164("+12025550101")
DOCUMENTED: dict[str, Any] = {
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "phone_number": ALPHA,
    "forwarding_number": None,
    "line_type": "iMessage",
    "reputation": {"status": "HEALTHY", "doc_url": "https://docs.linqapp.com/"},
}


def read_line(**fields: Any) -> ProviderLine:
    """Read a list of one line."""
    (line,) = responses.read_inventory({"phone_numbers": [DOCUMENTED | fields]}, None).lines
    return line


@pytest.mark.parametrize(
    ("fields", "reputation"),
    [
        ({"reputation": {"status": "AT_RISK"}}, Reputation.AT_RISK),
        ({"reputation": {"status": "critical"}}, Reputation.CRITICAL),
        ({"reputation": "CRITICAL"}, Reputation.CRITICAL),
        ({"reputation": {"status": "WORN_OUT"}}, Reputation.UNKNOWN),
        ({"reputation": None}, None),
        ({"reputation": {}}, None),
        ({"reputation": None, "health_status": {"status": "AT_RISK"}}, Reputation.AT_RISK),
    ],
)
def test_reputation_had_two_names(fields: dict[str, Any], reputation: Reputation | None) -> None:
    """A word that we do not know is UNKNOWN, and a missing word is no bad sign."""
    assert read_line(**fields).reputation is reputation


def test_the_rest_of_a_line_is_optional() -> None:
    """Kind and forwarding may be absent; a status is not documented, and is believed if it says FLAGGED."""
    assert read_line() == ProviderLine(number=ALPHA, service=Service.IMESSAGE, reputation=Reputation.HEALTHY)
    (bare,) = responses.read_inventory({"phone_numbers": [{"id": "1", "phone_number": ALPHA}]}, None).lines
    assert bare == ProviderLine(number=ALPHA)
    assert read_line(line_type="rcs").service is Service.RCS
    assert read_line(line_type="Pager").service is None
    assert read_line(status="flagged").is_flagged
    assert not read_line(status="ACTIVE").is_flagged
    assert read_line(forwarding_number="+12025550000").forwards_to == "+12025550000"


@pytest.mark.parametrize("item", [None, 7, "x", {}, {"phone_number": None}, {"phone_number": "2025550101"}])
def test_a_line_without_a_number_is_counted(item: object) -> None:
    """The list is then incomplete, so no line is retired because of it."""
    inventory = responses.read_inventory({"phone_numbers": [DOCUMENTED, item]}, None)
    assert (len(inventory.lines), inventory.unreadable, inventory.is_complete) == (1, 1, False)


@pytest.mark.parametrize("body", [None, [], "x", {}, {"phone_numbers": None}, {"phone_numbers": {}}])
def test_an_answer_without_a_list_is_none(body: object) -> None:
    """A response without a list is not an empty list."""
    with pytest.raises(UnreadableResponse, match="phone_numbers"):
        responses.read_inventory(body, None)


def test_the_clock_of_the_answer_is_read() -> None:
    """An invalid date counts as no date."""
    date = "Sun, 06 Nov 1994 08:49:37 GMT"
    assert responses.read_inventory({"phone_numbers": []}, date).provider_time_ms == 784111777000
    assert [responses.read_http_date(text) for text in (None, "", "yesterday", "2026-02-03")] == [None] * 4


def test_a_subscription_needs_an_id_and_an_address() -> None:
    """Other missing fields mean off, empty, or all lines."""
    answer = {"id": "s-1", "target_url": "https://a.example", "subscribed_events": ["message.sent", 7], "is_active": 1}
    read = responses.read_subscription(answer)
    assert (read.events, read.is_active, read.numbers) == (frozenset({"message.sent"}), False, ())
    for key in ("id", "target_url"):
        with pytest.raises(UnreadableResponse, match=key):
            responses.read_subscription(answer | {key: ""})


def test_event_types_are_names_or_objects() -> None:
    """Event types are read as names or as objects."""
    body = {"events": ["message.sent", {"name": "chat.created"}, {"event_type": "message.read"}, 7]}
    assert responses.read_event_types(body) == {"message.sent", "chat.created", "message.read"}


def test_a_card_is_read_without_its_surname() -> None:
    """A card that cannot be read is left out."""
    card = {"phone_number": ALPHA, "first_name": "Acme", "is_active": True}
    (read,) = responses.read_cards({"contact_cards": [card, {"first_name": "x"}, None]})
    assert (read.number, read.name, read.image_url, read.is_active) == (ALPHA, "Acme", None, True)
    assert responses.read_card(card | {"last_name": "AI"}).name == "Acme AI"


def test_an_audit_is_read_as_far_as_it_got() -> None:
    """All parts of the report are optional; a flag counts in any place."""
    pending = responses.read_audit({"audit_id": "a-1", "status": "pending"})
    assert (pending.state, pending.severity, pending.says_flagged, pending.advice) == (
        AuditState.PENDING,
        "",
        False,
        "",
    )
    report = {
        "severity": "CRITICAL",
        "primary_driver": "volume_spike",
        "drivers": [{"key": "volume_spike", "summary": "It jumped."}, {"key": "flagged"}, 7],
        "action_items": [{"title": "Move", "detail": "now"}, {}],
    }
    done = responses.read_audit({"audit_id": "a-1", "status": "complete", "report": report})
    assert (done.severity, done.driver, done.actions) == ("CRITICAL", "volume_spike", ("Move: now",))
    assert done.says_flagged
    assert "Move its people" in done.advice
    with pytest.raises(UnreadableResponse):
        responses.read_audit({"audit_id": "a-1", "status": "lost"})


KEYS = [
    *("phone_numbers", "phone_number", "reputation", "status", "subscriptions", "id", "target_url", "events"),
    *("contact_cards", "first_name", "image_url", "audit_id", "report", "drivers", "action_items", "signing_secret"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
READERS = [
    lambda body: responses.read_inventory(body, None),
    responses.read_subscriptions,
    responses.read_event_types,
    responses.read_cards,
    responses.read_card,
    responses.read_audit,
    responses.read_secret,
]


@given(body=JSON)
def test_no_answer_breaks_a_reader(body: object) -> None:
    """Every response is either read or unreadable."""
    for read in READERS:
        try:
            read(body)
        except UnreadableResponse:
            continue


@pytest.mark.parametrize(
    ("status", "code", "consequence"),
    [
        (403, 2027, Consequence.LINE_SUSPECT),
        (403, 2006, Consequence.NOT_OURS),
        (404, 2019, Consequence.NOT_OURS),
        (409, 2015, Consequence.NO_LINE),
        (409, 2014, Consequence.EXISTS),
        (401, 2004, Consequence.KEY_BAD),
        (401, None, Consequence.KEY_BAD),
        (403, 2008, Consequence.MUST_WRITE_FIRST),
        (403, 2024, Consequence.OPTED_OUT),
        (500, 2022, Consequence.TRY_AGAIN),
        (503, 4004, Consequence.SLOW_DOWN),
        (429, 1007, Consequence.SLOW_DOWN),
        (429, 1015, Consequence.SLOW_DOWN),
        (429, 2027, Consequence.SLOW_DOWN),
        (500, 3006, Consequence.TRY_AGAIN),
        (502, None, Consequence.TRY_AGAIN),
        (404, None, Consequence.NONE),
        (400, 9999, Consequence.NONE),
    ],
)
def test_a_refusal_has_a_consequence_and_a_fix(status: int, code: int | None, consequence: Consequence) -> None:
    """A rate limit is recognised whatever its code; a new code says no more than its status."""
    meaning = meaning_of(status, code)
    assert meaning.consequence is consequence
    assert meaning.words
    assert meaning.fix.endswith(".")


def test_we_subscribe_to_what_we_cannot_do_without() -> None:
    """Each type is subscribed once; a subscription begins with a type that hardly ever occurs."""
    assert len(set(WANTED)) == len(WANTED)
    assert set(WANTED) >= ESSENTIAL | set(RARE)
