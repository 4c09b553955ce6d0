"""Choose weights that bring the utilisation of lines together, and foresee who comes where.

Weights change slowly: at most ×2 or ÷2 in a day. A line whose weight would change by less than 5 % keeps it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil

from router.core.capacity.capacity import FULL_PERCENT
from router.core.line import MAX_WEIGHT
from router.core.rebalance.balanced_line import BalancedLine
from router.core.rebalance.levelling import Vessel, fill
from router.core.rebalance.moving import room_of

FASTEST = 2
LEAST_CHANGE_PERCENT = 5
LEAST_WEIGHT = 1  # 0 parks a line, and that is an operator's decision

Weights = Mapping[int, int]


def best_arrivals(lines: Sequence[BalancedLine], arrivals: int, days: int) -> dict[int, int]:
    """Return how many people each line should get in some days, so that the highest utilisation is the lowest.

    People beyond all limits are left out.
    """
    rooms = [room_of(line, days).places for line in lines]
    vessels = [
        Vessel(people=line.people, capacity=line.capacity, least=line.people, most=line.people + room)
        for line, room in zip(lines, rooms, strict=True)
    ]
    have = sum(line.people for line in lines)
    filled = fill(vessels, have + min(arrivals, sum(rooms)))
    return {line.slot: count - line.people for line, count in zip(lines, filled, strict=True)}


def weights_for(wanted: Mapping[int, int], lines: Sequence[BalancedLine], percents: Mapping[int, Fraction]) -> Weights:
    """Return the weights that give each line its part of the people, near the sum of the present weights.

    Args:
        wanted: how many people each line should get.
        lines: these lines.
        percents: by slot, the part of its weight that counts on an average day.
    """
    pulls = {line.slot: Fraction(wanted[line.slot]) / percents[line.slot] for line in lines}
    total = sum(pulls.values())
    if not total:
        return {line.slot: line.weight for line in lines}
    scale = min(Fraction(sum(line.weight for line in lines)), MAX_WEIGHT * total / max(pulls.values())) / total
    rounded = {slot: max(LEAST_WEIGHT, weight) for slot, weight in _whole(pulls, scale).items()}
    return {
        line.slot: line.weight if _is_near(line.weight, rounded[line.slot]) else rounded[line.slot] for line in lines
    }


def next_weight(now: int, goal: int) -> int:
    """Return the weight of the day after `now`, on the way to a goal."""
    if goal > now:
        return min(goal, now * FASTEST)
    return max(goal, ceil(Fraction(now, FASTEST)))


def share_out(arrivals: int, pulls: Mapping[int, Fraction], limits: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """Return how many of the arrivals each line gets.

    They come by the lines' pulls until a line reaches its limit; then the others get its part. Once no line is below
    its first limit the second ones hold, as with target and capacity.

    Args:
        arrivals: how many people come.
        pulls: by slot, the effective weights.
        limits: how many people each line gets at most, the lower limits first.
    """
    given = dict.fromkeys(pulls, 0)
    for limit in limits:
        open_lines = {slot for slot, pull in pulls.items() if pull and given[slot] < limit[slot]}
        while arrivals and open_lines:
            total = sum((pulls[slot] for slot in open_lines), Fraction(0))
            full = {slot for slot in open_lines if arrivals * pulls[slot] / total >= limit[slot] - given[slot]}
            if not full:
                for slot, more in _whole(
                    {slot: pulls[slot] for slot in sorted(open_lines)}, Fraction(arrivals) / total
                ).items():
                    given[slot] += more
                return given
            for slot in full:
                arrivals -= limit[slot] - given[slot]
                given[slot] = limit[slot]
            open_lines -= full
    return given


def pulls_of(
    lines: Sequence[BalancedLine], weights: Weights, takers: set[int], *, day: int, warm_up_days: float
) -> dict[int, Fraction]:
    """Return the effective weights of the lines that take new people on a day."""
    return {
        line.slot: Fraction(weights[line.slot] * line.percent_on(day, warm_up_days), FULL_PERCENT)
        for line in lines
        if line.slot in takers
    }


def _whole(parts: Mapping[int, Fraction], scale: Fraction) -> dict[int, int]:
    """Return the parts times the scale in whole numbers with the same sum, rounded by the largest remainder."""
    exact = {slot: part * scale for slot, part in parts.items()}
    whole = {slot: int(value) for slot, value in exact.items()}
    missing = round(sum(exact.values())) - sum(whole.values())
    first = sorted(exact, key=lambda slot: (whole[slot] - exact[slot], slot))
    for slot in first[:missing]:
        whole[slot] += 1
    return whole


def _is_near(now: int, goal: int) -> bool:
    return FULL_PERCENT * abs(goal - now) < LEAST_CHANGE_PERCENT * now
