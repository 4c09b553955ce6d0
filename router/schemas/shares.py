"""Who gets how many: the explanation of a pool's picks, and a trial of the next ones."""

from pydantic import Field

from router.core.line import Gate
from router.schemas.common import EXAMPLE_NUMBER, AnswerBody, Count
from router.services.lines.explain import ExplainedLine
from router.services.lines.trial import Trial

_SHARE = Field(ge=0, le=1)


class ExplainedLineAnswer(AnswerBody):
    """Why one line gets the share of new people that it gets."""

    number: str = Field(examples=[EXAMPLE_NUMBER])
    label: str
    tier: int = Field(ge=0, le=3, description="0 healthy, 1 in its reserve, 2 at risk, 3 takes no new people")
    gate: Gate = Field(description="what holds it back; open for nothing")
    reason: str = Field(description="why its state is what it is, in the words of the person who changed it")
    effective_weight: Count = Field(description="weight times warm-up percent")
    people: Count = Field(description="reserved and confirmed")
    new_24h: Count
    people_until_target: Count = Field(description="places left before its reserve begins")
    owed: float = Field(ge=-1, le=1, description="picks the rotation owes it now")
    share_given: float = Field(ge=0, le=1, description="its part of the people who came in the last 24 h")
    share_due: float = Field(ge=0, le=1, description="its part of the weights in the tier that takes people now")


class ExplainAnswer(AnswerBody):
    """The table behind a pool's picks."""

    pool: str
    lines: list[ExplainedLineAnswer]

    @classmethod
    def of(cls, pool: str, rows: list[ExplainedLine]) -> "ExplainAnswer":
        """Build the API answer for the table."""
        return cls(pool=pool, lines=[_explained(row) for row in rows])


class TrialLineAnswer(AnswerBody):
    """What one line would get."""

    number: str = Field(examples=[EXAMPLE_NUMBER])
    label: str
    gate: Gate
    given: Count
    ideal: float = Field(description="what its weight entitles it to, with what it was owed before")
    as_backup: Count = Field(description="how many cards would carry it as a further number")
    share: float = _SHARE
    weight_share: float = _SHARE


class TrialAnswer(AnswerBody):
    """Which lines the next signups would get; asking signs nobody up."""

    pool: str
    count: Count
    waitlisted: Count
    widest_gap: float = Field(description="the largest distance of any line from its ideal share, in people")
    lines: list[TrialLineAnswer]

    @classmethod
    def of(cls, pool: str, trial: Trial) -> "TrialAnswer":
        """Build the API answer for a trial."""
        lines = [
            TrialLineAnswer(
                number=line.line.number,
                label=line.line.label,
                gate=line.gate,
                given=line.given,
                ideal=line.ideal,
                as_backup=line.as_backup,
                share=line.share,
                weight_share=line.weight_share,
            )
            for line in trial.lines
        ]
        return cls(pool=pool, count=trial.count, waitlisted=trial.waitlisted, widest_gap=trial.widest_gap, lines=lines)


def _explained(row: ExplainedLine) -> ExplainedLineAnswer:
    return ExplainedLineAnswer(
        number=row.line.number,
        label=row.line.label,
        tier=row.tier,
        gate=row.gate,
        reason=row.line.reason,
        effective_weight=row.limits.weight,
        people=row.load.reserved + row.load.confirmed,
        new_24h=row.load.new_24h,
        people_until_target=row.people_until_target,
        owed=row.owed,
        share_given=row.share_given,
        share_due=row.share_due,
    )
