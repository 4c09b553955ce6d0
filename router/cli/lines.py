"""`switchyard lines`: the lines of a pool, their shares and their state."""

from typing import Annotated, cast

import typer

from router.cli.options import given, given_or_none
from router.cli.printing.tables import AsJson, print_facts, print_json, print_table
from router.cli.session import PoolOption, run_in_pool
from router.core.act import BY_SHELL
from router.core.errors import InvalidField
from router.core.line import Service
from router.core.lines.line_rules import LineAction, LineSpec
from router.core.lines.line_table import COLUMNS, MAX_TABLE_BYTES
from router.gateway import Gateway
from router.schemas.lines import ImportedRowAnswer, LineAnswer
from router.services.lines.admin import LineFields
from router.services.lines.line_import import ImportedRow
from router.store.line_records import LineNow

app = typer.Typer(help="Lines: the rented numbers of a pool.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="The line's number, like +12025550101.", show_default=False)]
Label = Annotated[str | None, typer.Option(help="Your own name for the line.")]
Weight = Annotated[int | None, typer.Option(help="The line's share, 0 to 1000; 0 parks it.")]
CountOrNone = Annotated[
    str | None, typer.Option(metavar="COUNT|none", help="People it may carry; none: as the pool's settings say.")
]
NewPeople = Annotated[
    str | None, typer.Option("--new-people-per-day", metavar="COUNT|none", help="Guideline; none: the pool's.")
]
ServiceWord = Annotated[Service | None, typer.Option(help="What it speaks besides SMS.")]
Reason = Annotated[str, typer.Option(help="Why. It is stored and shown.")]
Force = Annotated[bool, typer.Option("--force", help="Do it even where it would be refused.")]
Unchecked = Annotated[
    bool, typer.Option("--force", help="Add it even if no numbering plan that we know allows the number.")
]


@app.command("list")
def list_lines(
    pool: PoolOption = None,
    with_retired: Annotated[bool, typer.Option("--all", help="Show retired lines too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the lines of a pool."""
    lines = run_in_pool(pool, lambda gateway, pool_id: gateway.line_admin.all(pool_id, with_retired=with_retired))
    if as_json:
        print_json([LineAnswer.of(now) for now in lines])
    else:
        print_table(
            ("number", "label", "weight", "tier", "gate", "reserved", "confirmed", "capacity", "new 24 h", "reason"),
            [_row(now) for now in lines],
        )


@app.command("add")
def add_line(
    number: Number,
    *,
    pool: PoolOption = None,
    label: Label = None,
    weight: Weight = None,
    capacity: CountOrNone = None,
    new_people_per_day: NewPeople = None,
    service: ServiceWord = None,
    warm: Annotated[bool, typer.Option("--warm", help="It has carried people before, so it needs no warm-up.")] = False,
    force: Unchecked = False,
    as_json: AsJson = False,
) -> None:
    """Add a line, or bring back a retired one."""
    fields = _fields(label, weight, capacity, new_people_per_day, service)
    spec = LineSpec(number=number, warm=warm, unchecked=force, **fields)
    _print_line(
        run_in_pool(pool, lambda gateway, pool_id: gateway.line_admin.add(pool_id, spec, by=BY_SHELL)), as_json=as_json
    )


@app.command("change")
def change_line(
    number: Number,
    *,
    pool: PoolOption = None,
    label: Label = None,
    weight: Weight = None,
    capacity: CountOrNone = None,
    new_people_per_day: NewPeople = None,
    service: ServiceWord = None,
    as_json: AsJson = False,
) -> None:
    """Change some settings of a line."""
    fields = _fields(label, weight, capacity, new_people_per_day, service)
    if not fields:
        raise InvalidField("change", "name at least one setting, such as --weight; see --help")
    now = run_in_pool(pool, lambda gateway, pool_id: gateway.line_admin.change(pool_id, number, fields, by=BY_SHELL))
    _print_line(now, as_json=as_json)


@app.command("drain")
def drain_line(
    number: Number, reason: Reason, pool: PoolOption = None, force: Force = False, as_json: AsJson = False
) -> None:
    """Give a line no new people; those who have it keep it."""
    _set_state(LineAction.DRAIN, pool, number, reason, as_json=as_json, force=force)


@app.command("resume")
def resume_line(number: Number, reason: Reason, pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Put a drained or maintained line back in rotation; it warms up."""
    _set_state(LineAction.RESUME, pool, number, reason, as_json=as_json)


@app.command("maint")
def maintain_line(number: Number, reason: Reason, pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Give a line no new people while you work on it."""
    _set_state(LineAction.MAINT, pool, number, reason, as_json=as_json)


@app.command("flag")
def flag_line(number: Number, reason: Reason, pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Report that the provider flagged a line. Its people get one of their backups."""
    _set_state(LineAction.FLAG, pool, number, reason, as_json=as_json)


@app.command("unflag")
def unflag_line(number: Number, reason: Reason, pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Report that a flagged line works again; it warms up."""
    _set_state(LineAction.UNFLAG, pool, number, reason, as_json=as_json)


@app.command("remove")
def remove_line(
    number: Number,
    reason: Reason,
    pool: PoolOption = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Retire a line; adding its number again brings it back."""
    now = run_in_pool(
        pool,
        lambda gateway, pool_id: gateway.line_admin.remove(pool_id, number, by=BY_SHELL.because(reason), force=force),
    )
    _print_line(now, as_json=as_json)


@app.command("import", help=f"Add the lines of a CSV table. Columns: {', '.join(COLUMNS)}; number is required.")
def import_lines(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="The table; - for stdin.")],
    pool: PoolOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what each row would do.")] = False,
    force: Unchecked = False,
    as_json: AsJson = False,
) -> None:
    """Import a table; rows with a fault are reported, and the exit code is 1."""
    data = file.read(MAX_TABLE_BYTES + 1)

    async def import_table(gateway: Gateway, pool_id: str) -> list[ImportedRow]:
        return await gateway.line_import.run(pool_id, data, by=BY_SHELL, dry_run=dry_run, unchecked=force)

    rows = run_in_pool(pool, import_table)
    if as_json:
        print_json([ImportedRowAnswer.model_validate(row, from_attributes=True) for row in rows])
    else:
        cells = [(row.row, row.number, row.result, "" if row.is_error else row.warning) for row in rows]
        print_table(("row", "number", "result", "warning"), cells)
    if any(row.is_error for row in rows):
        raise typer.Exit(1)


def _fields(
    label: str | None, weight: int | None, capacity: str | None, new_people: str | None, service: Service | None
) -> LineFields:
    counts = given_or_none(capacity=capacity, new_people_per_day=new_people)
    return cast(LineFields, given(label=label, weight=weight, service=service) | counts)


def _set_state(
    action: LineAction, pool: str | None, number: str, reason: str, *, as_json: bool, force: bool = False
) -> None:
    now = run_in_pool(
        pool,
        lambda gateway, pool_id: gateway.line_admin.set_state(
            pool_id, number, action, by=BY_SHELL.because(reason), force=force
        ),
    )
    _print_line(now, as_json=as_json)


def _row(now: LineNow) -> tuple[object, ...]:
    line, load = now.line, now.load
    return (
        line.number,
        line.label,
        line.weight,
        now.tier.value,
        now.gate,
        load.reserved,
        load.confirmed,
        now.limits.capacity,
        load.new_24h,
        line.reason,
    )


def _print_line(now: LineNow, *, as_json: bool) -> None:
    answer = LineAnswer.of(now)
    if as_json:
        print_json(answer)
    else:
        print_facts(answer.model_dump(mode="json").items())
