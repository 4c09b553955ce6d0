"""What each strategy proposes: steps, moves, and a reason for each line that it leaves alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from router.core.capacity.capacity import FULL_PERCENT, MIN_WARM_UP_PERCENT
from router.core.line import Gate, OperatorState
from router.core.phone import mask
from router.core.rebalance.balanced_line import (
    GATES_OF_LOAD,
    GATES_OF_OPERATOR,
    GATES_WITHOUT_PEOPLE,
    BalancedLine,
    PoolBalance,
    RebalanceRequest,
)
from router.core.rebalance.moving import ChosenMoves, changes_of, choose_moves, room_of, takes_moves
from router.core.rebalance.plan import BindingLimit, ChangedField, LeftAloneReason, PeopleMove, PoolLimit, RebalanceStep
from router.core.rebalance.shares import Weights, best_arrivals, next_weight, weights_for

# Below this sum for each line, a weight is too coarse to come near the share it should have.
COARSE_WEIGHT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a strategy wants to do.

    Attributes:
        in_play: slots of the lines whose utilisation it tries to improve.
        left_alone: by slot, why a line does not change.
        binding: what keeps it from being better; None if the lines are level.
        refusal: why it would do harm.
    """

    in_play: frozenset[int]
    steps: tuple[RebalanceStep, ...] = ()
    moves: tuple[PeopleMove, ...] = ()
    left_alone: Mapping[int, Gate | LeftAloneReason] = field(default_factory=dict)
    binding: BindingLimit | None = None
    warnings: tuple[str, ...] = ()
    refusal: str = ""


def propose_weights(pool: PoolBalance, request: RebalanceRequest) -> Proposal:
    """Propose the weights that bring the utilisation of the lines together within some days."""
    left_alone = {line.slot: why for line in pool.lines if (why := _why_not(line, request, GATES_OF_LOAD))}
    lines = [line for line in pool.lines if line.slot not in left_alone]
    others = [line for line in pool.lines if line.slot in left_alone and line.gate in GATES_OF_LOAD]
    percents = {line.slot: _mean_percent(line, pool.warm_up_days, request.days) for line in (*lines, *others)}
    arrivals = round(pool.new_per_day * request.days * _part_of(lines, others, percents))
    wanted = best_arrivals(lines, arrivals, request.days)
    goals = weights_for(wanted, lines, percents)
    steps = tuple(step for line in lines for step in _weight_steps(line, line.weight, goals[line.slot]))
    for line in lines:
        if goals[line.slot] == line.weight:
            left_alone[line.slot] = LeftAloneReason.SHARE_FITS
    return Proposal(
        in_play=frozenset(goals),
        steps=_in_order(steps),
        left_alone=left_alone,
        binding=_fullest(lines, wanted) or _tightest(lines, wanted, request.days),
        warnings=(*_too_coarse(lines, goals), *_too_many(arrivals, sum(wanted.values()))),
    )


def propose_drain(pool: PoolBalance, request: RebalanceRequest) -> Proposal:
    """Propose to close the named lines to new people, and to move theirs if that was asked for."""
    left_alone: dict[int, Gate | LeftAloneReason] = {}
    steps: list[RebalanceStep] = []
    for line in pool.lines:
        if line.slot not in request.slots:
            left_alone[line.slot] = LeftAloneReason.NOT_NAMED
        elif line.operator_state is not OperatorState.READY or line.gate is Gate.RELEASED:
            left_alone[line.slot] = line.gate
        else:
            steps.append(_state_step(line, OperatorState.DRAIN))
    drained = [line for line in pool.lines if line.slot in {step.slot for step in steps}]
    rest = [line for line in pool.lines if line.slot not in request.slots]
    people = sum(line.people for line in drained)
    places = sum(room_of(line, request.days).places for line in rest)
    refusal = (
        f"The other lines have room for {places} of the {people} people of the drained lines. Add lines, or force it."
        if people > places
        else ""
    )
    moving = _empty(pool, request) if request.move_people else None
    return Proposal(
        in_play=_carrying(pool),
        steps=tuple(steps),
        moves=moving.moves if moving else (),
        left_alone=left_alone,
        binding=_tightest(rest, changes_of(moving.moves) if moving else {}, request.days),
        warnings=_stranded(moving) if moving else (),
        refusal=refusal,
    )


