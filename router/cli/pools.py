"""`switchyard pools`: which pools there are, and their settings."""

from datetime import time
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from router.cli.options import NONE, given, given_or_none
from router.cli.printing import AsJson, print_facts, print_json, print_table
from router.cli.session import run
from router.core.channel_name import ChannelName
from router.core.clock_time import parse_clock_time
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
PromptsFrom = Annotated[
    time | None,
    typer.Option("--prompts-from", parser=parse_clock_time, metavar="HH:MM", help="Prompts go out from then on."),
]
PromptsUntil = Annotated[
    time | None,
    typer.Option("--prompts-until", parser=parse_clock_time, metavar="HH:MM", help="And not from then on."),
]
TimeZone = Annotated[
    str | None, typer.Option("--time-zone", metavar="AREA/CITY", help="Of people whose number does not tell theirs.")
]
EnvironmentId = Annotated[str | None, typer.Option(help="Which of the provider's environments its lines are in.")]
PromptChannels = Annotated[
    str | None,
    typer.Option("--prompt-channels", metavar="app,email,sms", help="What carries prompts, in this order; or none."),
]
PromptTexts = Annotated[
    list[str] | None,
    typer.Option("--prompt-text", metavar="sms=TEXT", help="Own words for a prompt; empty for ours. May be repeated."),
]

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
    prompts_from: PromptsFrom = None,
    prompts_until: PromptsUntil = None,
    time_zone: TimeZone = None,
    environment: EnvironmentId = None,
    prompt_channels: PromptChannels = None,
    prompt_texts: PromptTexts = None,
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
    prompts_from: PromptsFrom = None,
    prompts_until: PromptsUntil = None,
    time_zone: TimeZone = None,
    environment: EnvironmentId = None,
    prompt_channels: PromptChannels = None,
    prompt_texts: PromptTexts = None,
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
    settings["prompt_channels"] = _read_channels(settings["prompt_channels"])
    settings["prompt_texts"] = _read_texts(settings["prompt_texts"])
    return cast(PoolFields, given(**settings) | limits)


def _read_channels(text: str | None) -> tuple[ChannelName, ...] | None:
    if text is None or text == NONE:
        return None if text is None else ()
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in list(ChannelName)]:
        raise InvalidField("prompt_channels", f"{unknown[0][:40]!r} is none of {', '.join(ChannelName)}")
    return tuple(map(ChannelName, names))


def _read_texts(texts: list[str] | None) -> dict[str, str] | None:
    if not texts:
        return None
    if missing := [text for text in texts if "=" not in text]:
        raise InvalidField("prompt_texts", f"{missing[0][:40]!r} must be a name and a text, such as sms='… {{link}}'")
    return {name.strip(): text for name, _, text in (each.partition("=") for each in texts)}


def _print_pool(pool: Pool, *, as_json: bool) -> None:
    answer = PoolAnswer.of(pool)
    if as_json:
        print_json(answer)
    else:
        print_facts(answer.model_dump(mode="json").items())
