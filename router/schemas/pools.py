"""Pools: their settings, and their answers."""

from datetime import time
from typing import Annotated, cast

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from router.core.campaigns.prompt_defaults import PromptTextKey
from router.core.campaigns.prompt_text import MAX_LETTER_CHARACTERS
from router.core.channel import ChannelName
from router.core.clock_time import CLOCK_PATTERN, format_clock_time, parse_clock_time
from router.core.language import Language, LanguageRule
from router.core.links.message_text import PLACEHOLDER
from router.core.pool import (
    DEFAULT_ENVIRONMENT,
    MAX_BACKUPS,
    MAX_NEW_PEOPLE_PER_DAY,
    MIN_MESSAGES_PER_PERSON,
    CapacityFrom,
    Consent,
    Entry,
    Pool,
)
from router.core.pools.page_texts import MAX_CHARACTERS, PageTextKey
from router.core.pools.pool_rules import (
    MAX_GREETING_CHARACTERS,
    MAX_MESSAGES_PER_LINE,
    MAX_MESSAGES_PER_PERSON,
    MAX_NAME_CHARACTERS,
    MAX_ORDER_DAYS,
    MAX_RESERVATION_MINUTES,
    MAX_WARM_UP_DAYS,
    MAX_WEBSITE_CHARACTERS,
)
from router.schemas.common import AnswerBody, Change, Count, Revision, told_by_core
from router.services.pools.admin import PoolFields

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
OrderDays = Annotated[float, Field(ge=0, le=MAX_ORDER_DAYS, description="until a line you order works")]
ReservationMinutes = Annotated[int, Field(ge=1, le=MAX_RESERVATION_MINUTES)]
Backups = Annotated[int, Field(ge=0, le=MAX_BACKUPS)]
ClockTime = Annotated[
    time,
    BeforeValidator(_must_be_clock_time),
    WithJsonSchema({"type": "string", "pattern": CLOCK_PATTERN, "examples": ["09:00"]}),
]
FormattedTime = Annotated[str, BeforeValidator(format_clock_time), Field(examples=["09:00"])]
TimeZone = Annotated[
    str,
    Field(
        max_length=64,
        description="IANA name; for people whose number does not show their time zone",
        examples=["Europe/Berlin"],
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
        Annotated[str, Field(pattern=f"^({'|'.join(PromptTextKey)})$")],
        Annotated[str, Field(max_length=MAX_LETTER_CHARACTERS)],
    ],
    Field(description="your own prompt texts; a name that is left out keeps its text, an empty text restores ours"),
]

LanguageWord = Annotated[
    LanguageRule,
    Field(strict=False, description="of the pool's pages; auto is what each person's browser asks for"),
]
DefaultLanguage = Annotated[
    Language, Field(strict=False, description="for people whose browser asks for none of our languages")
]
ConsentWord = Annotated[
    Consent,
    Field(
        strict=False,
        description="the consent line under the button: for the United States, for the European Union, "
        "your own in texts.consent, or none",
    ),
]
PolicyUrl = Annotated[str, Field(max_length=MAX_WEBSITE_CHARACTERS, examples=["https://acme.example/terms"])]
PageTexts = Annotated[
    dict[
        Annotated[str, Field(pattern=f"^({'|'.join(PageTextKey)})$")],
        dict[
            Annotated[str, Field(pattern=f"^({'|'.join(Language)})$")],
            Annotated[str, Field(max_length=max(MAX_CHARACTERS.values()))],
        ],
    ],
    Field(
        description="your own texts for the pages, by name and language, without HTML; "
        "what is left out stays, an empty text restores ours",
        examples=[{"button": {"en": "Text Acme", "de": "Acme schreiben"}}],
    ),
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
    order_days: OrderDays | None = None
    reservation_minutes: ReservationMinutes | None = None
    backups: Backups | None = None
    prompts_from: ClockTime | None = Field(
        default=None, description="prompts go out from this hour on, where people are"
    )
    prompts_until: ClockTime | None = Field(
        default=None, description="and until this hour; the same as prompts_from means the whole day"
    )
    time_zone: TimeZone | None = None
    environment: EnvironmentId | None = None
    prompt_channels: PromptChannels | None = None
    prompt_texts: PromptTexts | None = None
    language: LanguageWord | None = None
    default_language: DefaultLanguage | None = None
    consent: ConsentWord | None = None
    terms_url: PolicyUrl | None = Field(default=None, description="https://…, linked under the button")
    privacy_url: PolicyUrl | None = Field(default=None, description="https://…, linked under the button")
    texts: PageTexts | None = None


class PoolBody(PoolSettings):
    """A new pool. Only its id is needed: what is left out gets a default that works."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "main", "name": "Acme"}]})

    id: PoolIdText

    def fields(self) -> PoolFields:
        """Return what was sent besides the id."""
        return cast(PoolFields, self.given(beside="id"))


class PoolChange(PoolSettings):
    """What to change of a pool; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"over_provisioning": 0.2}]})

    revision: Revision | None = None

    def fields(self) -> PoolFields:
        """Return what was sent besides the revision."""
        return cast(PoolFields, self.given(beside="revision"))


class PoolAnswer(AnswerBody):
    """A pool as it is now."""

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
    order_days: float
    reservation_minutes: int
    backups: int
    prompts_from: FormattedTime
    prompts_until: FormattedTime
    time_zone: str
    environment: str
    prompt_channels: tuple[ChannelName, ...]
    prompt_texts: dict[str, str]
    language: LanguageRule
    default_language: Language
    consent: Consent
    terms_url: str
    privacy_url: str
    texts: dict[str, dict[str, str]]
    revision: Count = Field(description="grows with every change")

    @classmethod
    def of(cls, pool: Pool) -> "PoolAnswer":
        """Build the API answer for a pool."""
        return cls.model_validate(pool, from_attributes=True)
