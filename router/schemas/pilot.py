"""What `switchyard capacity pilot --json` prints."""

from pydantic import BaseModel, ConfigDict

from router.core.capacity.pilot import CONFIDENCE, Interval, Pilot
from router.core.pool import Pool
from router.store.line_records import LineNow


class IntervalAnswer(BaseModel):
    """A mean with its confidence interval; a `high` of null means no upper end."""

    model_config = ConfigDict(frozen=True)

    mean: float
    low: float
    high: float | None
    confidence: float

    @classmethod
    def of(cls, interval: Interval) -> "IntervalAnswer":
        """Build what is printed of an interval."""
        return cls(mean=interval.mean, low=interval.low, high=interval.high, confidence=CONFIDENCE)


class PilotAnswer(BaseModel):
    """What a pilot line measured; fewest and most people are those at the ends of the interval."""

    model_config = ConfigDict(frozen=True)

    pool: str
    number: str
    people: int
    mean_age_days: float
    messages_per_person_per_day: IntervalAnswer | None
    messages_per_line_per_day: int
    people_per_line: int | None
    fewest_per_line: int | None
    most_per_line: int | None
    replies_per_person: float
    replied_often: float
    reciprocity: float | None
    is_enough: bool
    what_is_missing: str

    @classmethod
    def of(cls, pool: Pool, now: LineNow, pilot: Pilot) -> "PilotAnswer":
        """Build what is printed of a pilot."""
        return cls(
            pool=pool.id,
            number=now.line.number,
            people=pilot.people,
            mean_age_days=pilot.mean_age_days,
            messages_per_person_per_day=None if pilot.messages is None else IntervalAnswer.of(pilot.messages),
            messages_per_line_per_day=pool.messages_per_line_per_day,
            people_per_line=pilot.people_per_line,
            fewest_per_line=pilot.fewest_per_line,
            most_per_line=pilot.most_per_line,
            replies_per_person=pilot.replies_per_person,
            replied_often=pilot.replied_often,
            reciprocity=pilot.reciprocity,
            is_enough=pilot.is_enough,
            what_is_missing=pilot.what_is_missing,
        )
