"""Print days to come, losses, and the table before → after of a what-if."""

from collections.abc import Iterator

from router.cli.printing.tables import draw_bar, percent, print_table
from router.core.capacity.growth import DaysUntil
from router.core.capacity.losses import LossOfAny
from router.services.capacity.report import CapacityReport
from router.services.capacity.what_if import WhatIf


def format_days_until(until: DaysUntil) -> str:
    """Format a day to come with its interval."""
    if until.expected is None:
        return "no growth"
    if until.earliest is None or until.expected == 0:
        return f"{until.expected:.1f} days"
    latest = "never" if until.latest is None else f"{until.latest:.1f}"
    return f"{until.expected:.1f} days (95 %: {until.earliest:.1f} to {latest})"


def format_loss(loss: LossOfAny) -> str:
    """Format the verdict on a loss."""
    if loss.is_bearable:
        return "yes"
    return f"no, {loss.short_by} people too many" if loss.short_by else "no, no line would take new people"


def print_what_if(asked: WhatIf) -> None:
    """Print what is, and what would be: of the pool, then line by line."""
    print_table(("", "now", "then"), list(_facts(asked)))
    print_table(
        ("number", "label", "people", "then", "of", "then", "used", "then", "", "gate", "then"), list(_lines(asked))
    )
    for sentence in asked.after.advice:
        print(f"- {sentence}")


def _facts(asked: WhatIf) -> Iterator[tuple[str, str, str]]:
    before, after = asked.before, asked.after
    yield from zip(_NAMES, _figures(before), _figures(after), strict=True)
    yield "people without a line", "0", str(asked.without_line)


_NAMES = (
    "messages a person and day",
    "over-provisioning",
    "lines that take people",
    "people",
    "places",
    "places without the reserves",
    "used",
    "reserve in use",
    "free places",
    "reserves begin in",
    "full in",
    "lines needed",
    "lines to order",
    "can lose a line",
    "can lose two lines",
)


def _figures(report: CapacityReport) -> tuple[str, ...]:
    plan = report.plan
    one, two = plan.losses
    return (
        f"{report.messages_per_person_per_day:.2f}",
        percent(report.pool.over_provisioning),
        str(plan.lines),
        str(plan.people),
        str(plan.capacity),
        str(plan.target),
        percent(plan.people / plan.capacity) if plan.capacity else "-",
        str(plan.reserve_in_use),
        str(plan.room),
        format_days_until(plan.until_target),
        format_days_until(plan.until_full),
        str(plan.lines_needed),
        str(plan.lines_to_order),
        format_loss(one),
        format_loss(two),
    )


def _lines(asked: WhatIf) -> Iterator[tuple[object, ...]]:
    now = {line.line.slot: line for line in asked.before.lines}
    for then in asked.after.lines:
        line, used = now.get(then.line.slot), then.people / then.limits.capacity
        yield (
            then.line.number,
            then.line.label,
            None if line is None else line.people,
            then.people,
            None if line is None else line.limits.capacity,
            then.limits.capacity,
            None if line is None else percent(line.people / line.limits.capacity),
            percent(used),
            draw_bar(min(1.0, used), 1.0),
            None if line is None else line.gate,
            then.gate,
        )
