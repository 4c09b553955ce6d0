"""`switchyard funnel`: how many people reached each step on the way to a conversation."""

from typing import Annotated

import typer

from router.cli.printing.tables import AsJson, draw_bar, percent, print_json, print_table
from router.cli.session import PoolOption, run_in_pool
from router.core.lines.funnel import FunnelSteps, by_line, total_of
from router.schemas.funnel import FunnelAnswer
from router.services.lines.funnels import FunnelReport

_STEPS = (
    ("signup page opened", "signup_pages"),
    ("given a line", "places"),
    ("own page opened", "own_pages"),
    ("Messages opened", "messages_opened"),
    ("first text", "first_texts"),
    ("third text", "third_texts"),
)
_COLUMNS = ("number", "label", "line", "page", "opened", "1st text", "3rd", "of places")


def funnel(
    pool: PoolOption = None,
    days: Annotated[int, typer.Option(help="How many days, today included: 1 to 28.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Show how many people reached each step, from the signup page to their third text."""
    report = run_in_pool(pool, lambda gateway, pool_id: gateway.funnels.report(pool_id, days=days))
    if as_json:
        print_json(FunnelAnswer.of(report))
    else:
        _print(report)


def _print(report: FunnelReport) -> None:
    lines = by_line(report.days)
    total = total_of(lines.values())
    widest = max(getattr(total, name) for _, name in _STEPS)
    print_table(
        ("step", "people", ""),
        [(words, getattr(total, name), draw_bar(getattr(total, name), widest)) for words, name in _STEPS],
    )
    rows = [(line, lines.get(line.slot, FunnelSteps())) for line in report.lines]
    print_table(
        _COLUMNS,
        [
            (
                line.number,
                line.label,
                steps.places,
                steps.own_pages,
                steps.messages_opened,
                steps.first_texts,
                steps.third_texts,
                percent(steps.first_texts / steps.places) if steps.places else "-",
            )
            for line, steps in rows
            if steps != FunnelSteps()
        ],
    )
