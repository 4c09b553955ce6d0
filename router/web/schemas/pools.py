"""Pools: what an operator may set of one, and what we answer."""

from datetime import time
from typing import Annotated, cast

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from router.core.channel_name import ChannelName
from router.core.clock_time import CLOCK_PATTERN, parse_clock_time, spell_clock_time
from router.core.message_text import PLACEHOLDER
from router.core.pool import DEFAULT_ENVIRONMENT, MAX_BACKUPS, CapacityFrom, Entry, Pool
from router.core.pool_rules import (
    MAX_GREETING_CHARACTERS,
    MAX_MESSAGES_PER_LINE,
    MAX_MESSAGES_PER_PERSON,
    MAX_NAME_CHARACTERS,
    MAX_NEW_PEOPLE_PER_DAY,
    MAX_RESERVATION_MINUTES,
    MAX_WARM_UP_DAYS,
    MAX_WEBSITE_CHARACTERS,
    MIN_MESSAGES_PER_PERSON,
)
from router.core.prompt_defaults import Slot
from router.core.prompt_text import MAX_LETTER_CHARACTERS
from router.services.pools import PoolFields
from router.web.schemas.common import Answer, Change, Count, Revision, told_by_core

ID_PATTERN = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"


def _must_be_clock_time(value: object) -> time:
    if not isinstance(value, str):
        raise PydanticCustomError("invalid", "it must be a text such as 09:00")
    return told_by_core(parse_clock_time)(value)


PoolIdText = Annotated[str, Field(min_length=1, max_length=32, pattern=ID_PATTERN)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARACTERS, examples=["Acme"])]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description=f"what people send; {PLACEHOLDER} stands for their code",
        examples=["Hi Acme! {code}"],
    ),
]
Greeting = Annotated[str, Field(max_length=MAX_GREETING_CHARACTERS, description="one sentence on the signup page")]
Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$", description="of buttons and headings", examples=["#1d5fd1"])]
Website = Annotated[str, Field(max_length=MAX_WEBSITE_CHARACTERS, examples=["https://acme.example"])]
EntryWord = Annotated[Entry, Field(strict=False, description="what a GET of the signup link does for a person")]
Share = Annotated[float, Field(ge=0, le=1, description="spare room on every line; 0.10 to 0.20 is advised")]
MessagesADay = Annotated[int, Field(ge=1, le=MAX_MESSAGES_PER_LINE)]
MessagesAPerson = Annotated[float, Field(ge=MIN_MESSAGES_PER_PERSON, le=MAX_MESSAGES_PER_PERSON)]
CapacityWord = Annotated[
    CapacityFrom, Field(strict=False, description="whether measured messages per person take the setting's place")
]
NewPeople = Annotated[int, Field(ge=1, le=MAX_NEW_PEOPLE_PER_DAY)]
WarmUpDays = Annotated[float, Field(ge=0, le=MAX_WARM_UP_DAYS)]
ReservationMinutes = Annotated[int, Field(ge=1, le=MAX_RESERVATION_MINUTES)]
Backups = Annotated[int, Field(ge=0, le=MAX_BACKUPS)]
ClockTime = Annotated[
    time,
    BeforeValidator(_must_be_clock_time),
    WithJsonSchema({"type": "string", "pattern": CLOCK_PATTERN, "examples": ["09:00"]}),
]
SpelledTime = Annotated[str, BeforeValidator(spell_clock_time), Field(examples=["09:00"])]
TimeZone = Annotated[
    str,
    Field(
        max_length=64, description="IANA name; for people whose number does not tell theirs", examples=["Europe/Berlin"]
    ),
]
EnvironmentId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=32,
        pattern=ID_PATTERN,
        description="which of the provider's environments its lines are rented in",
        examples=[DEFAULT_ENVIRONMENT],
    ),
]
PromptChannels = Annotated[
    tuple[Annotated[ChannelName, Field(strict=False)], ...],
    Field(
        max_length=len(ChannelName),
        strict=False,
        description="what carries prompts, the first that can reach a person; empty for no prompts",
        json_schema_extra={"uniqueItems": True},
    ),
]
PromptTexts = Annotated[
    dict[
        Annotated[str, Field(pattern=f"^({'|'.join(Slot)})$")], Annotated[str, Field(max_length=MAX_LETTER_CHARACTERS)]
    ],
    Field(description="own words for prompts; a name that is left out keeps its text, an empty text takes ours"),
]


class PoolSettings(Change):
    """The settings that a new pool and a changed one share."""

    nullable = frozenset({"new_people_per_day", "conversations_started_per_day"})

    name: Name | None = None
    text: Text | None = None
    greeting: Greeting | None = None
    colour: Colour | None = None
    website: Website | None = None
    entry: EntryWord | None = None
    over_provisioning: Share | None = None
    messages_per_line_per_day: MessagesADay | None = None
    messages_per_person_per_day: MessagesAPerson | None = None
    capacity_from: CapacityWord | None = None
    new_people_per_day: NewPeople | None = None
    conversations_started_per_day: NewPeople | None = None
    warm_up_days: WarmUpDays | None = None
    reservation_minutes: ReservationMinutes | None = None
    backups: Backups | None = None
    prompts_from: ClockTime | None = Field(
        default=None, description="prompts go out from this hour on, where people are"
    )
    prompts_until: ClockTime | None = Field(
        default=None, description="and not from this one on; the same as prompts_from for the whole day"
    )
    time_zone: TimeZone | None = None
    environment: EnvironmentId | None = None
    prompt_channels: PromptChannels | None = None
    prompt_texts: PromptTexts | None = None


class PoolBody(PoolSettings):
    """A new pool. Only its id is needed: what is left out gets a default that works."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "main", "name": "Acme"}]})

    id: PoolIdText

    def fields(self) -> PoolFields:
        """Return what was sent beside the id."""
        return cast(PoolFields, self.given(beside="id"))


class PoolChange(PoolSettings):
    """What to change of a pool; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"over_provisioning": 0.2}]})

    revision: Revision | None = None

    def fields(self) -> PoolFields:
        """Return what was sent beside the revision."""
        return cast(PoolFields, self.given(beside="revision"))


class PoolAnswer(Answer):
    """A pool as it stands."""

    id: str
    name: str
    text: str
    greeting: str
    colour: str
    website: str
    entry: Entry
    has_photo: bool
    over_provisioning: float
    messages_per_line_per_day: int
    messages_per_person_per_day: float
    capacity_from: CapacityFrom
    new_people_per_day: int | None
    conversations_started_per_day: int | None
    warm_up_days: float
    reservation_minutes: int
    backups: int
    prompts_from: SpelledTime
    prompts_until: SpelledTime
    time_zone: str
    environment: str
    prompt_channels: tuple[ChannelName, ...]
    prompt_texts: dict[str, str]
    revision: Count = Field(description="grows with every change")

    @classmethod
    def of(cls, pool: Pool) -> "PoolAnswer":
        """Return what is told of a pool."""
        return cls.model_validate(pool, from_attributes=True)
