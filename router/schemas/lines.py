"""Lines: what an operator may set, and the state of each."""

from datetime import datetime
from typing import Annotated, cast

from pydantic import ConfigDict, Field

from router.core.line import MAX_WEIGHT, Gate, OperatorState, Reputation, Service, Status
from router.core.lines.line_rules import MAX_CAPACITY, MAX_LABEL_CHARACTERS, LineSpec
from router.core.numbers.number_check import check_number
from router.core.pool import MAX_NEW_PEOPLE_PER_DAY
from router.schemas.common import EXAMPLE_NUMBER, AnswerBody, Change, Count, Number, RequestBody, Revision, WhyText
from router.schemas.moments import moment
from router.services.lines.admin import LineFields
from router.services.lines.line_import import ADDED, EXISTS, ImportedRow
from router.store.line_records import LineNow

Label = Annotated[str, Field(max_length=MAX_LABEL_CHARACTERS, description="your own name for the line")]
ServiceWord = Annotated[Service, Field(strict=False)]
Weight = Annotated[int, Field(ge=0, le=MAX_WEIGHT, description="the line's share; 0 parks it")]
Capacity = Annotated[
    int, Field(ge=1, le=MAX_CAPACITY, description="people it may carry; null derives it from the pool")
]
NewPeople = Annotated[
    int, Field(ge=1, le=MAX_NEW_PEOPLE_PER_DAY, description="guideline for 24 h; null takes the pool's")
]


class LineBody(RequestBody):
    """A line to add. Only the number is needed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": EXAMPLE_NUMBER, "weight": 100}]})

    number: Number
    label: Label = ""
    service: ServiceWord = Service.IMESSAGE
    weight: Weight = 100
    capacity: Capacity | None = None
    new_people_per_day: NewPeople | None = None
    warm: bool = Field(default=False, description="it has carried people before, so it starts with its full weight")
    unchecked: bool = Field(
        default=False, description="add it even if no numbering plan that we know allows the number; see `warning`"
    )

    def as_spec(self) -> LineSpec:
        """Return the arguments for the service."""
        return LineSpec(**self.model_dump())


class LineChange(Change):
    """What to change of a line; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"weight": 50}]})
    nullable = frozenset({"capacity", "new_people_per_day"})

    label: Label | None = None
    service: ServiceWord | None = None
    weight: Weight | None = None
    capacity: Capacity | None = None
    new_people_per_day: NewPeople | None = None
    revision: Revision | None = None

    def fields(self) -> LineFields:
        """Return what was sent besides the revision."""
        return cast(LineFields, self.given(beside="revision"))


class StateChange(RequestBody):
    """Why a line's state changes; the reason is stored and shown."""

    reason: WhyText
    force: bool = Field(default=False, description="drain it even if the other lines cannot carry its people")


class LineAnswer(AnswerBody):
    """A line: what was set, what holds, and how full it is."""

    number: str = Field(examples=[EXAMPLE_NUMBER])
    label: str
    service: Service
    weight: int
    capacity: int | None = Field(description="as it was set; null derives it")
    new_people_per_day: int | None = Field(description="as it was set; null takes the pool's")
    operator_state: OperatorState
    status: Status
    reputation: Reputation
    is_suspected: bool = Field(description="its messages fail, so it takes no new people for a while")
    reason: str = Field(description="why its state is what it is")
    warning: str = Field(
        default="",
        description="what is doubtful about its number, such as an area code younger than our tables; else empty",
    )
    tier: int = Field(ge=0, le=3, description="0 healthy, 1 in its reserve, 2 at risk, 3 takes no new people")
    gate: Gate = Field(description="what holds it back; open for nothing")
    effective_weight: int = Field(description="weight times warm-up percent")
    carries_at_most: Count = Field(description="how many people it may carry now")
    target: Count = Field(description="people at which its reserve begins")
    reserved: Count
    confirmed: Count
    new_24h: Count
    started_24h: Count = Field(description="conversations the line itself began")
    people_so_far: Count = Field(description="how many people were ever given this line")
    joined_at: datetime
    warming_since: datetime | None
    flags: Count = Field(description="how often it was flagged")
    flagged_at: datetime | None = Field(description="when it was last flagged")
    heard_at: datetime | None = Field(description="when this line last showed a sign of life")
    unverified_since: datetime | None = Field(
        description="the provider was silent for so long that a flag may have been missed"
    )
    revision: Count

    @classmethod
    def of(cls, now: LineNow) -> "LineAnswer":
        """Build the API answer for a line."""
        line = now.line
        return cls(
            number=line.number,
            label=line.label,
            service=line.service,
            weight=line.weight,
            capacity=line.capacity,
            new_people_per_day=line.new_people_per_day,
            operator_state=line.health.operator_state,
            status=line.health.status,
            reputation=line.health.reputation,
            is_suspected=line.health.is_suspected,
            reason=line.reason,
            warning=check_number(line.number).words,
            tier=now.tier,
            gate=now.gate,
            effective_weight=now.limits.weight,
            carries_at_most=now.limits.capacity,
            target=now.limits.target,
            reserved=now.load.reserved,
            confirmed=now.load.confirmed,
            new_24h=now.load.new_24h,
            started_24h=now.load.started_24h,
            people_so_far=now.picks,
            joined_at=moment(line.joined_at_ms),
            warming_since=_moment(line.warming_since_ms),
            flags=now.provider.flags,
            flagged_at=_moment(now.provider.flagged_at_ms),
            heard_at=_moment(now.provider.heard_at_ms),
            unverified_since=_moment(now.provider.unverified_since_ms),
            revision=line.revision,
        )


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else moment(at_ms)


class ImportedRowAnswer(AnswerBody):
    """The result of one row."""

    row: int = Field(description="its line in the file, as editors count", examples=[2])
    number: str = Field(description="masked", examples=["••••••••0101"])
    result: str = Field(description="added, exists, or 'error: …' with the fix", examples=["added"])
    warning: str = Field(default="", description="what is doubtful about the number; empty if nothing is")


class ImportReport(AnswerBody):
    """The result of importing a table of lines; a faulty row never stops the others."""

    added: Count
    existed: Count
    failed: Count
    is_dry_run: bool
    rows: list[ImportedRowAnswer]

    @classmethod
    def of(cls, rows: list[ImportedRow], *, is_dry_run: bool) -> "ImportReport":
        """Return the report with its sums."""
        return cls(
            added=sum(row.result == ADDED for row in rows),
            existed=sum(row.result == EXISTS for row in rows),
            failed=sum(row.is_error for row in rows),
            is_dry_run=is_dry_run,
            rows=[ImportedRowAnswer.model_validate(row, from_attributes=True) for row in rows],
        )
