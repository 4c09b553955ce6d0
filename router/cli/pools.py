"""`switchyard pools`: the pools and their settings."""

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from router.cli.options import given, given_or_none
from router.cli.pool_options import (
    Backups,
    CapacityWord,
    Colour,
    ConsentWord,
    DefaultLanguage,
    EntryWord,
    EnvironmentId,
    Greeting,
    LanguageWord,
    LineMessages,
    Message,
    Minutes,
    Name,
    NewPeople,
    OrderDays,
    PageTexts,
    PersonMessages,
    PoolId,
    PrivacyUrl,
    PromptChannels,
    PromptsFrom,
    PromptsUntil,
    PromptTexts,
    Spare,
    Started,
    TermsUrl,
    TimeZone,
    WarmUp,
    Website,
    read_channels,
    read_page_texts,
    read_texts,
)
from router.cli.printing.tables import AsJson, print_facts, print_json, print_table
from router.cli.session import run
from router.core.act import BY_SHELL
from router.core.errors import InvalidField
from router.core.pool import Pool
from router.gateway import Gateway
from router.schemas.pools import PoolAnswer
from router.schemas.words import WordsAnswer
from router.services.pools.admin import PoolFields

app = typer.Typer(help="Pools: lines that share an audience, a contact card and a policy.", no_args_is_help=True)

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
    order_days: OrderDays = None,
    reservation_minutes: Minutes = None,
    backups: Backups = None,
    prompts_from: PromptsFrom = None,
    prompts_until: PromptsUntil = None,
    time_zone: TimeZone = None,
    environment: EnvironmentId = None,
    prompt_channels: PromptChannels = None,
    prompt_texts: PromptTexts = None,
    language: LanguageWord = None,
    default_language: DefaultLanguage = None,
    consent: ConsentWord = None,
    terms_url: TermsUrl = None,
    privacy_url: PrivacyUrl = None,
    texts: PageTexts = None,
    as_json: AsJson = False,
) -> None:
    """Make a pool. Every setting has a default that works."""
    fields = _fields(locals())
    _print_pool(run(lambda gateway: gateway.pool_admin.create(pool_id, fields, by=BY_SHELL)), as_json=as_json)


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
    order_days: OrderDays = None,
    reservation_minutes: Minutes = None,
    backups: Backups = None,
    prompts_from: PromptsFrom = None,
    prompts_until: PromptsUntil = None,
    time_zone: TimeZone = None,
    environment: EnvironmentId = None,
    prompt_channels: PromptChannels = None,
    prompt_texts: PromptTexts = None,
    language: LanguageWord = None,
    default_language: DefaultLanguage = None,
    consent: ConsentWord = None,
    terms_url: TermsUrl = None,
    privacy_url: PrivacyUrl = None,
    texts: PageTexts = None,
    as_json: AsJson = False,
) -> None:
    """Change some settings of a pool; the limits of its lines follow at once."""
    fields = _fields(locals())
    if not fields:
        raise InvalidField("change", "name at least one setting, such as --name; see --help")
    _print_pool(run(lambda gateway: gateway.pool_admin.change(pool_id, fields, by=BY_SHELL)), as_json=as_json)


@app.command("words")
def show_words(pool_id: PoolId, as_json: AsJson = False) -> None:
    """Show the words of consent under which people signed up, and since when."""

    async def ask(gateway: Gateway) -> list[WordsAnswer]:
        return [WordsAnswer.of(version, words) for version, words in (await gateway.consents.all(pool_id)).items()]

    answers = run(ask)
    if as_json:
        print_json(answers)
    else:
        columns = ("version", "language", "first signup", "terms", "privacy", "text")
        print_table(
            columns,
            [
                (one.version, one.language, one.first_signup_at, one.terms_url, one.privacy_url, one.text)
                for one in answers
            ],
        )


@app.command("delete")
def delete_pool(pool_id: PoolId, as_json: AsJson = False) -> None:
    """Delete a pool from which nobody was ever given a line."""
    _print_pool(run(lambda gateway: gateway.pool_admin.delete(pool_id, by=BY_SHELL)), as_json=as_json)


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
        pool = run(lambda gateway: gateway.pool_admin.remove_photo(pool_id, by=BY_SHELL))
    else:
        data = file.read_bytes()
        pool = run(lambda gateway: gateway.pool_admin.set_photo(pool_id, data, by=BY_SHELL))
    _print_pool(pool, as_json=as_json)


def _fields(options: dict[str, Any]) -> PoolFields:
    """Return the settings that were given. A command's options have the names of the settings."""
    settings = {field: options[field] for field in PoolFields.__annotations__}
    limits = given_or_none(**{field: settings.pop(field) for field in _MAY_BE_NONE})
    settings["prompt_channels"] = read_channels(settings["prompt_channels"])
    settings["prompt_texts"] = read_texts(settings["prompt_texts"])
    settings["texts"] = read_page_texts(settings["texts"])
    return cast(PoolFields, given(**settings) | limits)


def _print_pool(pool: Pool, *, as_json: bool) -> None:
    answer = PoolAnswer.of(pool)
    if as_json:
        print_json(answer)
    else:
        print_facts(answer.model_dump(mode="json").items())
