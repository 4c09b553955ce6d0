"""Plan how many lines a pool needs, whether it can lose one, and when it will be full.

    lines = ⌈people × (1 + over-provisioning) / capacity⌉

Lines are ordered from people at the provider, so a plan looks as far ahead as an order takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from router.core.capacity.growth import DaysUntil, Growth, days_until_full
from router.core.capacity.losses import LossOfAny, losses
from router.core.capacity.planned_line import PlannedLine

# From the order to a working number, before its warm-up. This is an assumption: providers state no time.
ORDER_DAYS = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What would happen if the busiest line were lost now: do the others have room for its people?

    Attributes:
        slot: the busiest line; None where no line has people.
        room: the others' room, after the people of lines already lost have found a place.
        others: how many lines would take its people.
    """

    slot: int | None
    people: int
    room: int
    others: int

    @property
    def is_bearable(self) -> bool:
        """Whether all of them find a place, and new people still get a line."""
        return self.others > 0 and self.people <= self.room

    @property
    def short_by(self) -> int:
        """How many people would find no place."""
        return max(0, self.people - self.room)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a pool has, and what it needs.

    Attributes:
        lines: lines that take people, or would if they were not full.
        people: people on all lines, including lines that take nobody now.
        capacity, target: of `lines` together.
        reserve_in_use: people that these lines carry beyond their targets.
        room: free places on them, including their reserves.
        capacity_per_line: how many people one more line would carry.
        growth_per_day: people who come and stay, on a usual day.
        days_to_target, days_to_full: until the reserves begin, and until they are used up; None without growth.
        until_target, until_full: the same with their intervals.
        order_days: from an order to a number that works.
        lead_days: from an order to a line with its full weight.
        lines_needed: lines for the people there are.
        lines_for_demand: lines for them and for `more_people`.
        lines_to_order: further lines for `more_people` and for the people who come before an order arrives.
        lines_to_survive: further lines needed to bear the loss of the busiest one.
        losses: the worst loss of one line, and of two.
    """

    lines: int
    people: int
    capacity: int
    target: int
    reserve_in_use: int
    room: int
    capacity_per_line: int
    more_people: int
    growth_per_day: float
    days_to_target: float | None
    days_to_full: float | None
    until_target: DaysUntil
    until_full: DaysUntil
    order_days: float
    lead_days: float
    lines_needed: int
    lines_for_demand: int
    lines_to_order: int
    lines_to_survive: int
    loss: Loss
    losses: tuple[LossOfAny, ...]

    @property
    def must_order_now(self) -> bool:
        """Whether the reserves begin before a line ordered today can help."""
        return self.days_to_target is not None and self.days_to_target <= self.lead_days


def plan(
    lines: Sequence[PlannedLine],
    *,
    over_provisioning: float,
    capacity_per_line: int,
    growth_per_day: float = 0.0,
    more_people: int = 0,
    warm_up_days: float = 0.0,
    order_days: float = ORDER_DAYS,
    trend: Growth | None = None,
) -> Plan:
    """Plan what a pool with these lines needs.

    Args:
        lines: the pool's.
        over_provisioning: the spare room to plan with, as a share.
        capacity_per_line: how many people one more line would carry.
        growth_per_day: people who come and stay, on a usual day; `trend` has its own.
        more_people: additional people to plan for.
        warm_up_days: until a new line has its full weight.
        order_days: until an ordered line works.
        trend: the growth, and how much it varies.
    """
    serving = [line for line in lines if line.takes_people]
    people, capacity = sum(line.people for line in lines), sum(line.capacity for line in serving)
    target, lead_days = sum(line.target for line in serving), order_days + warm_up_days
    growth = trend or Growth(per_day=growth_per_day)
    demand = people + more_people
    at_arrival = demand + ceil(max(0.0, growth.per_day) * lead_days)
    short_at_arrival = with_reserve(at_arrival, over_provisioning) - capacity
    until_target, until_full = (days_until_full(room - people, growth) for room in (target, capacity))
    loss = loss_of_the_busiest(lines)
    return Plan(
        lines=len(serving),
        people=people,
        capacity=capacity,
        target=target,
        reserve_in_use=sum(line.reserve_in_use for line in serving),
        room=sum(max(0, line.capacity - line.people) for line in serving),
        capacity_per_line=capacity_per_line,
        more_people=more_people,
        growth_per_day=growth.per_day,
        days_to_target=until_target.expected,
        days_to_full=until_full.expected,
        until_target=until_target,
        until_full=until_full,
        order_days=order_days,
        lead_days=lead_days,
        lines_needed=lines_needed(people, capacity_per_line, over_provisioning),
        lines_for_demand=lines_needed(demand, capacity_per_line, over_provisioning),
        lines_to_order=max(0, ceil(short_at_arrival / capacity_per_line)),
        lines_to_survive=0 if loss.is_bearable else max(1, ceil(Fraction(loss.short_by, capacity_per_line))),
        loss=loss,
        losses=losses(lines),
    )


def with_reserve(people: int, over_provisioning: float) -> Fraction:
    """Return the places needed for these people plus the spare room; exact, so that rounding never costs a line."""
    return people * (1 + Fraction(str(over_provisioning)))


def lines_needed(people: int, capacity_per_line: int, over_provisioning: float) -> int:
    """Return how many lines of this capacity the people need, including spare room."""
    return ceil(with_reserve(people, over_provisioning) / capacity_per_line)


def loss_of_the_busiest(lines: Sequence[PlannedLine]) -> Loss:
    """Return what the loss of the line with the most people would mean."""
    busiest = max((line for line in lines if line.carries_people), key=lambda line: line.people, default=None)
    if busiest is None or not busiest.people:
        # Any of them can be lost, and nobody would have to move.
        return Loss(slot=None, people=0, room=0, others=max(0, sum(line.takes_people for line in lines) - 1))
    others = [line for line in lines if line.takes_people and line is not busiest]
    room = sum(max(0, line.capacity - line.people) for line in others)
    lost_already = sum(line.people for line in lines if not line.carries_people)
    return Loss(slot=busiest.slot, people=busiest.people, room=max(0, room - lost_already), others=len(others))
