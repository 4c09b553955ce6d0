"""What one line tells of a person's messages before there are many lines: mean, 95 % interval, people per line.

The unit is the person: talkative and quiet ones differ far more than one person's days do, so people are what is
counted for the interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, sqrt
from statistics import fmean, variance

from router.core.student_t import t_quantile

CONFIDENCE = 0.95
# With fewer people the interval leans on their being alike, which they are not.
MIN_PEOPLE = 30
# A first day is talkative; the mean of people who came yesterday is not that of people who stay.
MIN_MEAN_AGE_DAYS = 7.0
# Planning adds 15 % of room by default: a mean known worse than this can use all of it up.
WIDEST_FRACTION = 0.2
MANY_REPLIES = 3

_MIN_AGE_DAYS = 1.0
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class PersonTraffic:
    """A person who has texted: on which line, since when, and how many messages went each way."""

    slot: int
    confirmed_at_s: int
    texts: int
    answers: int

    def age_days(self, now_s: int) -> float:
        """Days since they texted first; at least one, for an hour is no rate."""
        return max(_MIN_AGE_DAYS, (now_s - self.confirmed_at_s) / _DAY_S)

    def messages_per_day(self, now_s: int) -> float:
        """Messages on a mean day of theirs, both ways."""
        return (self.texts + self.answers) / self.age_days(now_s)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and where it lies with 95 % confidence: not below nothing, and without an upper end for a single value."""

    mean: float
    low: float
    high: float | None

    @property
    def fraction(self) -> float:
        """How far the mean may be off, as a part of itself."""
        return (self.high - self.mean) / self.mean if self.mean and self.high is not None else inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """What a pilot line tells.

    Attributes:
        people: who texted it.
        mean_age_days: how long they have been there.
        messages: per person and day; None without anybody.
        people_per_line, fewest_per_line, most_per_line: at the mean, and at either end of the interval; None where
            that end is open.
        reciprocity: messages that came in for each that went out.
        replies_per_person: texts from a person so far.
        replied_often: share of the people with three texts or more: from then on a conversation looks like one.
    """

    people: int
    mean_age_days: float = 0.0
    messages: Interval | None = None
    people_per_line: int | None = None
    fewest_per_line: int | None = None
    most_per_line: int | None = None
    reciprocity: float | None = None
    replies_per_person: float = 0.0
    replied_often: float = 0.0

    @property
    def is_enough(self) -> bool:
        """Whether planning may rest on it."""
        return not self.what_is_missing

    @property
    def what_is_missing(self) -> str:
        """Why planning should not rest on it yet, in a plain sentence; empty when it may."""
        if self.messages is None:
            return "Nobody has texted this line yet."
        if not self.messages.mean:
            return "No message was counted: are the provider's webhooks connected?"
        if self.people < MIN_PEOPLE:
            return f"Too few people: wait until at least {MIN_PEOPLE} have texted."
        if self.messages.fraction > WIDEST_FRACTION:
            wanted = ceil(self.people * (self.messages.fraction / WIDEST_FRACTION) ** 2)
            return f"The mean may be off by {self.messages.fraction:.0%}: with about {wanted} people it would be 20 %."
        if self.mean_age_days < MIN_MEAN_AGE_DAYS:
            return f"Its people are {self.mean_age_days:.1f} days old on average: wait for a whole week."
        return ""


def report_pilot(people: Sequence[PersonTraffic], *, now_s: int, messages_per_line_per_day: int) -> Pilot:
    """Say what the people of one line tell, under the provider's guideline for a line."""
    if not people:
        return Pilot(people=0)
    messages = mean_interval([person.messages_per_day(now_s) for person in people])
    texts, answers = sum(person.texts for person in people), sum(person.answers for person in people)

    def carried(messages_per_person: float | None) -> int | None:
        return max(1, floor(messages_per_line_per_day / messages_per_person)) if messages_per_person else None

    return Pilot(
        people=len(people),
        mean_age_days=fmean(person.age_days(now_s) for person in people),
        messages=messages,
        people_per_line=carried(messages.mean),
        fewest_per_line=carried(messages.high),
        most_per_line=carried(messages.low),
        reciprocity=texts / answers if answers else None,
        replies_per_person=texts / len(people),
        replied_often=fmean(person.texts >= MANY_REPLIES for person in people),
    )


def mean_interval(rates: Sequence[float]) -> Interval:
    """Return the mean with its t interval."""
    mean = fmean(rates)
    if len(rates) < 2:  # noqa: PLR2004 - one value has no variance
        return Interval(mean, 0.0, None)
    reach = t_quantile(CONFIDENCE, len(rates) - 1) * sqrt(variance(rates, mean) / len(rates))
    return Interval(mean, max(0.0, mean - reach), mean + reach)
