"""Decide whether a back end may write to a person now, from the line that is theirs."""

from enum import StrEnum

from router.core.assignment import Assignment, State
from router.core.line import LineHealth, OperatorState, Reputation, Status


class RouteReason(StrEnum):
    """Why a back end may write to a person, or may not. Only OK allows it.

    OPTED_OUT: they told the provider to stop. SUPPRESSED: they asked us to stop, in other words. NO_LINE: they have no
    working line. WAITLISTED: they wait for their first line. NOT_TEXTED: they never texted, so a message would be a
    cold one. FLAGGED, RELEASED, RETIRED, UNKNOWN, CRITICAL: the state of their own line. MOVING: they were asked to
    text another line and have not done so yet.
    """

    OK = "ok"
    OPTED_OUT = "opted_out"
    SUPPRESSED = "suppressed"
    NO_LINE = "no_line"
    WAITLISTED = "waitlisted"
    NOT_TEXTED = "not_texted"
    FLAGGED = "flagged"
    RELEASED = "released"
    RETIRED = "retired"
    UNKNOWN = "unknown"
    CRITICAL = "critical"
    MOVING = "moving"


_NOT_TEXTED = frozenset({State.RESERVED, State.EXPIRED, State.RELEASED})
_BY_STATUS = {
    Status.FLAGGED: RouteReason.FLAGGED,
    Status.RELEASED: RouteReason.RELEASED,
    Status.UNKNOWN: RouteReason.UNKNOWN,
}
_BY_REPUTATION = {Reputation.CRITICAL: RouteReason.CRITICAL, Reputation.UNKNOWN: RouteReason.UNKNOWN}


def route_reason(assignment: Assignment, home: LineHealth) -> RouteReason:
    """Decide whether to write to a person from `assignment.slot` now. What they want counts before the state of lines.

    Args:
        assignment: the person's assignment.
        home: the health of their home line.
    """
    return _of_person(assignment) or _of_line(home, is_rerouted=assignment.is_rerouted)


def _of_person(assignment: Assignment) -> RouteReason | None:
    if assignment.state is State.OPTED_OUT:
        return RouteReason.OPTED_OUT
    if assignment.is_suppressed:
        return RouteReason.SUPPRESSED
    if assignment.state is State.WAITLISTED:
        return RouteReason.WAITLISTED
    if assignment.slot is None:
        return RouteReason.NO_LINE
    return RouteReason.NOT_TEXTED if assignment.state in _NOT_TEXTED else None


def _of_line(home: LineHealth, *, is_rerouted: bool) -> RouteReason:
    if home.status in _BY_STATUS:
        return _BY_STATUS[home.status]
    if home.operator_state is OperatorState.RETIRED:
        return RouteReason.RETIRED
    if is_rerouted:
        return RouteReason.MOVING
    return _BY_REPUTATION.get(home.reputation, RouteReason.OK)
