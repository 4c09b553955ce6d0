"""Check a line's settings, apply an operator's action to it, and count the places others have for its people."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from router.core.errors import InvalidField, Refused
from router.core.field_rules import check_range, check_words
from router.core.line import MAX_WEIGHT, Line, LineLimits, LineLoad, OperatorState, Service, Status, expected_people
from router.core.numbers.typed_number import read_line_number, read_strict
from router.core.phone import mask
from router.core.pool import MAX_NEW_PEOPLE_PER_DAY

MAX_CAPACITY = 1_000_000
MAX_LABEL_CHARACTERS = 60
MAX_REASON_CHARACTERS = 200


class LineAction(StrEnum):
    """What an operator may do to a line's state. FLAG and UNFLAG are for a provider that does not report it."""

    DRAIN = "drain"
    RESUME = "resume"
    MAINT = "maint"
    FLAG = "flag"
    UNFLAG = "unflag"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSpec:
    """A line as an operator requests it.

    Attributes:
        warm: the line has carried people before, so it starts with its full weight.
        unchecked: the operator knows that the number is right, whatever the numbering plans say.
    """

    number: str
    label: str = ""
    service: Service = Service.IMESSAGE
    weight: int = 100
    capacity: int | None = None
    new_people_per_day: int | None = None
    warm: bool = False
    unchecked: bool = False


def new_line(spec: LineSpec, *, now_ms: int) -> Line:
    """Return the line to store; the store chooses its slot.

    Raises:
        InvalidNumber: not strict E.164, or a number that cannot exist.
        InvalidField: as in `check_line`.
    """
    line = Line(
        slot=0,
        number=read_line_number(spec.number, unchecked=spec.unchecked).number,
        label=spec.label,
        service=spec.service,
        weight=spec.weight,
        capacity=spec.capacity,
        new_people_per_day=spec.new_people_per_day,
        joined_at_ms=now_ms,
        warming_since_ms=None if spec.warm else now_ms,
        revision=1,
    )
    check_line(line)
    return line


def revived(line: Line, spec: LineSpec, *, now_ms: int) -> Line:
    """Return a retired line that is added again: with new settings, its old slot, and its health at the provider.

    A RELEASED status is dropped: an operator who adds the number again rents it again.
    """
    fresh = new_line(spec, now_ms=now_ms)
    status = Status.ACTIVE if line.health.status is Status.RELEASED else line.health.status
    health = replace(line.health, operator_state=OperatorState.READY, status=status)
    return replace(fresh, slot=line.slot, health=health, revision=line.revision)


def after_action(line: Line, action: LineAction, reason: str, *, now_ms: int) -> Line:
    """Return the line after an operator's action. If nothing changes, it is the same line, and its warm-up goes on.

    Raises:
        InvalidField: the reason is missing, or cannot be shown on one line.
        Refused: the line is retired.
    """
    check_reason(reason)
    if line.health.operator_state is OperatorState.RETIRED:
        raise Refused(f"Line {mask(line.number)} is retired. Add its number again to bring it back.")
    health = {
        LineAction.DRAIN: replace(line.health, operator_state=OperatorState.DRAIN),
        LineAction.RESUME: replace(line.health, operator_state=OperatorState.READY),
        LineAction.MAINT: replace(line.health, operator_state=OperatorState.MAINT),
        LineAction.FLAG: replace(line.health, status=Status.FLAGGED),
        LineAction.UNFLAG: replace(line.health, status=Status.ACTIVE),
    }[action]
    if health == line.health:
        return line
    returns = action in {LineAction.RESUME, LineAction.UNFLAG}
    return replace(line, health=health, reason=reason, warming_since_ms=now_ms if returns else line.warming_since_ms)


def check_line(line: Line) -> None:
    """Refuse settings that would not work. The first fault found is reported.

    Raises:
        InvalidNumber: not strict E.164.
        InvalidField: a field outside its range, with its name.
    """
    read_strict(line.number)
    check_words("label", line.label, max_characters=MAX_LABEL_CHARACTERS)
    check_range("weight", line.weight, 0, MAX_WEIGHT)
    if line.capacity is not None:
        check_range("capacity", line.capacity, 1, MAX_CAPACITY)
    if line.new_people_per_day is not None:
        check_range("new_people_per_day", line.new_people_per_day, 1, MAX_NEW_PEOPLE_PER_DAY)


def check_reason(reason: str) -> None:
    """Refuse an operator's reason that is empty or cannot be shown on one line.

    Raises:
        InvalidField: with how to fix it.
    """
    if not reason:
        raise InvalidField("reason", "give the reason in a few words; the next operator will want to know")
    check_words("reason", reason, max_characters=MAX_REASON_CHARACTERS, may_be_empty=False)


def people_on(load: LineLoad) -> int:
    """Return how many people have the line: those who texted, and those who may still do so."""
    return load.reserved + load.confirmed


def places_left(limits: LineLimits, load: LineLoad) -> int:
    """Return how many people a line still has room for, its reserve included.

    A reservation takes the share of a place that reservations turn out to need, as when people are assigned.
    """
    return max(0, limits.capacity - expected_people(load, limits))


def spare_places(others: Iterable[tuple[LineLimits, LineLoad]]) -> int:
    """Return how many people several lines still have room for."""
    return sum(places_left(limits, load) for limits, load in others)
