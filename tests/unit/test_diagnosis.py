"""The doctor's checks: the clock, deliveries, cards, and sealed values."""

import pytest

from router.core.events.diagnosis import CheckResult, DeliveryRecord, check_clock, check_deliveries
from router.core.lines.line_card import CardStep, LineCard, plan_card
from router.core.phone import E164
from router.core.sealer import NONCE_BYTES, Sealer

NOW_MS = 1_800_000_000_000
ALPHA = E164("+12025550101")
PHOTO = "https://go.example.com/j/main/logo.jpg"


@pytest.mark.parametrize(
    ("ahead_s", "verdict"),
    [
        (0, CheckResult.OK),
        (60, CheckResult.OK),
        (-60, CheckResult.OK),
        (63, CheckResult.WARN),
        (-63, CheckResult.WARN),
        (300, CheckResult.FAIL),
        (-300, CheckResult.FAIL),
    ],
)
def test_a_clock_that_is_wrong_is_reported(ahead_s: int, verdict: CheckResult) -> None:
    """A minute is allowed, without the round trip; four minutes would soon lose deliveries."""
    check = check_clock(NOW_MS + ahead_s * 1000, NOW_MS - 400, NOW_MS + 400)
    assert (check.verdict, bool(check.mend)) == (verdict, verdict is not CheckResult.OK)


def test_an_answer_without_a_date_says_nothing_of_the_clock() -> None:
    """A missing date is not a fault of ours."""
    assert check_clock(None, NOW_MS, NOW_MS).verdict is CheckResult.WARN


def test_silence_is_reported_after_twenty_five_minutes() -> None:
    """By then the provider gives a delivery up; only a delivery reports a flag."""
    for minutes, verdict in (
        (0, CheckResult.OK),
        (24, CheckResult.OK),
        (25, CheckResult.WARN),
        (125, CheckResult.WARN),
    ):
        (check,) = check_deliveries(DeliveryRecord(last_ms=NOW_MS - minutes * 60_000), now_ms=NOW_MS)
        assert check.verdict is verdict
        assert ("audit" in check.mend) is (verdict is CheckResult.WARN)
    assert "2 h 5 min" in check.finding


def test_rejected_deliveries_are_reported() -> None:
    """Rejected deliveries are reported besides deliveries that never came."""
    signatures, deliveries = check_deliveries(DeliveryRecord(rejected=3, why_rejected="bad_signature"), now_ms=NOW_MS)
    assert (signatures.verdict, deliveries.verdict) == (CheckResult.WARN, CheckResult.WARN)
    assert "3 deliveries" in signatures.finding
    assert "nothing" in deliveries.finding


@pytest.mark.parametrize(
    ("card", "step"),
    [
        (None, CardStep.CREATE),
        (LineCard(number=ALPHA, first_name="Acme AI", image_url="https://cdn.example/1"), CardStep.NOTHING),
        (
            LineCard(number=ALPHA, first_name="Acme", last_name="AI", image_url="https://cdn.example/1"),
            CardStep.NOTHING,
        ),
        (LineCard(number=ALPHA, first_name="Acme AI"), CardStep.CHANGE),
        (LineCard(number=ALPHA, first_name="Other", image_url="https://cdn.example/1"), CardStep.CHANGE),
        (LineCard(number=ALPHA, first_name="Acme AI", is_active=False), CardStep.CREATE),
    ],
)
def test_a_card_is_set_where_it_differs(card: LineCard | None, step: CardStep) -> None:
    """A name cut in two is the same name; a card that never reached its line is set up again."""
    assert plan_card("Acme AI", PHOTO, card) is step


def test_a_photo_is_sent_again_on_demand() -> None:
    """The provider serves a copy under its own address, so an old photo cannot be recognised."""
    card = LineCard(number=ALPHA, first_name="Acme", image_url="https://cdn.example/1")
    assert plan_card("Acme", PHOTO, card, resend_photo=True) is CardStep.CHANGE
    assert plan_card("Acme", None, card, resend_photo=True) is CardStep.NOTHING


def test_what_is_sealed_opens_in_its_place_alone() -> None:
    """With another key, in another place, or with one byte changed, it cannot be opened."""
    sealer, nonce = Sealer(bytes(32)), bytes(NONCE_BYTES)
    sealed = sealer.seal(b"whsec_x", nonce, place=b"s-1")
    assert b"whsec" not in sealed
    assert sealer.open(sealed, place=b"s-1") == b"whsec_x"
    torn = (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:20], b"")
    assert [sealer.open(one, place=b"s-1") for one in torn] == [None] * 3
    assert sealer.open(sealed, place=b"s-2") is None
    assert Sealer(bytes([1]) * 32).open(sealed, place=b"s-1") is None
