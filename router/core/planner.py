"""How many lines a pool needs, whether it can lose one, and when it is full.

    lines = ⌈people × (1 + over-provisioning) / capacity⌉

Lines are ordered from people at the provider, so a plan looks as far ahead as an order takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

# From the order to a number that works, before its warm-up: an assumption, for providers name no time.
ORDER_DAYS = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLine:
    """A line as planning sees it.

    Attributes:
        people: that it is taken to have, reservations counted by what becomes of them.
        capacity, target: people it can carry at most, and at which its reserve begins.
        takes_people: whether nothing but its being full keeps new people from it.
        carries_people: whether those who have it can still reach us on it.
    """

    slot: int
    people: int
    capacity: int
    target: int
    takes_people: bool = True
    carries_people: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What if the busiest line were lost now: do the others have room for its people?

    Attributes:
        slot: which line that is; None where nobody is on any.
        room: of the others, when the people of lines lost already have found a place.
        others: lines that would take its people.
    """

    slot: int | None
    people: int
    room: int
    others: int

    @property
    def is_bearable(self) -> bool:
        """Whether all of them find a place, and somebody new a line."""
        return self.others > 0 and self.people <= self.room

    @property
    def short_by(self) -> int:
        """People for whom there would be no place."""
        return max(0, self.people - self.room)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a pool has, and what it needs.

    Attributes:
        lines: those that take people, or would if they were not full.
        people: on all lines, those included that take nobody now.
        capacity, target: of `lines` together.
        room: places on them, their reserves included.
        capacity_per_line: people one more line would carry.
        growth_per_day: people who come and stay, on a usual day.
        days_to_target, days_to_full: until the reserves begin, and until they are used up; None at no growth.
        lead_days: from an order to a line with its full weight.
        lines_needed: for the people there are.
        lines_for_demand: for `more_people` as well.
        lines_to_order: to have enough for `more_people` and for who comes until an order arrives.
        lines_to_survive: more that it takes to bear the loss of the busiest line.
    """

    lines: int
    people: int
    capacity: int
    target: int
    room: int
    capacity_per_line: int
    more_people: int
    growth_per_day: float
    days_to_target: float | None
    days_to_full: float | None
    lead_days: float
    lines_needed: int
    lines_for_demand: int
    lines_to_order: int
    lines_to_survive: int
    loss: Loss

    @property
    def must_order_now(self) -> bool:
        """Whether the reserves begin before a line that is ordered today can help."""
        return self.days_to_target is not None and self.days_to_target <= self.lead_days


def plan(
    lines: Sequence[PlannedLine],
    *,
    over_provisioning: float,
    capacity_per_line: int,
    growth_per_day: float = 0.0,
    more_people: int = 0,
    warm_up_days: float = 0.0,
) -> Plan:
    """Say what a pool of these lines needs."""
    serving = [line for line in lines if line.takes_people]
    people, capacity = sum(line.people for line in lines), sum(line.capacity for line in serving)
    target, lead_days = sum(line.target for line in serving), ORDER_DAYS + warm_up_days
    demand = people + more_people
    at_arrival = demand + ceil(max(0.0, growth_per_day) * lead_days)
    short_at_arrival = with_reserve(at_arrival, over_provisioning) - capacity
    loss = loss_of_the_busiest(lines)
    return Plan(
        lines=len(serving),
        people=people,
        capacity=capacity,
        target=target,
        room=sum(max(0, line.capacity - line.people) for line in serving),
        capacity_per_line=capacity_per_line,
        more_people=more_people,
        growth_per_day=growth_per_day,
        days_to_target=days_until(target - people, growth_per_day),
        days_to_full=days_until(capacity - people, growth_per_day),
        lead_days=lead_days,
        lines_needed=lines_needed(people, capacity_per_line, over_provisioning),
        lines_for_demand=lines_needed(demand, capacity_per_line, over_provisioning),
        lines_to_order=max(0, ceil(short_at_arrival / capacity_per_line)),
        lines_to_survive=0 if loss.is_bearable else max(1, ceil(Fraction(loss.short_by, capacity_per_line))),
        loss=loss,
    )


def with_reserve(people: int, over_provisioning: float) -> Fraction:
    """Places for so many people and the spare room beside them; exact, so that rounding never costs a line."""
    return people * (1 + Fraction(str(over_provisioning)))


def lines_needed(people: int, capacity_per_line: int, over_provisioning: float) -> int:
    """Lines of that capacity for so many people, spare room included."""
    return ceil(with_reserve(people, over_provisioning) / capacity_per_line)


def days_until(room: int, growth_per_day: float) -> float | None:
    """Days until so much room is used up: 0 where it is already, None at no growth."""
    if room <= 0:
        return 0.0
    return room / growth_per_day if growth_per_day > 0 else None


def loss_of_the_busiest(lines: Sequence[PlannedLine]) -> Loss:
    """Say what the loss of the line with the most people would mean."""
    busiest = max((line for line in lines if line.carries_people), key=lambda line: line.people, default=None)
    if busiest is None or not busiest.people:
        # Any of them may be lost, and nobody would have to move.
        return Loss(slot=None, people=0, room=0, others=max(0, sum(line.takes_people for line in lines) - 1))
    others = [line for line in lines if line.takes_people and line is not busiest]
    room = sum(max(0, line.capacity - line.people) for line in others)
    lost_already = sum(line.people for line in lines if not line.carries_people)
    return Loss(slot=busiest.slot, people=busiest.people, room=max(0, room - lost_already), others=len(others))
