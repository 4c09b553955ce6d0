"""`switchyard capacity`: what was measured, how full each line is, and how many lines the pool needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from router.cli.capacity_answers import PilotAnswer
from router.cli.printing import AsJson, draw_bar, percent, print_facts, print_json, print_table
from router.cli.session import PoolOption, run_in_pool
from router.core.errors import InvalidField
from router.core.pool import CapacityFrom
from router.services.capacity import CapacityReport, LineReport
from router.store.traffic import Progress as OnProgress
from router.web.schemas.capacity import CapacityAnswer
from router.wiring import Gateway

app = typer.Typer(help="Capacity: measured load, room, and how many lines you need.", invoke_without_command=True)

_COLUMNS = (
    "number",
    "label",
    "gate",
    "people",
    "of",
    "",
    "headroom",
    "in today",
    "out today",
    "in a day",
    "out a day",
    "of guideline",
    "new 24 h",
    "begun 24 h",
)


@app.callback()
def show_capacity(
    context: typer.Context,
    pool: PoolOption = None,
    demand: Annotated[int, typer.Option(metavar="PEOPLE", help="Plan for so many people more.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show what a pool carries, measured and planned, and how many lines it needs."""
    if context.invoked_subcommand is not None:
        return
    if demand < 0:
        raise InvalidField("--demand", f"{demand} must be 0 or more")
    report = run_in_pool(pool, lambda gateway, pool_id: gateway.capacity.report(pool_id, more_people=demand))
    if as_json:
        print_json(CapacityAnswer.of(report))
    else:
        _print_report(report)


@app.command("pilot")
def report_pilot(
    number: Annotated[str, typer.Argument(help="The line to look at, like +12025550101.", show_default=False)],
    pool: PoolOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what the people of one line tell: messages per person with a 95 % interval, and people per line."""

    async def ask(gateway: Gateway, pool_id: str) -> PilotAnswer:
        settings, now = await gateway.pool_admin.get(pool_id), await gateway.line_admin.get(pool_id, number)
        with _progress_bar("Reading people") as on_progress:
            return PilotAnswer.of(settings, now, await gateway.capacity.pilot(settings, now.line, on_progress))

    answer = run_in_pool(pool, ask)
    if as_json:
        print_json(answer)
    else:
        _print_pilot(answer)


@contextmanager
def _progress_bar(label: str) -> Iterator[OnProgress]:
    """Show on stderr how far a long reading is; nothing where nobody looks."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_report(report: CapacityReport) -> None:
    measured, plan = report.measured, report.plan
    is_measured = report.pool.capacity_from is CapacityFrom.MEASURED
    print_facts(
        [
            ("measured", _per_person(measured.messages_per_person_per_day)),
            ("guess", _per_person(report.pool.messages_per_person_per_day)),
            ("counted with", f"{_per_person(report.messages_per_person_per_day)}{'' if is_measured else ' (setting)'}"),
            ("measured over", f"{measured.person_days:.1f} person-days on {measured.days:.1f} days"),
            ("replies", _per_person(measured.replies_per_person_per_day)),
            ("in for each out", measured.reciprocity),
            ("reservations that text", percent(measured.conversion_permille / 1000)),
            ("people", f"{plan.people} on lines for {plan.capacity}, of which {plan.target} without the reserves"),
            ("new people", f"{report.new_24h} in 24 h, {report.new_per_day:.1f} on a usual day"),
            ("begun by lines", f"{report.started_24h} conversations in 24 h"),
            ("reserves begin in", _days(plan.days_to_target)),
            ("full in", _days(plan.days_to_full)),
            ("lines needed", f"{plan.lines_needed} for these people; {plan.lines} take people now"),
            *(
                [("lines for demand", f"{plan.lines_for_demand} for {plan.more_people} more")]
                if plan.more_people
                else []
            ),
            ("can lose a line", "yes" if plan.loss.is_bearable else f"no, {plan.loss.short_by} people too many"),
        ]
    )
    print_table(_COLUMNS, [_row(line, report.pool.messages_per_line_per_day) for line in report.lines])
    for sentence in report.advice:
        print(f"- {sentence}")


def _row(line: LineReport, guideline: int) -> tuple[object, ...]:
    return (
        line.line.number,
        line.line.label,
        line.gate,
        line.people,
        line.limits.capacity,
        draw_bar(min(line.people, line.limits.capacity), line.limits.capacity),
        line.headroom,
        int(line.today.incoming),
        int(line.today.outgoing),
        round(line.usual.incoming, 1),
        round(line.usual.outgoing, 1),
        percent(line.usual.messages / guideline),
        line.load.new_24h,
        line.load.started_24h,
    )


def _print_pilot(answer: PilotAnswer) -> None:
    messages = answer.messages_per_person_per_day
    print_facts(
        [
            ("line", answer.number),
            ("people", f"{answer.people}, there for {answer.mean_age_days:.1f} days on average"),
            ("messages", _per_person(None if messages is None else messages.mean)),
            ("95 % interval", "-" if messages is None else f"{messages.low:.2f} to {_bound(messages.high, 2)}"),
            ("people per line", answer.people_per_line),
            ("at the interval's ends", f"{_bound(answer.fewest_per_line, 0)} to {_bound(answer.most_per_line, 0)}"),
            ("guideline", f"{answer.messages_per_line_per_day} messages a line and day"),
            ("replies per person", answer.replies_per_person),
            ("three replies or more", percent(answer.replied_often)),
            ("in for each out", answer.reciprocity),
        ]
    )
    print(answer.what_is_missing or "Enough to plan with.")


def _per_person(messages: float | None) -> str:
    return "-" if messages is None else f"{messages:.2f} a person and day"


def _days(days: float | None) -> str:
    return "no growth" if days is None else f"{days:.1f} days"


def _bound(number: float | None, digits: int) -> str:
    return "any number" if number is None else f"{number:.{digits}f}"
