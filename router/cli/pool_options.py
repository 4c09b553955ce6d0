"""The options of `switchyard pools` that set a pool, and how the lists among them are read."""

from datetime import time
from typing import Annotated

import typer

from router.cli.options import NONE
from router.core.channel import ChannelName
from router.core.clock_time import parse_clock_time
from router.core.errors import InvalidField
from router.core.language import Language, LanguageRule
from router.core.pool import CapacityFrom, Consent, Entry
from router.core.pools.page_texts import PageTextKey

PoolId = Annotated[str, typer.Argument(help="Id of the pool: a-z, 0-9 and dashes.")]
Name = Annotated[str | None, typer.Option(help="Name on the page and the contact card.")]
Message = Annotated[str | None, typer.Option("--text", help="What people send; {code} stands for their code.")]
Greeting = Annotated[str | None, typer.Option(help="One sentence on the signup page.")]
Colour = Annotated[str | None, typer.Option(help="Colour of buttons and headings, like #1d5fd1.")]
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
    str | None,
    typer.Option("--new-people-per-day", metavar="COUNT|none", help="Guideline for each line, rolling 24 h."),
]
Started = Annotated[
    str | None,
    typer.Option(
        "--conversations-started-per-day",
        metavar="COUNT|none",
        help="Guideline for conversations each line begins, rolling 24 h.",
    ),
]
WarmUp = Annotated[float | None, typer.Option("--warm-up-days", help="Days until a new line has its full weight.")]
OrderDays = Annotated[float | None, typer.Option("--order-days", help="Days until a line you order works.")]
Minutes = Annotated[int | None, typer.Option("--reservation-minutes", help="How long a signup holds its place.")]
Backups = Annotated[int | None, typer.Option(help="Further numbers on each contact card, 0 to 3.")]
PromptsFrom = Annotated[
    time | None,
    typer.Option(
        "--prompts-from", parser=parse_clock_time, metavar="HH:MM", help="Prompts go out from this time of day on."
    ),
]
PromptsUntil = Annotated[
    time | None,
    typer.Option("--prompts-until", parser=parse_clock_time, metavar="HH:MM", help="And not from this time of day on."),
]
TimeZone = Annotated[
    str | None,
    typer.Option("--time-zone", metavar="AREA/CITY", help="For people whose number does not show their time zone."),
]
EnvironmentId = Annotated[str | None, typer.Option(help="Which of the provider's environments its lines are in.")]
PromptChannels = Annotated[
    str | None,
    typer.Option(
        "--prompt-channels", metavar="app,email,sms", help="Which channels carry prompts, in this order; or none."
    ),
]
PromptTexts = Annotated[
    list[str] | None,
    typer.Option(
        "--prompt-text", metavar="sms=TEXT", help="Your own words for a prompt; empty for ours. May be repeated."
    ),
]
LanguageWord = Annotated[
    LanguageRule | None, typer.Option("--language", help="Of the pages; auto: what each person's browser asks for.")
]
DefaultLanguage = Annotated[
    Language | None, typer.Option("--default-language", help="For people whose browser asks for none of these.")
]
ConsentWord = Annotated[
    Consent | None,
    typer.Option("--consent", help="Consent line under the button: for the US, for the EU, your own, or none."),
]
TermsUrl = Annotated[str | None, typer.Option("--terms-url", help="https://…, linked under the button.")]
PrivacyUrl = Annotated[str | None, typer.Option("--privacy-url", help="https://…, linked under the button.")]
PageTexts = Annotated[
    list[str] | None,
    typer.Option(
        "--page-text",
        metavar="button.en=TEXT",
        help=f"Your own words on the pages ({', '.join(PageTextKey)}) in one language; empty for ours. "
        "May be repeated.",
    ),
]


def read_channels(text: str | None) -> tuple[ChannelName, ...] | None:
    """Return the channels that a comma separated list names; none of them for the word "none".

    Raises:
        InvalidField: a name that is no channel's.
    """
    if text is None or text == NONE:
        return None if text is None else ()
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in list(ChannelName)]:
        raise InvalidField("prompt_channels", f"{unknown[0][:40]!r} is not one of {', '.join(ChannelName)}")
    return tuple(map(ChannelName, names))


def read_texts(texts: list[str] | None) -> dict[str, str] | None:
    """Return prompt texts by name.

    Raises:
        InvalidField: an option without a name.
    """
    if not texts:
        return None
    if missing := [text for text in texts if "=" not in text]:
        raise InvalidField("prompt_texts", f"{missing[0][:40]!r} must be a name and a text, such as sms='… {{link}}'")
    return {name.strip(): text for name, _, text in (each.partition("=") for each in texts)}


def read_page_texts(texts: list[str] | None) -> dict[str, dict[str, str]] | None:
    """Return page texts by name and language.

    Raises:
        InvalidField: an option without a name or a language.
    """
    if not texts:
        return None
    read: dict[str, dict[str, str]] = {}
    for each in texts:
        name, equals, text = each.partition("=")
        key, dot, language = name.strip().partition(".")
        if not equals or not dot:
            raise InvalidField("texts", f"{each[:40]!r} must be a name, a language and a text, such as button.en='…'")
        read.setdefault(key, {})[language] = text
    return read
