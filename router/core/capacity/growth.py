"""How many people come and stay on a day, how much that varies, and so when room will be used up.

The days of the window weigh as in `traffic.py`: a week ago counts half. Days are taken as independent; a pool whose
weekends differ from its weekdays gets a wider interval than it needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, sqrt

from router.core.capacity.pilot import CONFIDENCE
from router.core.capacity.student_t import t_quantile
from router.core.capacity.traffic import HALF_LIFE_DAYS, WINDOW_DAYS, DayOfTraffic
from router.core.line import WHOLE_PERMILLE

# With fewer whole days, what varies from day to day is anybody's guess.
MIN_WHOLE_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The people who come and stay on a day.

    Attributes:
        per_day: on a usual day.
        deviation: by how much one day differs from another (standard deviation); None with too few whole days.
        days: how many equally weighed days that is worth.
    """

    per_day: float
    deviation: float | None = None
    days: float = 0.0

    def scaled(self, factor: float) -> "Growth":
        """Return the growth if this many times as many people came."""
        deviation = None if self.deviation is None else self.deviation * factor
        return Growth(per_day=self.per_day * factor, deviation=deviation, days=self.days)


def measure_growth(
    days: Iterable[DayOfTraffic], *, per_day: float, conversion_permille: int, now_day: float, since_day: float
) -> Growth:
    """Measure what whole days of the window brought.

    Args:
        days: what happened, by day.
        per_day: people who came on a usual day.
        conversion_permille: how many of a thousand of them stay.
        now_day: days since 1970, with a fraction.
        since_day: when the pool's first line joined.
    """
    stay = conversion_permille / WHOLE_PERMILLE
    first = max(since_day, now_day - WINDOW_DAYS)
    whole = [
        (0.5 ** ((now_day - day.day) / HALF_LIFE_DAYS), stay * sum(one.new for one in day.lines.values()))
        for day in days
        if first <= day.day and day.day + 1 <= now_day
    ]
    if len(whole) < MIN_WHOLE_DAYS:
        return Growth(per_day=per_day * stay)
    total = sum(weight for weight, _ in whole)
    worth = total**2 / sum(weight**2 for weight, _ in whole)
    mean = sum(weight * count for weight, count in whole) / total
    variance = sum(weight * (count - mean) ** 2 for weight, count in whole) / total * worth / (worth - 1)
    return Growth(per_day=per_day * stay, deviation=sqrt(variance), days=worth)


@dataclass(frozen=True, slots=True)
class DaysUntil:
    """When room will be used up: most likely, and the ends of the 95 % interval.

    `expected` is None without growth. `earliest` is None where no interval is known. `latest` is None where none is
    known, and where it may never happen: see `may_never`.
    """

    expected: float | None
    earliest: float | None = None
    latest: float | None = None
    may_never: bool = False


def days_until_full(room: int, growth: Growth) -> DaysUntil:
    """Return when this room is used up.

    After D days D·m people are expected, with a variance of D·s² from the days themselves and of D²·s²/n because the
    mean m is only known from n days. The interval holds the D at which the room is within reach of that.
    """
    if room <= 0:
        return DaysUntil(0.0, 0.0, 0.0)
    if growth.per_day <= 0:
        return DaysUntil(None)
    expected = room / growth.per_day
    if growth.deviation is None:
        return DaysUntil(expected)
    spread = (t_quantile(CONFIDENCE, max(1, floor(growth.days) - 1)) * growth.deviation) ** 2
    # (room - D·m)² = spread · (D + D²/n), as a·D² - b·D + room² = 0
    a = growth.per_day**2 - spread / growth.days
    b = 2 * room * growth.per_day + spread
    root = sqrt(max(0.0, b**2 - 4 * a * room**2))
    earliest = 2 * room**2 / (b + root)
    may_never = a <= 0
    return DaysUntil(expected, earliest, None if may_never else (b + root) / (2 * a), may_never)
