"""Advise an operator on a pool's capacity, in sentences, the most urgent first."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

from router.core.capacity.planner import Plan
from router.core.capacity.traffic import MIN_DAYS, MIN_PERSON_DAYS, Measured
from router.core.phone import E164, mask
from router.core.pool import CapacityFrom, Pool

# Fewer messages in for each one out look like advertising to carriers.
MIN_RECIPROCITY = 0.5
_NOTICE_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class BusyLine:
    """A line and its messages in both directions, today and on a usual day."""

    slot: int
    number: E164
    messages_today: int
    messages_per_day: float


def advise(pool: Pool, plan: Plan, measured: Measured, lines: list[BusyLine]) -> tuple[str, ...]:
    """Return what the operator should do; nothing where all is well."""
    numbers = {line.slot: line.number for line in lines}
    return (
        *_on_growth(plan),
        *_on_loss(plan, numbers),
        *_on_guideline(pool, lines),
        *_on_reciprocity(measured),
        *_on_measurement(pool, plan, measured),
    )


def _on_growth(plan: Plan) -> Iterator[str]:
    if not plan.lines:
        yield "No line takes people. Add one, or resume one."
        return
    until_target, until_full = plan.days_to_target, plan.days_to_full
    if until_target is None or until_target > max(_NOTICE_DAYS, plan.lead_days):
        return
    until_full_words = "" if until_full is None else f", and the pool is full in {_days(until_full)}"
    if until_full == 0:
        when = "The pool is full"
    elif until_target == 0:
        when = f"The reserve is in use{until_full_words}"
    else:
        when = f"The reserve begins in {_days(until_target)}{until_full_words}"
    trend = f", at {plan.growth_per_day:.1f} people a day who come and stay" if plan.growth_per_day else ""
    by = "now" if plan.must_order_now else f"within {_days(until_target - plan.lead_days)}"
    yield (
        f"{when}{trend}. Order {_lines(max(1, plan.lines_to_order))} {by}: an order takes about "
        f"{_days(plan.order_days)}, the warm-up {_days(plan.lead_days - plan.order_days)}."
    )


def _on_loss(plan: Plan, numbers: dict[int, E164]) -> Iterator[str]:
    loss = plan.losses[0]
    if not plan.lines or loss.is_bearable:
        return
    if not loss.people:
        yield "There is only one line. If it were lost, new people would get none. Add a second one."
        return
    yield (
        f"If line {mask(numbers[loss.slots[0]])} were lost, the others would have room for {loss.room} of its "
        f"{loss.people} people. {_lines(loss.lines_to_survive(plan.capacity_per_line)).capitalize()} more would carry "
        "them."
    )


def _on_guideline(pool: Pool, lines: list[BusyLine]) -> Iterator[str]:
    guideline = pool.messages_per_line_per_day
    for line in lines:
        if line.messages_today > guideline or line.messages_per_day > guideline:
            usual = f"{line.messages_per_day:.0f} on a usual day"
            yield (
                f"Line {mask(line.number)} carried {line.messages_today} messages today, {usual}; the guideline is "
                f"{guideline}. Lower its capacity or its weight."
            )


def _on_reciprocity(measured: Measured) -> Iterator[str]:
    if measured.reciprocity is not None and measured.reciprocity < MIN_RECIPROCITY:
        yield (
            f"For each message sent, only {measured.reciprocity:.2f} come in; at least {MIN_RECIPROCITY} are advised. "
            "Ask questions, and write less to those who do not answer."
        )


def _on_measurement(pool: Pool, plan: Plan, measured: Measured) -> Iterator[str]:
    guess = pool.messages_per_person_per_day
    if pool.capacity_from is CapacityFrom.SETTING:
        yield f"Capacity is counted with the setting, {guess:g} messages per person and day, whatever is measured."
    elif measured.messages_per_person_per_day is None and plan.people:
        yield (
            f"Capacity is counted with a guess, {guess:g} messages per person and day, until {MIN_PERSON_DAYS:.0f} "
            f"person-days on more than {MIN_DAYS:.0f} days are measured; so far {floor(measured.person_days)} on "
            f"{measured.days:.1f}. Only people whose texts the provider's webhooks report are counted."
        )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _days(days: float) -> str:
    whole = ceil(days)
    return "a day" if whole == 1 else f"{whole} days"
