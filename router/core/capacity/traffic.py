"""Measure the traffic of the last weeks: messages per person, conversion of reservations, and growth.

Days are days since 1970 by the store's clock. The window is exactly 28 days long and moves with the clock: today counts
for the part that has passed, and the oldest day leaves the window bit by bit, so that no figure jumps at midnight. A
day that is a week older weighs half as much.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from router.core.line import WHOLE_PERMILLE

WINDOW_DAYS = 28
HALF_LIFE_DAYS = 7.0
HOURS_PER_DAY = 24

# Five people for ten days, say. Below it, one talkative person decides the figure.
MIN_PERSON_DAYS = 50.0
# One day is a launch or a Sunday, not a habit.
MIN_DAYS = 2.0
# A whole week has weekdays and a weekend: only then is the measurement believed as far as its person-days allow.
WHOLE_WEEK_DAYS = 7.0
# The pool's guess weighs as much as this many measured person-days.
GUESS_PERSON_DAYS = 100.0

# Expired reservations are believed as far as we receive texts: at this many confirmed ones, half.
HALF_BELIEVED_CONFIRMED = 20.0
# Each reservation counts at least a fifth of a place, however few became texts. A crowd that is keener than the people
# before it then overfills a line five times at most, and not without limit.
MIN_CONVERSION_PERMILLE = 200

# A stored measurement is replaced when it would change by more than this. Smaller changes are not worth a write.
WORTH_STORING = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What happened on a line: the counts of a day, or a decayed sum of many.

    Attributes:
        incoming, outgoing: messages and reactions in each direction.
        failed: messages from the line that did not arrive.
        started: conversations that the line began.
        new: people who came.
        person_hours: hours times people who had texted.
        confirmed, expired: reservations that became texts, and those that expired.
        reserve, at_risk, preferred: people who came for that reason, and not by their turn in the rotation.
    """

    incoming: float = 0
    outgoing: float = 0
    failed: float = 0
    started: float = 0
    new: float = 0
    person_hours: float = 0
    confirmed: float = 0
    expired: float = 0
    reserve: float = 0
    at_risk: float = 0
    preferred: float = 0

    @property
    def messages(self) -> float:
        """Messages in both directions, as providers count them."""
        return self.incoming + self.outgoing

    @property
    def person_days(self) -> float:
        """Days times people who had texted."""
        return self.person_hours / HOURS_PER_DAY

    @property
    def reciprocity(self) -> float | None:
        """Messages that came in for each that went out; None if none went out."""
        return self.incoming / self.outgoing if self.outgoing else None


