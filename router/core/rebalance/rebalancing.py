"""Make a rebalance plan: what changes, what that does to each line, and why the others stay as they are.

The same state gives the same plan, to the byte: lines are in order of their numbers, and there is no clock or chance.
"""

from dataclasses import replace
from fractions import Fraction

from router.core.errors import InvalidField, NotFound
from router.core.field_rules import check_range
from router.core.line import Gate
from router.core.rebalance.balanced_line import PoolBalance, RebalanceRequest, Strategy
from router.core.rebalance.course import Course, PoolOutlook
from router.core.rebalance.moving import changes_of
from router.core.rebalance.plan import (
    BindingLimit,
    LeftAloneReason,
    LineOutcome,
    PoolLimit,
    RebalancePlan,
)
from router.core.rebalance.proposals import (
    Proposal,
    propose_drain,
    propose_moves,
    propose_recovery,
    propose_weights,
)

MAX_DAYS = 90
LEAST_GAIN = Fraction(1, 100)
FEWEST_MOVES = 5
STRATEGIES_THAT_MOVE = frozenset({Strategy.DRAIN, Strategy.MIGRATE})
STRATEGIES_FOR_GAIN = frozenset({Strategy.WEIGHTS, Strategy.MIGRATE})


def plan_rebalance(pool: PoolBalance, request: RebalanceRequest) -> RebalancePlan:
    """Make the plan. It may say that nothing is worth doing.

    Raises:
        InvalidField: the request contradicts itself.
        NotFound: a line that is not in the pool.
    """
    _check(pool, request)
    proposal = _propose(pool, request)
    if request.strategy is Strategy.MIGRATE:
        pool = replace(pool, new_per_day=0.0)  # it levels the people there are
    now = Course(pool).outlook(proposal.in_play)
    if_nothing = Course(pool).run(request.days).outlook(proposal.in_play)
    after = _foresee(pool, request.days, proposal)
    if _is_worth_it(request, proposal, if_nothing, after):
        return _write(pool, request, proposal, (now, if_nothing, after))
    left_alone = {line.slot: proposal.left_alone.get(line.slot, LeftAloneReason.NO_GAIN) for line in pool.lines}
    nothing = replace(proposal, steps=(), moves=(), left_alone=left_alone, refusal="")
    return _write(pool, request, nothing, (now, if_nothing, if_nothing))


def _check(pool: PoolBalance, request: RebalanceRequest) -> None:
    check_range("days", request.days, 1, MAX_DAYS)
    unknown = set(request.slots) - {line.slot for line in pool.lines}
    if unknown:
        raise NotFound(f"The pool has no line with the slot {min(unknown)}.")
    if request.strategy is Strategy.DRAIN and not request.slots:
        raise InvalidField("lines", "name the lines to drain")
    if request.strategy is Strategy.MIGRATE and not request.move_people:
        raise InvalidField(
            "move_people", "migrate asks people to text another number; say so with move_people, or use weights"
        )
    if request.move_people and request.strategy not in STRATEGIES_THAT_MOVE:
        raise InvalidField("move_people", f"{request.strategy} moves nobody; leave it out, or use migrate")


def _propose(pool: PoolBalance, request: RebalanceRequest) -> Proposal:
    match request.strategy:
        case Strategy.WEIGHTS:
            return propose_weights(pool, request)
        case Strategy.DRAIN:
            return propose_drain(pool, request)
        case Strategy.MIGRATE:
            return propose_moves(pool, request)
        case Strategy.RECOVER:
            return propose_recovery(pool, request)


def _foresee(pool: PoolBalance, days: int, proposal: Proposal) -> PoolOutlook:
    """Return the pool at the end of the plan: people move first, so that new ones find no room that is spoken for."""
    return Course(pool).move(changes_of(proposal.moves)).run(days, proposal.steps).outlook(proposal.in_play)


def _is_worth_it(request: RebalanceRequest, proposal: Proposal, if_nothing: PoolOutlook, after: PoolOutlook) -> bool:
    if not proposal.steps and not proposal.moves:
        return False
    if request.strategy not in STRATEGIES_FOR_GAIN or (request.strategy is Strategy.MIGRATE and request.slots):
        return True  # the operator wants the change itself, not a better balance
    if proposal.moves and sum(move.people for move in proposal.moves) < FEWEST_MOVES:
        return False
    return _gain(if_nothing, after) >= LEAST_GAIN


def _gain(if_nothing: PoolOutlook, after: PoolOutlook) -> Fraction:
    """Return by how much the plan lowers the highest utilisation of the lines that it makes a difference to.

    One full line that nothing can help must not hide what the plan does for the others.
    """
    pairs = [(old.utilisation, after.lines[slot].utilisation) for slot, old in if_nothing.lines.items()]
    highest = [max(ends) for ends in zip(*(pair for pair in pairs if pair[0] != pair[1]), strict=True)]
    return highest[0] - highest[1] if highest else Fraction(0)


def _write(
    pool: PoolBalance,
    request: RebalanceRequest,
    proposal: Proposal,
    outlooks: tuple[PoolOutlook, PoolOutlook, PoolOutlook],
) -> RebalancePlan:
    now, if_nothing, after = outlooks
    days_needed = _days_needed(pool, proposal)
    changed = {step.slot for step in proposal.steps} | changes_of(proposal.moves).keys()
    warnings = list(proposal.warnings)
    if any(line.gate is Gate.FLAGGED for line in pool.lines):
        warnings.append("A line is flagged. Its campaign needs room on the same lines; wait until it is over.")
    if days_needed > request.days:
        warnings.append(f"The plan takes {days_needed} days, and the figures are those of day {request.days}.")
    if not now.loss.is_bearable:
        warnings.append(f"The pool cannot lose any one line now: {now.loss.short_by} people would have no place.")
    return RebalancePlan(
        basis=pool.version,
        strategy=request.strategy,
        days=request.days,
        arrivals=round(pool.new_per_day * request.days),
        lines=tuple(
            LineOutcome(
                slot=line.slot,
                number=line.number,
                before=now.lines[line.slot],
                after=after.lines[line.slot],
                left_alone=None if line.slot in changed else proposal.left_alone.get(line.slot, LeftAloneReason.LEVEL),
            )
            for line in pool.lines
        ),
        steps=proposal.steps,
        moves=proposal.moves,
        highest_before=now.highest,
        highest_if_nothing=if_nothing.highest,
        highest_after=after.highest,
        loss_before=now.loss,
        loss_after=after.loss,
        days_needed=days_needed,
        is_worth_it=bool(changed),
        binding=proposal.binding or _level(after),
        warnings=tuple(warnings),
        refusal=proposal.refusal,
    )


def _days_needed(pool: PoolBalance, proposal: Proposal) -> int:
    """Return the days until the last step is done, and the last prompt is sent within the limits of lines and pool."""
    changes = changes_of(proposal.moves)
    per_line = [
        -(-changes[line.slot] // line.new_per_day)
        for line in pool.lines
        if line.new_per_day is not None and changes.get(line.slot, 0) > 0
    ]
    prompts = sum(move.people for move in proposal.moves)
    per_pool = -(-prompts // pool.most_moves_per_day)
    return max((per_pool, *per_line, *(step.day + 1 for step in proposal.steps)))


def _level(after: PoolOutlook) -> BindingLimit:
    """Return the limit that is left when no other binds: only further lines would help."""
    room = sum(figures.headroom for figures in after.lines.values())
    return BindingLimit(slot=None, limit=PoolLimit.CAPACITY, places=room)