def propose_moves(pool: PoolBalance, request: RebalanceRequest) -> Proposal:
    """Propose which people to ask to text another number: those of the named lines, or those who level all lines."""
    if request.slots:
        moving = _empty(pool, request)
        left_alone = {line.slot: _why_not_emptied(line, request) for line in pool.lines}
        lines = [line for line in pool.lines if line.slot not in request.slots]
        in_play = _carrying(pool)
    else:
        left_alone = {line.slot: why for line in pool.lines if (why := _why_not(line, request, GATES_OF_LOAD))}
        lines = [line for line in pool.lines if line.slot not in left_alone]
        in_play = frozenset(line.slot for line in lines)
        budget = pool.most_moves_per_day * request.days
        moving = choose_moves(lines, givers=in_play, takers=in_play, days=request.days, budget=budget)
        if moving.is_capped:
            limit = BindingLimit(slot=None, limit=PoolLimit.SHARE_IN_MOTION, places=budget)
            return Proposal(in_play=in_play, moves=moving.moves, left_alone=left_alone, binding=limit)
    return Proposal(
        in_play=in_play,
        moves=moving.moves,
        left_alone=left_alone,
        binding=_tightest(lines, changes_of(moving.moves), request.days),
        warnings=_stranded(moving),
    )


def propose_recovery(pool: PoolBalance, request: RebalanceRequest) -> Proposal:
    """Propose to open drained lines again, step by step. Where the pool has no warm-up the weight grows instead."""
    left_alone: dict[int, Gate | LeftAloneReason] = {}
    steps: list[RebalanceStep] = []
    for line in pool.lines:
        if request.slots and line.slot not in request.slots:
            left_alone[line.slot] = LeftAloneReason.NOT_NAMED
        elif line.is_fresh and not request.touch_fresh:
            left_alone[line.slot] = LeftAloneReason.FRESH
        elif line.gate in GATES_OF_LOAD:
            left_alone[line.slot] = LeftAloneReason.IN_USE
        elif line.gate not in GATES_OF_OPERATOR:
            left_alone[line.slot] = line.gate
        else:
            first = max(1, line.weight * MIN_WARM_UP_PERCENT // FULL_PERCENT)
            if not pool.warm_up_days and first < line.weight:
                steps.append(_weight_step(line, 0, line.weight, first))
                steps += _weight_steps(line, first, line.weight, from_day=1)
            steps.append(_state_step(line, OperatorState.READY))
    return Proposal(in_play=_carrying(pool), steps=_in_order(steps), left_alone=left_alone)


def _why_not(line: BalancedLine, request: RebalanceRequest, gates: frozenset[Gate]) -> Gate | LeftAloneReason | None:
    if line.gate not in gates:
        return line.gate
    if request.slots and line.slot not in request.slots:
        return LeftAloneReason.NOT_NAMED
    return LeftAloneReason.FRESH if line.is_fresh and not request.touch_fresh else None


def _why_not_emptied(line: BalancedLine, request: RebalanceRequest) -> Gate | LeftAloneReason:
    if line.slot not in request.slots:
        return LeftAloneReason.NOT_NAMED if takes_moves(line) else line.gate
    return line.gate if line.gate in GATES_WITHOUT_PEOPLE else LeftAloneReason.LEVEL


def _empty(pool: PoolBalance, request: RebalanceRequest) -> ChosenMoves:
    """Choose the moves that empty the named lines."""
    emptied = [line.slot for line in pool.lines if line.slot in request.slots and line.gate not in GATES_WITHOUT_PEOPLE]
    takers = [
        line.slot
        for line in pool.lines
        if line.slot not in request.slots and takes_moves(line) and (request.touch_fresh or not line.is_fresh)
    ]
    lines = [line for line in pool.lines if line.slot in {*emptied, *takers}]
    return choose_moves(lines, emptied=emptied, takers=takers, days=request.days)


def _part_of(
    lines: Sequence[BalancedLine], others: Sequence[BalancedLine], percents: Mapping[int, Fraction]
) -> Fraction:
    """Return the part of the new people that comes to `lines` and not to `others`."""
    part, rest = (sum((line.weight * percents[line.slot] for line in each), Fraction(0)) for each in (lines, others))
    return part / (part + rest) if part else Fraction(0)


def _mean_percent(line: BalancedLine, warm_up_days: float, days: int) -> Fraction:
    return Fraction(sum(line.percent_on(day, warm_up_days) for day in range(days)), days)


def _weight_steps(line: BalancedLine, weight: int, goal: int, *, from_day: int = 0) -> list[RebalanceStep]:
    steps = []
    day = from_day
    while weight != goal:
        following = next_weight(weight, goal)
        steps.append(_weight_step(line, day, weight, following))
        weight, day = following, day + 1
    return steps


def _weight_step(line: BalancedLine, day: int, before: int, after: int) -> RebalanceStep:
    return RebalanceStep(day=day, slot=line.slot, field=ChangedField.WEIGHT, before=str(before), after=str(after))


def _state_step(line: BalancedLine, state: OperatorState) -> RebalanceStep:
    return RebalanceStep(
        day=0, slot=line.slot, field=ChangedField.OPERATOR_STATE, before=line.operator_state.value, after=state.value
    )


def _in_order(steps: Sequence[RebalanceStep]) -> tuple[RebalanceStep, ...]:
    """Return the steps by day; those of one day keep the order of the lines' numbers."""
    return tuple(sorted(steps, key=lambda step: step.day))


def _carrying(pool: PoolBalance) -> frozenset[int]:
    return frozenset(line.slot for line in pool.lines if line.carries_people)


def _tightest(lines: Sequence[BalancedLine], changes: Mapping[int, int], days: int) -> BindingLimit | None:
    """Return the limit of the emptiest line that gets all it may and is still below the highest one; None without."""
    ends = {line.slot: Fraction(line.people + changes.get(line.slot, 0), line.capacity) for line in lines}
    highest = max(ends.values(), default=Fraction(0))
    held = [
        line for line in lines if ends[line.slot] < highest and changes.get(line.slot, 0) >= room_of(line, days).places
    ]
    binding = min(held, key=lambda line: (ends[line.slot], line.number), default=None)
    if binding is None:
        return None
    room = room_of(binding, days)
    return BindingLimit(slot=binding.slot, limit=room.gate, places=room.places)


def _too_many(arrivals: int, placed: int) -> tuple[str, ...]:
    if arrivals <= placed:
        return ()
    return (f"{arrivals - placed} of the {arrivals} people expected find no room on these lines. Add lines.",)


def _fullest(lines: Sequence[BalancedLine], wanted: Mapping[int, int]) -> BindingLimit | None:
    """Return the line above the level of the others, which new people alone cannot reach; None without one."""
    lowest = min((line.utilisation for line in lines), default=Fraction(0))
    fullest = max(lines, key=lambda line: line.utilisation, default=None)
    if fullest is None or wanted[fullest.slot] or fullest.utilisation == lowest:
        return None
    return BindingLimit(slot=fullest.slot, limit=PoolLimit.PEOPLE_STAY, places=0)


def _stranded(moving: ChosenMoves) -> tuple[str, ...]:
    if not moving.stranded:
        return ()
    return (f"{moving.stranded} people stay where they are: the other lines have no room for them.",)


def _too_coarse(lines: Sequence[BalancedLine], goals: Weights) -> tuple[str, ...]:
    coarse = [line for line in lines if line.weight < COARSE_WEIGHT and goals[line.slot] < COARSE_WEIGHT]
    if not coarse or sum(line.weight for line in lines) >= COARSE_WEIGHT * len(lines):
        return ()
    words = (
        f"Weights as small as {coarse[0].weight} (line {mask(coarse[0].number)}) are too coarse for exact shares. "
        "Multiply all weights of the pool by 10 and plan again."
    )
    return (words,)
