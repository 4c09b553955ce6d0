"""What-if: other inputs to a pool's capacity, and what would come of them."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from router.core.line import MAX_LINES_PER_POOL
from router.core.pool import MIN_MESSAGES_PER_PERSON
from router.core.pools.pool_rules import MAX_MESSAGES_PER_PERSON
from router.schemas.capacity import CapacityAnswer
from router.schemas.common import EXAMPLE_NUMBER, AnswerBody, Change, Count
from router.services.capacity.what_if import MAX_DEMAND, MAX_PEAK_FACTOR, Changes, WhatIf

_EXAMPLE: JsonDict = {"demand": 500, "peak_factor": 1.5, "lines_lost": 1}

MAX_NUMBER_CHARACTERS = 40
MAX_NAMED = 100
Demand = Annotated[int, Field(ge=0, le=MAX_DEMAND, description="people who come in addition")]
PeakFactor = Annotated[
    float, Field(ge=1, le=MAX_PEAK_FACTOR, description="how many times the usual messages a peak day brings")
]
MessagesAPersonThen = Annotated[
    float,
    Field(ge=MIN_MESSAGES_PER_PERSON, le=MAX_MESSAGES_PER_PERSON, description="instead of the figure counted with now"),
]
LinesAdded = Annotated[int, Field(ge=0, le=MAX_LINES_PER_POOL, description="further lines, warm, of weight 100")]
LinesLost = Annotated[
    int, Field(ge=0, le=MAX_LINES_PER_POOL, description="lines lost at once: those that are hardest to lose")
]
Lost = Annotated[
    tuple[Annotated[str, Field(max_length=MAX_NUMBER_CHARACTERS, examples=[EXAMPLE_NUMBER])], ...],
    Field(strict=False, max_length=MAX_NAMED, description="numbers of lines that are lost as well"),
]
SpareThen = Annotated[float, Field(ge=0, le=1, description="over-provisioning instead of the pool's")]


class WhatIfBody(Change):
    """What would be different. What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    demand: Demand = 0
    peak_factor: PeakFactor = 1.0
    messages_per_person_per_day: MessagesAPersonThen | None = None
    lines_added: LinesAdded = 0
    lines_lost: LinesLost = 0
    lost: Lost = ()
    over_provisioning: SpareThen | None = None

    def changes(self) -> Changes:
        """Return the changes to ask about."""
        return Changes(
            demand=self.demand,
            peak_factor=self.peak_factor,
            messages_per_person_per_day=self.messages_per_person_per_day,
            lines_added=self.lines_added,
            lines_lost=self.lines_lost,
            lost=self.lost,
            over_provisioning=self.over_provisioning,
        )


class ChangesAnswer(AnswerBody):
    """The question that was asked."""

    demand: Count
    peak_factor: float
    messages_per_person_per_day: float | None
    lines_added: Count
    lines_lost: Count
    lost: list[str]
    over_provisioning: float | None

    @classmethod
    def of(cls, changes: Changes) -> "ChangesAnswer":
        """Build the API answer for changes."""
        return cls(
            demand=changes.demand,
            peak_factor=changes.peak_factor,
            messages_per_person_per_day=changes.messages_per_person_per_day,
            lines_added=changes.lines_added,
            lines_lost=changes.lines_lost,
            lost=list(changes.lost),
            over_provisioning=changes.over_provisioning,
        )


class WhatIfAnswer(AnswerBody):
    """A pool's capacity now, and as it would be. Nothing was changed."""

    pool: str
    changes: ChangesAnswer
    before: CapacityAnswer
    after: CapacityAnswer = Field(description="added lines have the numbers added-1, added-2, …")
    lost: list[str] = Field(description="numbers of all lines that are lost")
    without_line: Count = Field(description="people for whom no line has room")

    @classmethod
    def of(cls, asked: WhatIf) -> "WhatIfAnswer":
        """Build the API answer for a what-if."""
        return cls(
            pool=asked.before.pool.id,
            changes=ChangesAnswer.of(asked.changes),
            before=CapacityAnswer.of(asked.before),
            after=CapacityAnswer.of(asked.after),
            lost=list(asked.lost),
            without_line=asked.without_line,
        )
