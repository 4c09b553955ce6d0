"""The funnel: how many people reached each step, by day and line."""

from datetime import date

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from router.core.lines.funnel import FunnelSteps, by_line, total_of
from router.schemas.common import EXAMPLE_NUMBER, AnswerBody, Count
from router.services.lines.funnels import FunnelReport

_STEPS: JsonDict = {
    "signup_pages": 0,
    "places": 61,
    "own_pages": 88,
    "messages_opened": 57,
    "first_texts": 49,
    "third_texts": 31,
}
_TOTAL: JsonDict = {**_STEPS, "signup_pages": 140}
_LINE: JsonDict = {"number": EXAMPLE_NUMBER, "label": "Alpha", "steps": _STEPS}
_EXAMPLE: JsonDict = {
    "pool": "main",
    "total": _TOTAL,
    "lines": [_LINE],
    "days": [{"day": "2026-11-30", "total": _TOTAL, "lines": [_LINE]}],
}


class FunnelStepsAnswer(AnswerBody):
    """How many people reached each step."""

    signup_pages: Count = Field(description="signup pages opened; only of the pool, because no line is chosen yet")
    places: Count = Field(description="people who were given a line")
    own_pages: Count = Field(description="times that people opened their own page")
    messages_opened: Count = Field(description="openings of the messaging app, as far as a page can tell")
    first_texts: Count = Field(description="people whose first text came")
    third_texts: Count = Field(description="people whose third text came")

    @classmethod
    def of(cls, steps: FunnelSteps) -> "FunnelStepsAnswer":
        """Return the answer."""
        return cls.model_validate(steps, from_attributes=True)


class FunnelLineAnswer(AnswerBody):
    """The steps on one line."""

    number: str = Field(examples=[EXAMPLE_NUMBER])
    label: str
    steps: FunnelStepsAnswer


class FunnelDayAnswer(AnswerBody):
    """One day, UTC. Lines on which nothing happened are left out."""

    day: date
    total: FunnelStepsAnswer
    lines: list[FunnelLineAnswer]


class FunnelAnswer(AnswerBody):
    """The way of new people to a conversation: over all days, and day by day, the oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    pool: str = Field(examples=["main"])
    total: FunnelStepsAnswer
    lines: list[FunnelLineAnswer]
    days: list[FunnelDayAnswer]

    @classmethod
    def of(cls, report: FunnelReport) -> "FunnelAnswer":
        """Return the answer."""

        def lines_of(steps: dict[int, FunnelSteps]) -> list[FunnelLineAnswer]:
            return [
                FunnelLineAnswer(number=line.number, label=line.label, steps=FunnelStepsAnswer.of(steps[line.slot]))
                for line in report.lines
                if steps.get(line.slot, FunnelSteps()) != FunnelSteps()
            ]

        over_all = by_line(report.days)
        return cls(
            pool=report.pool,
            total=FunnelStepsAnswer.of(total_of(over_all.values())),
            lines=lines_of(over_all),
            days=[
                FunnelDayAnswer(day=day.day, total=FunnelStepsAnswer.of(day.total), lines=lines_of(dict(day.lines)))
                for day in report.days
            ],
        )
