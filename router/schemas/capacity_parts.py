"""The parts of a capacity answer: the limit a line is nearest to, days to come, and losses of lines."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from router.core.capacity.growth import DaysUntil
from router.core.capacity.losses import LossOfAny
from router.core.capacity.next_gate import NextGate
from router.core.line import Gate
from router.core.phone import E164
from router.schemas.common import AnswerBody, Count

Total = Annotated[int, Field(ge=0, le=2**53)]
"""A sum over all lines of a pool: it may outgrow 32 bits, and every reader of JSON still has it exactly."""


class NextGateAnswer(AnswerBody):
    """The limit that a line reaches next."""

    gate: Gate
    used: float = Field(ge=0, le=1, description="the share of it that is used")

    @classmethod
    def of(cls, nearest: NextGate | None) -> "NextGateAnswer | None":
        """Build the API answer for the next gate of a line."""
        return None if nearest is None else cls(gate=nearest.gate, used=nearest.used)


class DaysUntilAnswer(AnswerBody):
    """When room is used up: the expected day, and the ends of its 95 % interval."""

    expected: float | None = Field(description="null without growth")
    earliest: float | None = Field(description="null with fewer than three whole days of signups")
    latest: float | None = Field(description="null also where it may never happen")
    may_never: bool = Field(description="whether signups vary so much that it may never happen")

    @classmethod
    def of(cls, until: DaysUntil) -> "DaysUntilAnswer":
        """Build the API answer for a day to come."""
        return cls(expected=until.expected, earliest=until.earliest, latest=until.latest, may_never=until.may_never)


class LossOfAnyAnswer(AnswerBody):
    """What losing the lines that are hardest to lose would mean."""

    count: Count = Field(description="how many lines are lost at once: 1 or 2")
    numbers: list[str] = Field(description="the lines that are hardest to lose")
    people: Count = Field(description="on these lines")
    room: Total = Field(description="of the other lines")
    short_by: Count = Field(description="people who would find no place")
    is_bearable: bool = Field(description="whether all find a place, and new people still get a line")
    lines_to_survive: Count = Field(description="how many more lines make it bearable")

    @classmethod
    def of(cls, loss: LossOfAny, numbers: Mapping[int, E164], capacity_per_line: int) -> "LossOfAnyAnswer":
        """Build the API answer for a loss; `numbers` are those of the lines, by slot."""
        return cls(
            count=loss.count,
            numbers=[numbers[slot] for slot in loss.slots],
            people=loss.people,
            room=loss.room,
            short_by=loss.short_by,
            is_bearable=loss.is_bearable,
            lines_to_survive=loss.lines_to_survive(capacity_per_line),
        )