@dataclass(frozen=True, slots=True)
class DayOfTraffic:
    """What happened on each line of a pool, by slot, on one day since 1970."""

    day: int
    lines: Mapping[int, Traffic]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a pool's traffic shows about its people.

    Attributes:
        messages_per_person_per_day: in both directions; None until enough was measured.
        person_days, days: what it was measured over; older days weigh less, days without messages are left out.
        conversion_permille: how many of a thousand reservations become texts; 1000 until measured.
        replies_per_person_per_day: only the messages from people.
        reciprocity: messages that came in for each that went out.
    """

    messages_per_person_per_day: float | None = None
    person_days: float = 0.0
    days: float = 0.0
    conversion_permille: int = WHOLE_PERMILLE
    replies_per_person_per_day: float | None = None
    reciprocity: float | None = None

    def blended_with(self, guess: float) -> float:
        """Return the messages per person and day to plan with: first the guess, then more and more the measurement."""
        if self.messages_per_person_per_day is None:
            return guess
        return guess + _trust(self.person_days, self.days) * (self.messages_per_person_per_day - guess)

    def differs_from(self, stored: "Measured", guess: float) -> bool:
        """Whether this measurement differs enough from the stored one to replace it."""
        old, new = stored.blended_with(guess), self.blended_with(guess)
        conversion_by = abs(self.conversion_permille - stored.conversion_permille)
        return abs(new - old) > WORTH_STORING * old or conversion_by > WORTH_STORING * WHOLE_PERMILLE


NOTHING_MEASURED = Measured()


def measure(days: Iterable[DayOfTraffic], *, now_day: float) -> Measured:
    """Measure a pool's traffic. `now_day` is days since 1970, with a fraction.

    A day without messages on a line says nothing about its people: more likely the webhooks were not connected.
    """
    weighed = [(_weigh(day.day, now_day), day.lines) for day in days]
    weighed_lines = [(weight * part, one) for (weight, part, _), lines in weighed for one in lines.values()]
    heard = _sum(row for row in weighed_lines if row[1].messages)
    silent = _sum(row for row in weighed_lines if not row[1].messages)
    heard_days = sum(span for (_, _, span), lines in weighed if any(one.messages for one in lines.values()))
    is_enough = _trust(heard.person_days, heard_days) > 0
    return Measured(
        messages_per_person_per_day=heard.messages / heard.person_days if is_enough else None,
        person_days=heard.person_days,
        days=heard_days,
        conversion_permille=_conversion_permille(heard.confirmed + silent.confirmed, heard.expired + silent.expired),
        replies_per_person_per_day=heard.incoming / heard.person_days if is_enough else None,
        reciprocity=heard.reciprocity,
    )


def per_day(days: Iterable[DayOfTraffic], slot: int, *, now_day: float, since_day: float = -inf) -> Traffic:
    """Return the traffic of a line on a usual day: its decayed mean since it joined.

    Less than a whole day counts as one: a day does not bring 24 times the messages of its first hour.
    """
    weighed: list[tuple[float, Traffic]] = []
    observed = 0.0
    for day in days:
        weight, part, span = _weigh(day.day, now_day, since_day)
        observed += weight * span
        if slot in day.lines:
            weighed.append((weight * part, day.lines[slot]))
    whole_days = max(1.0, observed)
    return _sum((weight / whole_days, one) for weight, one in weighed)


def _weigh(day: int, now_day: float, since_day: float = -inf) -> tuple[float, float, float]:
    """Return a day's weight, the part of its counts inside the window, and how much of the day was observed."""
    weight, part, begin, end = _window(day, now_day)
    return weight, part, max(0.0, end - max(begin, since_day)) if part else 0.0


@lru_cache(maxsize=1024)  # each line asks about the same days
def _window(day: int, now_day: float) -> tuple[float, float, float, float]:
    begin, end = max(float(day), now_day - WINDOW_DAYS), min(day + 1.0, now_day)
    if end <= begin:
        return 0.0, 0.0, begin, end
    weight = 0.5 ** ((now_day - (begin + end) / 2) / HALF_LIFE_DAYS)
    return weight, day + 1 - begin, begin, end


def _sum(weighed: Iterable[tuple[float, Traffic]]) -> Traffic:
    """Add up traffic. Each field has its line, because a loop over them takes four times as long."""
    incoming = outgoing = failed = started = new = person_hours = confirmed = expired = 0.0
    for weight, one in weighed:
        incoming += weight * one.incoming
        outgoing += weight * one.outgoing
        failed += weight * one.failed
        started += weight * one.started
        new += weight * one.new
        person_hours += weight * one.person_hours
        confirmed += weight * one.confirmed
        expired += weight * one.expired
    return Traffic(
        incoming=incoming,
        outgoing=outgoing,
        failed=failed,
        started=started,
        new=new,
        person_hours=person_hours,
        confirmed=confirmed,
        expired=expired,
    )


def _trust(person_days: float, days: float) -> float:
    """Return how far a measurement is believed, 0..1: 0 at its minimum, then more with people and with days."""
    beyond = max(0.0, person_days - MIN_PERSON_DAYS)
    of_a_week = (days - MIN_DAYS) / (WHOLE_WEEK_DAYS - MIN_DAYS)
    return beyond / (beyond + GUESS_PERSON_DAYS) * min(1.0, max(0.0, of_a_week))


def _conversion_permille(confirmed: float, expired: float) -> int:
    """Return the share of reservations that become texts, drawn towards all of them.

    If we never received a text, expired reservations say nothing: perhaps the webhooks are not connected.
    """
    ended = confirmed + expired
    if not ended:
        return WHOLE_PERMILLE
    lost = expired / ended * confirmed / (confirmed + HALF_BELIEVED_CONFIRMED)
    return max(MIN_CONVERSION_PERMILLE, round(WHOLE_PERMILLE * (1 - lost)))
