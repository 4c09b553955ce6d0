"""How likely it is that a line is flagged in the next hour, from what the provider says flags lines.

The provider names the causes: more than about 50 new conversations in 24 hours, a new line that grows too fast, a
several-fold jump from one day to the next, more messages than the guideline, and fewer than one message in for each
two out. It gives no rates. So each cause multiplies a small base rate by a factor that is ours; `simulate` reports
with them.
"""

from dataclasses import dataclass
from math import exp

from router.core.capacity.capacity_advice import MIN_RECIPROCITY

MANY_NEW_A_DAY = 50
MANY_NEW_ON_A_YOUNG_LINE = 20
YOUNG_DAYS = 7
JUMP = 3.0
_HOURS_A_YEAR = 365 * 24
_MOST = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentTraffic:
    """What a line did in the last 24 hours, and how many new people came in the 24 before.

    It is young in the week after it joined or came back.
    """

    new: int
    new_before: int
    messages: int
    incoming: int
    outgoing: int
    guideline: int
    is_young: bool


def risk_factor(line: RecentTraffic) -> float:
    """Return how many times as likely a flag is as on a line that does nothing of what flags lines."""
    factor = 1.0
    factor *= 1 + 2 * _beyond(line.new, MANY_NEW_A_DAY)
    factor *= 1 + 2 * _beyond(line.messages, line.guideline)
    if line.is_young:
        factor *= 1 + 2 * _beyond(line.new, MANY_NEW_ON_A_YOUNG_LINE)
    if line.new > MANY_NEW_ON_A_YOUNG_LINE and line.new > JUMP * line.new_before:
        factor *= 2
    if line.outgoing and line.incoming < MIN_RECIPROCITY * line.outgoing:
        factor *= 3
    return min(_MOST, factor)


def flag_probability(flags_per_line_year: float, line: RecentTraffic) -> float:
    """Return the chance of a flag in an hour."""
    return 1 - exp(-flags_per_line_year / _HOURS_A_YEAR * risk_factor(line))


def _beyond(count: int, limit: int) -> float:
    return max(0.0, count / limit - 1)
