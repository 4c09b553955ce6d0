"""What a rebalance plan says. It holds everything that an operator has to see before it is carried out."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from router.core.capacity.losses import LossOfAny
from router.core.line import Gate
from router.core.phone import E164
from router.core.rebalance.balanced_line import Strategy


class LeftAloneReason(StrEnum):
    """Why a line that was considered does not change, where no gate is the reason."""

    SHARE_FITS = "share_fits"  # its best weight is less than 5 % away
    LEVEL = "level"  # it has neither people to give nor room to take any
    FRESH = "fresh"  # a plan changed it in the last 24 hours
    NOT_NAMED = "not_named"
    IN_USE = "in_use"  # it takes people already
    NO_GAIN = "no_gain"  # the whole plan is not worth it


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """A line at one moment.

    Attributes:
        share: its part of the new people.
        messages_per_day: of all its people together, as measured.
        headroom: how many people it still has room for.
    """

    weight: int
    share: Fraction
    people: int
    utilisation: Fraction
    messages_per_day: float
    headroom: int
    gate: Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOutcome:
    """A line before and after.

    Attributes:
        left_alone: why it does not change; a gate or a reason. None for a line that does.
    """

    slot: int
    number: E164
    before: LineFigures
    after: LineFigures
    left_alone: Gate | LeftAloneReason | None


class PoolLimit(StrEnum):
    """A limit that is no gate of a line."""

    CAPACITY = "capacity"  # the lines are level: only further lines would help
    PEOPLE_STAY = "people_stay"  # the fullest line gets nobody new, and weights move nobody away
    SHARE_IN_MOTION = "share_in_motion"  # no more people may be asked to move in that time


class ChangedField(StrEnum):
    """Which setting of a line a step changes."""

    WEIGHT = "weight"
    OPERATOR_STATE = "operator_state"


@dataclass(frozen=True, slots=True, kw_only=True)
class RebalanceStep:
    """One change of one line, on a day from the start."""

    day: int
    slot: int
    field: ChangedField
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleMove:
    """How many people are asked to move from one line to another.

    Attributes:
        own_backup: how many of them have the number already, as their first backup.
    """

    from_slot: int
    to_slot: int
    people: int
    own_backup: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingLimit:
    """What keeps a plan from being better.

    Attributes:
        slot: the line whose limit it is; None for a limit of the whole pool.
        places: how many more people the limit allows.
    """

    slot: int | None
    limit: Gate | PoolLimit
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RebalancePlan:
    """A plan. Applying it does exactly `steps` and `moves`.

    Attributes:
        basis: the version of the pool that it was made for.
        days: how far it looks ahead.
        arrivals: how many new people it counts with in that time.
        highest_before: the highest utilisation now, of the lines that the plan is about.
        highest_if_nothing: the highest at the end, if nothing is done.
        highest_after: the highest at the end, if the plan is carried out.
        loss_before, loss_after: the verdict N−1 now and at the end.
        days_needed: until the last step is done and the last prompt sent.
        is_worth_it: whether there is something to apply.
        binding: what keeps the plan from being better, or from being worth it.
        refusal: why the plan would do harm; "" if it would not. It is then applied only by force.
    """

    basis: int
    strategy: Strategy
    days: int
    arrivals: int
    lines: tuple[LineOutcome, ...]
    steps: tuple[RebalanceStep, ...]
    moves: tuple[PeopleMove, ...]
    highest_before: Fraction
    highest_if_nothing: Fraction
    highest_after: Fraction
    loss_before: LossOfAny
    loss_after: LossOfAny
    days_needed: int
    is_worth_it: bool
    binding: BindingLimit | None
    warnings: tuple[str, ...]
    refusal: str = ""

    @property
    def prompts(self) -> int:
        """How many people are asked to text another number. They cannot be moved back by an undo."""
        return sum(move.people for move in self.moves)

    @property
    def must_save(self) -> int:
        """How many people must save a number that they do not have yet."""
        return sum(move.people - move.own_backup for move in self.moves)

    def way_back(self) -> tuple[RebalanceStep, ...]:
        """Return the steps that take all of its steps back: for each line and field, from the last to the first."""
        first: dict[tuple[int, ChangedField], RebalanceStep] = {}
        last: dict[tuple[int, ChangedField], RebalanceStep] = {}
        for step in self.steps:
            first.setdefault((step.slot, step.field), step)
            last[step.slot, step.field] = step
        return tuple(
            RebalanceStep(day=0, slot=slot, field=field, before=last[slot, field].after, after=step.before)
            for (slot, field), step in first.items()
            if last[slot, field].after != step.before
        )
