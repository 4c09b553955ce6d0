"""Line settings, and the effect of an operator's action on a line."""

from dataclasses import replace
from typing import Any

import pytest

from router.core.errors import InvalidField, InvalidNumber, Refused
from router.core.line import LineHealth, LineLimits, LineLoad, OperatorState, Reputation, Status
from router.core.lines.line_rules import LineAction, LineSpec, after_action, new_line, revived, spare_places

NUMBER = "+12025550101"
LINE = new_line(LineSpec(number=NUMBER, warm=True), now_ms=1000)
DRAINED = replace(LINE, health=LineHealth(operator_state=OperatorState.DRAIN), reason="billing")


def test_a_new_line_warms_up() -> None:
    """A line begins to warm up when it joins, unless it is marked as warm."""
    assert new_line(LineSpec(number=NUMBER), now_ms=1000).warming_since_ms == 1000
    assert LINE.warming_since_ms is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight", -1),
        ("weight", 1001),
        ("capacity", 0),
        ("capacity", 1_000_001),
        ("new_people_per_day", 0),
        ("label", "x" * 61),
        ("label", "a\nb"),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_its_field(field: str, value: object) -> None:
    """The fault names the field as the caller wrote it."""
    wrong: dict[str, Any] = {field: value}
    with pytest.raises(InvalidField) as caught:
        new_line(LineSpec(number=NUMBER, **wrong), now_ms=0)
    assert caught.value.field == field


def test_a_number_is_refused_rather_than_cleaned() -> None:
    """A number that is not strict E.164 is not a line."""
    with pytest.raises(InvalidNumber):
        new_line(LineSpec(number="(202) 555-0101"), now_ms=0)


@pytest.mark.parametrize(
    ("action", "health"),
    [
        (LineAction.DRAIN, LineHealth(operator_state=OperatorState.DRAIN)),
        (LineAction.MAINT, LineHealth(operator_state=OperatorState.MAINT)),
        (LineAction.FLAG, LineHealth(status=Status.FLAGGED)),
    ],
)
def test_an_action_that_closes_a_line_leaves_its_age(action: LineAction, health: LineHealth) -> None:
    """Only a return to service starts the warm-up again."""
    changed = after_action(LINE, action, "because", now_ms=5000)
    assert (changed.health, changed.reason, changed.warming_since_ms) == (health, "because", None)


def test_a_line_that_returns_warms_up_again() -> None:
    """Resuming and unflagging start the warm-up at that moment."""
    flagged = after_action(LINE, LineAction.FLAG, "spam", now_ms=5000)
    assert after_action(DRAINED, LineAction.RESUME, "paid", now_ms=9000).warming_since_ms == 9000
    assert after_action(flagged, LineAction.UNFLAG, "appeal won", now_ms=9000).warming_since_ms == 9000


def test_an_action_repeated_changes_nothing() -> None:
    """A second resume does not set a warming line back to its beginning."""
    resumed = after_action(DRAINED, LineAction.RESUME, "paid", now_ms=9000)
    assert after_action(resumed, LineAction.RESUME, "paid", now_ms=99_000) is resumed


def test_the_two_axes_are_kept_apart() -> None:
    """An unflagged line that was drained stays drained, and a resumed line that was flagged stays flagged."""
    both = after_action(DRAINED, LineAction.FLAG, "spam", now_ms=0)
    assert after_action(both, LineAction.UNFLAG, "ok", now_ms=0).health == DRAINED.health
    assert after_action(both, LineAction.RESUME, "ok", now_ms=0).health == LineHealth(status=Status.FLAGGED)


@pytest.mark.parametrize("reason", ["", " ", "two\nlines", "x" * 201])
def test_a_reason_must_say_something(reason: str) -> None:
    """Every change of state carries one line with its reason."""
    with pytest.raises(InvalidField, match="reason"):
        after_action(LINE, LineAction.DRAIN, reason, now_ms=0)


def test_a_retired_line_takes_no_action() -> None:
    """The line comes back when it is added again, with its slot and the provider's health."""
    health = LineHealth(operator_state=OperatorState.RETIRED, reputation=Reputation.AT_RISK)
    retired = replace(LINE, slot=7, health=health, revision=5)
    with pytest.raises(Refused, match="Add its number again"):
        after_action(retired, LineAction.RESUME, "back", now_ms=0)
    line = revived(retired, LineSpec(number=NUMBER, weight=50), now_ms=3000)
    assert (line.slot, line.weight, line.revision, line.warming_since_ms) == (7, 50, 5, 3000)
    assert line.health == LineHealth(reputation=Reputation.AT_RISK)


@pytest.mark.parametrize(
    ("before", "after"),
    [(Status.FLAGGED, Status.FLAGGED), (Status.UNKNOWN, Status.UNKNOWN), (Status.RELEASED, Status.ACTIVE)],
)
def test_a_line_that_is_added_again_is_as_the_provider_says(before: Status, after: Status) -> None:
    """A flag outlasts a retirement. Only that the provider took the line away is history."""
    health = LineHealth(operator_state=OperatorState.RETIRED, status=before)
    line = revived(replace(LINE, health=health), LineSpec(number=NUMBER), now_ms=3000)
    assert line.health == LineHealth(status=after)


def test_room_is_counted_line_by_line() -> None:
    """A line over its capacity does not reduce the others' room."""
    limits = LineLimits(weight=100, capacity=10, target=8)
    assert spare_places([(limits, LineLoad(reserved=2, confirmed=3)), (limits, LineLoad(confirmed=14))]) == 5
