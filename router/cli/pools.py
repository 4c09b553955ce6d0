"""`switchyard pools`: which pools there are, and their settings."""

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from router.cli.options import given, given_or_none
from router.cli.printing import AsJson, print_facts, print_json, print_table
from router.cli.session import run
from router.core.errors import InvalidField
from router.core.pool import CapacityFrom, Entry, Pool
from router.services.pools import PoolFields
from router.web.schemas.pools import PoolAnswer

app = typer.Typer(help="Pools: lines that share an audience, a contact card and a policy.", no_args_is_help=True)

PoolId = Annotated[str, typer.Argument(help="Id of the pool: a-z, 0-9 and dashes.")]
Name = Annotated[str | None, typer.Option(help="Name on the page and the contact card.")]
Message = Annotated[str | None, typer.Option("--text", help="What people send; {code} stands for their code.")]
Greeting = Annotated[str | None, typer.Option(help="One sentence on the signup page.")]
Colour = Annotated[str | None, typer.Option(help="Of buttons and headings, like #1d5fd1.")]
Website = Annotated[str | None, typer.Option(help="https://…, for the contact card.")]
EntryWord = Annotated[Entry | None, typer.Option(help="What opening the signup link does on a phone.")]
Spare = Annotated[float | None, typer.Option("--over-provisioning", help="Spare room on every line, 0 to 1.")]
LineMessages = Annotated[int | None, typer.Option("--messages-per-line-per-day", help="The provider's guideline.")]
PersonMessages = Annotated[float | None, typer.Option("--messages-per-person-per-day", help="A guess, until measured.")]
CapacityWord = Annotated[
    CapacityFrom | None,
    typer.Option("--capacity-from", help="Count with measured messages per person, or the setting."),
]
NewPeople = Annotated[
    str | None, typer.Option("--new-people-per-day", metavar="COUNT|none", help="Guideline a line, rolling 24 h.")
]
Started = Annotated[
    str | None,
    typer.Option(
        "--conversations-started-per-day", metavar="COUNT|none", help="Guideline for those a line begins, rolling 24 h."
    ),
]
WarmUp = Annotated[float | None, typer.Option("--warm-up-days", help="Until a new line has its full weight.")]
Minutes = Annotated[int | None, typer.Option("--reservation-minutes", help="How long a signup holds its place.")]
Backups = Annotated[int | None, typer.Option(help="Further numbers on each contact card, 0 to 3.")]
EnvironmentId = Annotated[str | None, typer.Option(help="Which of the provider's environments its lines are in.")]

_MAY_BE_NONE = ("new_people_per_day", "conversations_started_per_day")


@app.command("list")
def list_pools(as_json: AsJson = False) -> None:
    """List all pools."""
    pools = run(lambda gateway: gateway.pool_admin.all())
    if as_json:
        print_json([PoolAnswer.of(pool) for pool in pools])
    else:
        columns = ("id", "name", "entry", "backups", "over-provisioning", "text")
        print_table(
            columns,
            [(pool.id, pool.name, pool.entry, pool.backups, pool.over_provisioning, pool.text) for pool in pools],
        )


@app.command("show")
def show_pool(pool_id: PoolId, as_json: AsJson = False) -> None:
    """Show a pool's settings."""
    _print_pool(run(lambda gateway: gateway.pool_admin.get(pool_id)), as_json=as_json)


@app.command("create")
def create_pool(
    pool_id: PoolId,
    *,
    name: Name = None,
    text: Message = None,
    greeting: Greeting = None,
    colour: Colour = None,
    website: Website = None,
    entry: EntryWord = None,
    over_provisioning: Spare = None,
    messages_per_line_per_day: LineMessages = None,
    messages_per_person_per_day: PersonMessages = None,
    capacity_from: CapacityWord = None,
    new_people_per_day: NewPeople = None,
    conversations_started_per_day: Started = None,
    warm_up_days: WarmUp = None,
    reservation_minutes: Minutes = None,
    backups: Backups = None,
    environment: EnvironmentId = None,
    as_json: AsJson = False,
) -> None:
    """Make a pool; every setting has a default that works."""
    fields = _fields(locals())
    _print_pool(run(lambda gateway: gateway.pool_admin.create(pool_id, fields)), as_json=as_json)


@app.command("change")
def change_pool(
    pool_id: PoolId,
    *,
    name: Name = None,
    text: Message = None,
    greeting: Greeting = None,
    colour: Colour = None,
    website: Website = None,
    entry: EntryWord = None,
    over_provisioning: Spare = None,
    messages_per_line_per_day: LineMessages = None,
    messages_per_person_per_day: PersonMessages = None,
    capacity_from: CapacityWord = None,
    new_people_per_day: NewPeople = None,
    conversations_started_per_day: Started = None,
    warm_up_days: WarmUp = None,
    reservation_minutes: Minutes = None,
    backups: Backups = None,
    environment: EnvironmentId = None,
    as_json: AsJson = False,
) -> None:
    """Change some settings of a pool; the limits of its lines follow at once."""
    fields = _fields(locals())
    if not fields:
        raise InvalidField("change", "name at least one setting, such as --name; see --help")
    _print_pool(run(lambda gateway: gateway.pool_admin.change(pool_id, fields)), as_json=as_json)


@app.command("delete")
def delete_pool(pool_id: PoolId, as_json: AsJson = False) -> None:
    """Undo a pool that nobody was ever given a line of."""
    _print_pool(run(lambda gateway: gateway.pool_admin.delete(pool_id)), as_json=as_json)


@app.command("photo")
def set_photo(
    pool_id: PoolId,
    file: Annotated[
        Path | None, typer.Argument(dir_okay=False, exists=True, help="JPEG, PNG, GIF, WebP or BMP.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Go back to having no photo.")] = False,
    as_json: AsJson = False,
) -> None:
    """Set the photo of the page and the contact card, or remove it."""
    if (file is None) is not remove:
        raise InvalidField("photo", "give a file, or --remove")
    if file is None:
        pool = run(lambda gateway: gateway.pool_admin.remove_photo(pool_id))
    else:
        data = file.read_bytes()
        pool = run(lambda gateway: gateway.pool_admin.set_photo(pool_id, data))
    _print_pool(pool, as_json=as_json)


def _fields(options: dict[str, Any]) -> PoolFields:
    """Pick the settings that were given out of a command's options, which bear their names."""
    settings = {field: options[field] for field in PoolFields.__annotations__}
    limits = given_or_none(**{field: settings.pop(field) for field in _MAY_BE_NONE})
    return cast(PoolFields, given(**settings) | limits)


def _print_pool(pool: Pool, *, as_json: bool) -> None:
    answer = PoolAnswer.of(pool)
    if as_json:
        print_json(answer)
    else:
        print_facts(answer.model_dump(mode="json").items())
