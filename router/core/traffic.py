"""What the traffic of the last weeks tells: messages per person, what reservations become, how fast people come.

Days are days since 1970 by the store's clock. The window is exactly 28 days long and moves with the clock: today counts
as far as it has gone, and the day that leaves the window leaves it bit by bit, so that no figure jumps at midnight.
A day weighs half as much when it is a week older.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from math import inf

from router.core.line import WHOLE_PERMILLE

WINDOW_DAYS = 28
HALF_LIFE_DAYS = 7.0
HOURS_PER_DAY = 24

# Five people for two weeks. Below it one talkative person is the whole figure.
MIN_PERSON_DAYS = 50.0
# One day is a launch or a Sunday, not a habit.
MIN_DAYS = 2.0
# A week has seen weekdays and a weekend: only then is the measurement believed as far as its person-days allow.
WHOLE_WEEK_DAYS = 7.0
# The pool's guess weighs as much as so many measured person-days.
GUESS_PERSON_DAYS = 100.0

# Expired reservations are believed as far as texts were heard: at so many confirmed ones, half.
HALF_BELIEVED_CONFIRMED = 20.0
# However few of the reservations became texts, each holds a fifth of a place: a crowd that is keener than those before
# it then overfills a line five times at the very most, and not without limit.
MIN_CONVERSION_PERMILLE = 200

# What is kept is renewed when it would change by more than this; below, views of a pool would change for nothing.
WORTH_TELLING = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What happened on a line: the counts of a day, or a decayed sum of many.

    Attributes:
        incoming, outgoing: messages and reactions, each way.
        failed: messages from the line that did not arrive.
        started: conversations that the line began.
        new: people who came.
        person_hours: hours times people who had texted.
        confirmed, expired: reservations that became texts, and those that ran out.
    """

    incoming: float = 0
    outgoing: float = 0
    failed: float = 0
    started: float = 0
    new: float = 0
    person_hours: float = 0
    confirmed: float = 0
    expired: float = 0

    @property
    def messages(self) -> float:
        """Both ways together, as providers count them."""
        return self.incoming + self.outgoing

    @property
    def person_days(self) -> float:
        """Days times people who had texted."""
        return self.person_hours / HOURS_PER_DAY

    @property
    def reciprocity(self) -> float | None:
        """Messages that came in for each that went out; None where none went out."""
        return self.incoming / self.outgoing if self.outgoing else None


@dataclass(frozen=True, slots=True)
class DayOfTraffic:
    """What happened on each line of a pool, by slot, on one day since 1970."""

    day: int
    lines: Mapping[int, Traffic]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a pool's traffic tells of its people.

    Attributes:
        messages_per_person_per_day: both ways; None until there is enough to say.
        person_days, days: what it was measured over, older ones weighing less; days on which messages were heard.
        conversion_permille: reservations that become texts, of a thousand; all of them until measured.
        replies_per_person_per_day: messages from the people alone.
        reciprocity: messages that came in for each that went out.
    """

    messages_per_person_per_day: float | None = None
    person_days: float = 0.0
    days: float = 0.0
    conversion_permille: int = WHOLE_PERMILLE
    replies_per_person_per_day: float | None = None
    reciprocity: float | None = None

    def blended_with(self, guess: float) -> float:
        """Messages per person and day to plan with: the guess until there is a measurement, then more and more that."""
        if self.messages_per_person_per_day is None:
            return guess
        return guess + _trust(self.person_days, self.days) * (self.messages_per_person_per_day - guess)

    def differs_from(self, kept: "Measured", guess: float) -> bool:
        """Whether planning with this instead of what is kept would be worth a change."""
        old, new = kept.blended_with(guess), self.blended_with(guess)
        conversion_by = abs(self.conversion_permille - kept.conversion_permille)
        return abs(new - old) > WORTH_TELLING * old or conversion_by > WORTH_TELLING * WHOLE_PERMILLE


NOTHING_MEASURED = Measured()


def measure(days: Iterable[DayOfTraffic], *, now_day: float) -> Measured:
    """Say what the traffic tells, `now_day` being days since 1970 and a part.

    A day on which nothing was heard of a line says nothing of its people: more likely nobody told us.
    """
    weighed = [(_weigh(day.day, now_day), day.lines) for day in days]
    everything = _sum((weight * part, one) for (weight, part, _), lines in weighed for one in lines.values())
    heard = _sum((weight * part, one) for (weight, part, _), lines in weighed for one in lines.values() if one.messages)
    heard_days = sum(span for (_, _, span), lines in weighed if any(one.messages for one in lines.values()))
    is_enough = _trust(heard.person_days, heard_days) > 0
    return Measured(
        messages_per_person_per_day=heard.messages / heard.person_days if is_enough else None,
        person_days=heard.person_days,
        days=heard_days,
        conversion_permille=_conversion_permille(everything),
        replies_per_person_per_day=heard.incoming / heard.person_days if is_enough else None,
        reciprocity=heard.reciprocity,
    )


def per_day(days: Iterable[DayOfTraffic], slot: int, *, now_day: float, since_day: float = -inf) -> Traffic:
    """Return what happens on a line on a usual day, by its decayed mean since it joined.

    Less than a whole day is taken for one: what came in an hour is not 24 times as much a day.
    """
    weighed = [(_weigh(day.day, now_day, since_day), day.lines.get(slot, Traffic())) for day in days]
    observed = sum(weight * span for (weight, _, span), _ in weighed)
    return _sum((weight * part / max(1.0, observed), one) for (weight, part, _), one in weighed)


def add_up(many: Iterable[Traffic]) -> Traffic:
    """Return the sum."""
    return _sum((1.0, one) for one in many)


def _weigh(day: int, now_day: float, since_day: float = -inf) -> tuple[float, float, float]:
    """Return how much a day weighs, which part of its counts is inside the window, and how much of a day was seen."""
    begin, end = max(float(day), now_day - WINDOW_DAYS), min(day + 1.0, now_day)
    if end <= begin:
        return 0.0, 0.0, 0.0
    weight = 0.5 ** ((now_day - (begin + end) / 2) / HALF_LIFE_DAYS)
    return weight, day + 1 - begin, max(0.0, end - max(begin, since_day))


def _sum(weighed: Iterable[tuple[float, Traffic]]) -> Traffic:
    kept = list(weighed)
    return Traffic(**{name: sum(weight * getattr(one, name) for weight, one in kept) for name in _names()})


def _names() -> Iterator[str]:
    return (field.name for field in fields(Traffic))


def _trust(person_days: float, days: float) -> float:
    """How far a measurement is believed, 0..1: nothing at its minimum, then ever more with people and with days."""
    beyond = max(0.0, person_days - MIN_PERSON_DAYS)
    of_a_week = (days - MIN_DAYS) / (WHOLE_WEEK_DAYS - MIN_DAYS)
    return beyond / (beyond + GUESS_PERSON_DAYS) * min(1.0, max(0.0, of_a_week))


def _conversion_permille(counted: Traffic) -> int:
    """Return what reservations become, drawn towards all of them.

    Where no text was ever heard, running out says nothing: perhaps nobody tells us of texts.
    """
    ended = counted.confirmed + counted.expired
    if not ended:
        return WHOLE_PERMILLE
    lost = counted.expired / ended * counted.confirmed / (counted.confirmed + HALF_BELIEVED_CONFIRMED)
    return max(MIN_CONVERSION_PERMILLE, round(WHOLE_PERMILLE * (1 - lost)))
