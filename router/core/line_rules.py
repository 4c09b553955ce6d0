"""What a line's settings may be, what an operator's action does to it, and whether a pool can do without it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from router.core.errors import InvalidField, Refused
from router.core.field_rules import check_range, check_words
from router.core.line import MAX_WEIGHT, Line, LineLimits, LineLoad, OperatorState, Service, Status
from router.core.phone import mask, parse_e164
from router.core.pool_rules import MAX_NEW_PEOPLE_PER_DAY

MAX_CAPACITY = 1_000_000
MAX_LABEL_CHARACTERS = 60
MAX_REASON_CHARACTERS = 200


class LineAction(StrEnum):
    """What an operator may do to a line's state; FLAG and UNFLAG stand in for a provider that does not say."""

    DRAIN = "drain"
    RESUME = "resume"
    MAINT = "maint"
    FLAG = "flag"
    UNFLAG = "unflag"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSpec:
    """A line as an operator asks for it.

    Attributes:
        warm: it has carried people before, so it starts with its full weight.
    """

    number: str
    label: str = ""
    service: Service = Service.IMESSAGE
    weight: int = 100
    capacity: int | None = None
    new_people_per_day: int | None = None
    warm: bool = False


def new_line(spec: LineSpec, *, now_ms: int) -> Line:
    """Return the line to write; the store gives it its slot.

    Raises:
        InvalidNumber, InvalidField: as `check_line`.
    """
    line = Line(
        slot=0,
        number=parse_e164(spec.number),
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
    """Return a retired line as it comes back: the new settings, its old slot, and what the provider says of it.

    That the provider once took it away is history: whoever adds it again has it again.
    """
    fresh = new_line(spec, now_ms=now_ms)
    status = Status.ACTIVE if line.health.status is Status.RELEASED else line.health.status
    health = replace(line.health, operator_state=OperatorState.READY, status=status)
    return replace(fresh, slot=line.slot, health=health, revision=line.revision)


def after_action(line: Line, action: LineAction, reason: str, *, now_ms: int) -> Line:
    """Return the line after an operator's action; the same line if it stood so already, its warm-up undisturbed.

    Raises:
        InvalidField: the reason is missing or can not be shown on one line.
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
    """Refuse settings that would not work; the first fault found is told.

    Raises:
        InvalidNumber: not strict E.164.
        InvalidField: a field outside its range, by its name.
    """
    parse_e164(line.number)
    check_words("label", line.label, max_characters=MAX_LABEL_CHARACTERS)
    check_range("weight", line.weight, 0, MAX_WEIGHT)
    if line.capacity is not None:
        check_range("capacity", line.capacity, 1, MAX_CAPACITY)
    if line.new_people_per_day is not None:
        check_range("new_people_per_day", line.new_people_per_day, 1, MAX_NEW_PEOPLE_PER_DAY)


def check_reason(reason: str) -> None:
    """Refuse an operator's reason that says nothing or can not be shown on one line.

    Raises:
        InvalidField: with the mend.
    """
    if not reason:
        raise InvalidField("reason", "say in a few words why; the next operator will want to know")
    check_words("reason", reason, max_characters=MAX_REASON_CHARACTERS, may_be_empty=False)


def people_on(load: LineLoad) -> int:
    """People who have the line: those who texted and those who may yet."""
    return load.reserved + load.confirmed


def spare_places(others: Iterable[tuple[LineLimits, LineLoad]]) -> int:
    """Count the people that lines could still take, their reserves included."""
    return sum(max(0, limits.capacity - people_on(load)) for limits, load in others)
