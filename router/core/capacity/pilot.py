"""Estimate messages per person from one pilot line: mean, 95 % interval, and people per line.

The interval counts people, not days: talkative and quiet people differ far more than one person's days do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, sqrt
from statistics import fmean, variance

from router.core.capacity.student_t import t_quantile
from router.core.time_units import DAY_S

CONFIDENCE = 0.95
# With fewer people the interval assumes that they are alike, which they are not.
MIN_PEOPLE = 30
# People write more on their first day: the mean of people who came yesterday is not that of people who stay.
MIN_MEAN_AGE_DAYS = 7.0
# Planning adds 15 % of room by default. A mean with a larger error can use up all of it.
WIDEST_FRACTION = 0.2
MANY_REPLIES = 3

_MIN_AGE_DAYS = 1.0


@dataclass(frozen=True, slots=True)
class PersonTraffic:
    """A person who has texted: on which line, since when, and how many messages went in each direction."""

    slot: int
    confirmed_at_s: int
    texts: int
    answers: int

    def age_days(self, now_s: int) -> float:
        """Return the days since their first text; at least one, because an hour gives no rate."""
        return max(_MIN_AGE_DAYS, (now_s - self.confirmed_at_s) / DAY_S)

    def messages_per_day(self, now_s: int) -> float:
        """Return their mean messages per day, in both directions."""
        return (self.texts + self.answers) / self.age_days(now_s)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % confidence interval: never below zero, and without an upper end for a single value."""

    mean: float
    low: float
    high: float | None

    @property
    def fraction(self) -> float:
        """How far the mean may be off, as a fraction of it."""
        return (self.high - self.mean) / self.mean if self.mean and self.high is not None else inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """What a pilot line shows.

    Attributes:
        people: how many people texted it.
        mean_age_days: their mean time since the first text.
        messages: messages per person and day; None without people.
        people_per_line, fewest_per_line, most_per_line: at the mean, and at either end of the interval; None where
            that end is open.
        reciprocity: messages that came in for each that went out.
        replies_per_person: mean texts per person so far.
        replied_often: the share of people with three texts or more, which is when it looks like a conversation.
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
        """Whether planning may rely on it."""
        return not self.what_is_missing

    @property
    def what_is_missing(self) -> str:
        """Why planning should not rely on it yet, in a sentence; empty when it may."""
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
    """Report what the people of one line show, under the provider's message guideline for a line."""
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
