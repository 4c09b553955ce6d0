"""`switchyard explain`: why each line gets the share of new people that it gets."""

from typing import Annotated

import typer

from router.cli.printing.tables import AsJson, percent, print_json, print_table
from router.cli.session import PoolOption, run_in_pool
from router.core.lines.line_rules import people_on
from router.core.phone import mask
from router.gateway import Gateway
from router.schemas.shares import ExplainAnswer
from router.services.lines.explain import ExplainedLine

COLUMNS = (
    "number",
    "label",
    "weight",
    "effective",
    "tier",
    "gate",
    "people",
    "target",
    "capacity",
    "until target",
    "new 24 h",
    "owed",
    "given",
    "due",
)


def explain(
    pool: PoolOption = None,
    masked: Annotated[bool, typer.Option("--masked", help="Hide all but the last digits of the numbers.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show for each line what holds it back, and the share it gets."""

    async def ask(gateway: Gateway, pool_id: str) -> tuple[str, list[ExplainedLine]]:
        return pool_id, await gateway.line_admin.explain(pool_id)

    pool_id, rows = run_in_pool(pool, ask)
    if as_json:
        answer = ExplainAnswer.of(pool_id, rows)
        shown = [line.model_copy(update={"number": mask(line.number)}) if masked else line for line in answer.lines]
        print_json(answer.model_copy(update={"lines": shown}))
    else:
        print_table(COLUMNS, [_row(row, masked=masked) for row in rows])


def _row(row: ExplainedLine, *, masked: bool) -> tuple[object, ...]:
    return (
        mask(row.line.number) if masked else row.line.number,
        row.line.label,
        row.line.weight,
        row.limits.weight,
        row.tier.value,
        row.gate,
        people_on(row.load),
        row.limits.target,
        row.limits.capacity,
        row.people_until_target,
        row.load.new_24h,
        row.owed,
        percent(row.share_given),
        percent(row.share_due),
    )
