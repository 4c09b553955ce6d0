"""Pools: what an operator may set of one, and what we answer."""

from typing import Annotated, cast

from pydantic import ConfigDict, Field

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
from router.services.pools import PoolFields
from router.web.schemas.common import Answer, Change, Count, Revision

ID_PATTERN = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"

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
    environment: EnvironmentId | None = None


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
    environment: str
    revision: Count = Field(description="grows with every change")

    @classmethod
    def of(cls, pool: Pool) -> "PoolAnswer":
        """Return what is told of a pool."""
        return cls.model_validate(pool, from_attributes=True)
