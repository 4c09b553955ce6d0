"""A pool as a rebalance sees it: counts, never people. And what an operator may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from router.core.capacity.capacity import FULL_PERCENT, warm_up_percent
from router.core.capacity.planned_line import PlannedLine
from router.core.line import Gate, OperatorState
from router.core.phone import E164

# Gates that only a line's load puts there. A line behind one of them still takes people, or will again by itself.
GATES_OF_LOAD = frozenset({Gate.OPEN, Gate.FULL, Gate.TARGET, Gate.GUIDELINE, Gate.WARM_UP})
GATES_OF_OPERATOR = frozenset({Gate.DRAIN, Gate.MAINT})
# A line whose people have a campaign already, or that is no longer ours.
GATES_WITHOUT_PEOPLE = frozenset({Gate.FLAGGED, Gate.RELEASED, Gate.RETIRED})


class Strategy(StrEnum):
    """What a rebalance is for."""

    WEIGHTS = "weights"
    DRAIN = "drain"
    MIGRATE = "migrate"
    RECOVER = "recover"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancedLine:
    """A line as a rebalance sees it.

    Attributes:
        weight: the operator's.
        warm_days: for how long it has warmed up; None for a line that is warm.
        people: how many it is expected to carry.
        new_per_day: how many people it may get a day; None for no limit.
        carries_people: whether the people who have it can still reach us.
        first_backups: by slot, how many of its people have that line as their first backup.
        is_fresh: whether a plan changed it in the last 24 hours.
    """

    slot: int
    number: E164
    weight: int
    people: int
    capacity: int
    target: int
    gate: Gate = Gate.OPEN
    operator_state: OperatorState = OperatorState.READY
    warm_days: float | None = None
    new_per_day: int | None = None
    carries_people: bool = True
    first_backups: Mapping[int, int] = field(default_factory=dict)
    is_fresh: bool = False

    @property
    def takes_people(self) -> bool:
        """Whether it takes new people, or would if it were not full."""
        return self.gate in GATES_OF_LOAD or self.gate is Gate.AT_RISK

    @property
    def utilisation(self) -> Fraction:
        """The part of its capacity that is in use."""
        return Fraction(self.people, self.capacity)

    def percent_on(self, day: int, warm_up_days: float) -> int:
        """Return the percentage of its weight that counts on a day from now."""
        if self.warm_days is None:
            return FULL_PERCENT
        return warm_up_percent(timedelta(days=self.warm_days + day), timedelta(days=warm_up_days))

    def planned(self, people: int, *, takes_people: bool) -> PlannedLine:
        """Return it as the verdicts N−1 and N−2 see it, with another number of people."""
        return PlannedLine(
            slot=self.slot,
            people=people,
            capacity=self.capacity,
            target=self.target,
            takes_people=takes_people,
            carries_people=self.carries_people,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolBalance:
    """A pool as a rebalance sees it.

    Attributes:
        version: grows with each change that an operator or the provider makes; not with people who come and go.
        lines: in order of their numbers.
        new_per_day: people who come and stay, on a usual day.
        messages_per_person: a day.
        share_in_motion: the part of its people that may be asked to move in one day.
    """

    version: int
    lines: tuple[BalancedLine, ...]
    new_per_day: float
    messages_per_person: float
    warm_up_days: float
    share_in_motion: Fraction = Fraction(1, 20)

    def __post_init__(self) -> None:
        """Put the lines in one order, so that the same state gives the same plan."""
        object.__setattr__(self, "lines", tuple(sorted(self.lines, key=lambda line: line.number)))

    @property
    def people(self) -> int:
        """How many people its lines carry."""
        return sum(line.people for line in self.lines)

    @property
    def most_moves_per_day(self) -> int:
        """How many people may be asked to move in one day; at least 1."""
        return max(1, int(self.people * self.share_in_motion))


@dataclass(frozen=True, slots=True, kw_only=True)
class RebalanceRequest:
    """What an operator asks for.

    Attributes:
        slots: the lines it is about; none for all of them.
        days: how far the plan looks ahead.
        move_people: people may be asked to text another number.
        touch_fresh: lines that a plan changed in the last 24 hours may change again.
    """

    strategy: Strategy
    slots: tuple[int, ...] = ()
    days: int = 7
    move_people: bool = False
    touch_fresh: bool = False
