"""`switchyard capacity`: what was measured, how full each line is, and how many lines the pool needs."""

from typing import Annotated

import typer

from router.cli.printing.capacity import format_days_until, format_loss, print_what_if
from router.cli.printing.progress import progress_bar
from router.cli.printing.tables import AsJson, draw_bar, percent, print_facts, print_json, print_table
from router.cli.session import PoolOption, run_in_pool
from router.core.errors import InvalidField
from router.core.pool import CapacityFrom
from router.gateway import Gateway
from router.schemas.capacity import CapacityAnswer
from router.schemas.pilot import PilotAnswer
from router.schemas.what_if import WhatIfAnswer
from router.services.capacity.report import CapacityReport, LineReport
from router.services.capacity.what_if import Changes, check_changes

app = typer.Typer(help="Capacity: measured load, room, and how many lines you need.", invoke_without_command=True)

_COLUMNS = (
    "number",
    "label",
    "gate",
    "next gate",
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
_LOSS_WORDS = {1: "can lose a line", 2: "can lose two lines"}


@app.callback()
def show_capacity(
    context: typer.Context,
    pool: PoolOption = None,
    demand: Annotated[int, typer.Option(metavar="PEOPLE", help="Plan for this many people more.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show how many people a pool carries and can carry, and how many lines it needs."""
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
    number: Annotated[str, typer.Argument(help="The pilot line, like +12025550101.", show_default=False)],
    pool: PoolOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what one line's people measure: messages per person with a 95 % interval, and people per line."""

    async def ask(gateway: Gateway, pool_id: str) -> PilotAnswer:
        settings, now = await gateway.pool_admin.get(pool_id), await gateway.line_admin.get(pool_id, number)
        with progress_bar("Reading people") as on_progress:
            return PilotAnswer.of(settings, now, await gateway.capacity.pilot(settings, now.line, on_progress))

    answer = run_in_pool(pool, ask)
    if as_json:
        print_json(answer)
    else:
        _print_pilot(answer)


@app.command("what-if")
def ask_what_if(
    pool: PoolOption = None,
    *,
    demand: Annotated[int, typer.Option(metavar="PEOPLE", help="This many people come in addition.")] = 0,
    peak_factor: Annotated[float, typer.Option(help="A peak day brings this many times the usual messages.")] = 1.0,
    messages_per_person: Annotated[
        float | None,
        typer.Option("--messages-per-person", "--messages-per-person-per-day", help="Messages of a person and day."),
    ] = None,
    lines_added: Annotated[int, typer.Option(metavar="COUNT", help="Rent this many lines more.")] = 0,
    lines_lost: Annotated[
        int, typer.Option(metavar="COUNT", help="Lose this many lines: those that are hardest to lose.")
    ] = 0,
    lost: Annotated[
        list[str] | None, typer.Option("--lost", metavar="NUMBER", help="Lose this line as well. May be repeated.")
    ] = None,
    over_provisioning: Annotated[float | None, typer.Option(help="Spare room on every line, 0 to 1.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the pool would carry and need with other inputs. Nothing is changed."""
    changes = Changes(
        demand=demand,
        peak_factor=peak_factor,
        messages_per_person_per_day=messages_per_person,
        lines_added=lines_added,
        lines_lost=lines_lost,
        lost=tuple(lost or ()),
        over_provisioning=over_provisioning,
    )
    check_changes(changes)
    asked = run_in_pool(pool, lambda gateway, pool_id: gateway.capacity.what_if(pool_id, changes))
    if as_json:
        print_json(WhatIfAnswer.of(asked))
    else:
        print_what_if(asked)


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
            ("reserve in use", f"{plan.reserve_in_use} of {plan.capacity - plan.target} places"),
            ("reserves begin in", format_days_until(plan.until_target)),
            ("full in", format_days_until(plan.until_full)),
            ("an order takes", f"{plan.order_days:g} days, then the warm-up {plan.lead_days - plan.order_days:g}"),
            ("lines needed", f"{plan.lines_needed} for these people; {plan.lines} take people now"),
            *(
                [("lines for demand", f"{plan.lines_for_demand} for {plan.more_people} more")]
                if plan.more_people
                else []
            ),
            *((_LOSS_WORDS[loss.count], format_loss(loss)) for loss in plan.losses),
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
        "-" if line.next_gate is None else f"{line.next_gate.gate}, {line.next_gate.used:.0%} used",
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


def _bound(number: float | None, digits: int) -> str:
    return "any number" if number is None else f"{number:.{digits}f}"
