"""Whether a back end may write to a person: first the person's wish decides, then the state of their line."""

import pytest

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.line import LineHealth, OperatorState, Reputation, Status, Tier
from router.core.people.routing import RouteReason, route_reason

HOME, OTHER, NONE = 0, 1, -1
SUPPRESSED, QUIET = 1, 2
FLAGGED = LineHealth(status=Status.FLAGGED)


def person(state: State = State.CONFIRMED, *, live: int = HOME, wishes: int = 0) -> Assignment:
    """Make a person on the first line, who is answered with the line `live`."""
    return Assignment(Code("K7M4QX"), state, live, HOME, (OTHER,), Tier.HEALTHY, 0, 0, 0, wishes)


@pytest.mark.parametrize(
    ("someone", "home", "reason"),
    [
        (person(), LineHealth(), RouteReason.OK),
        (person(), LineHealth(reputation=Reputation.AT_RISK), RouteReason.OK),
        (person(), LineHealth(is_suspected=True), RouteReason.OK),
        (person(), LineHealth(operator_state=OperatorState.DRAIN), RouteReason.OK),
        (person(), LineHealth(operator_state=OperatorState.MAINT), RouteReason.OK),
        (person(wishes=QUIET), LineHealth(), RouteReason.OK),
        (person(), LineHealth(reputation=Reputation.CRITICAL), RouteReason.CRITICAL),
        (person(), LineHealth(reputation=Reputation.UNKNOWN), RouteReason.UNKNOWN),
        (person(live=OTHER), FLAGGED, RouteReason.FLAGGED),
        (person(State.MOVING, live=OTHER), FLAGGED, RouteReason.FLAGGED),
        (person(live=OTHER), LineHealth(status=Status.RELEASED), RouteReason.RELEASED),
        (person(live=OTHER), LineHealth(status=Status.UNKNOWN), RouteReason.UNKNOWN),
        (person(live=OTHER), LineHealth(operator_state=OperatorState.RETIRED), RouteReason.RETIRED),
        (person(State.MOVING, live=OTHER), LineHealth(operator_state=OperatorState.DRAIN), RouteReason.MOVING),
        (person(live=NONE), FLAGGED, RouteReason.NO_LINE),
        (person(State.RESERVED), LineHealth(), RouteReason.NOT_TEXTED),
        (person(State.EXPIRED), LineHealth(), RouteReason.NOT_TEXTED),
        (person(State.RELEASED), LineHealth(), RouteReason.NOT_TEXTED),
        (person(State.OPTED_OUT), FLAGGED, RouteReason.OPTED_OUT),
        (person(State.OPTED_OUT, live=NONE), FLAGGED, RouteReason.OPTED_OUT),
        (person(wishes=SUPPRESSED, live=OTHER), FLAGGED, RouteReason.SUPPRESSED),
        (person(wishes=SUPPRESSED | QUIET), LineHealth(), RouteReason.SUPPRESSED),
    ],
)
def test_the_strictest_reason_is_given(someone: Assignment, home: LineHealth, reason: RouteReason) -> None:
    """The back end may write only to a person who texted, wants it, and is on a line that can send."""
    assert route_reason(someone, home) is reason
