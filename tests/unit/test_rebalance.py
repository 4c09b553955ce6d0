"""Rebalance plans: what each strategy does, what it leaves alone and why, and what it refuses."""

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from time import perf_counter

import pytest

from router.core.errors import InvalidField, NotFound, SwitchyardError
from router.core.line import Gate, OperatorState
from router.core.rebalance.balanced_line import RebalanceRequest, Strategy
from router.core.rebalance.plan import BindingLimit, ChangedField, LeftAloneReason, PoolLimit, RebalancePlan
from router.core.rebalance.rebalancing import plan_rebalance
from router.core.rebalance.shares import next_weight
from tests.kit.balances import balanced_line, large_pool, pool_balance

WEIGHTS = RebalanceRequest(strategy=Strategy.WEIGHTS)
MIGRATE = RebalanceRequest(strategy=Strategy.MIGRATE, move_people=True)
UNEVEN = (balanced_line(0, 600), balanced_line(1, 100), balanced_line(2, 100))
TWO_LINES = (balanced_line(0, 300), balanced_line(1, 300))


def weights_after(plan: RebalancePlan) -> list[int]:
    """Return the weights at the end of a plan."""
    return [line.after.weight for line in plan.lines]


def moves_of(plan: RebalancePlan) -> list[tuple[int, int, int]]:
    """Return who goes where, as from, to, people."""
    return [(move.from_slot, move.to_slot, move.people) for move in plan.moves]


def test_weights_bring_utilisation_together() -> None:
    """The full line gets less of the new people, and the empty ones more. Nobody moves."""
    plan = plan_rebalance(pool_balance(UNEVEN, new_per_day=60), WEIGHTS)
    assert plan.is_worth_it
    assert plan.arrivals == 420
    assert not plan.moves
    assert weights_after(plan) == [1, 150, 150]
    assert plan.highest_after < plan.highest_if_nothing
    assert [line.left_alone for line in plan.lines] == [None, None, None]
    assert sum(line.after.share for line in plan.lines) == 1
    assert sum(line.after.people for line in plan.lines) == 800 + 420


def test_a_weight_goes_at_most_by_a_factor_of_two_a_day() -> None:
    """Each step says its day; a step and the one before meet."""
    plan = plan_rebalance(pool_balance(UNEVEN, new_per_day=60), WEIGHTS)
    steps = [step for step in plan.steps if step.slot == 0]
    assert [step.day for step in steps] == list(range(len(steps)))
    assert [int(step.after) for step in steps] == [50, 25, 13, 7, 4, 2, 1]
    assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
    assert plan.days_needed == 7
    assert [next_weight(10, 100), next_weight(10, 15), next_weight(1, 1)] == [20, 15, 1]


def test_the_way_back_of_many_steps_is_one_step_for_each_line() -> None:
    """It goes from the last weight to the first."""
    plan = plan_rebalance(pool_balance(UNEVEN, new_per_day=60), WEIGHTS)
    back = {(step.slot, step.field): (step.before, step.after) for step in plan.way_back()}
    assert back[0, ChangedField.WEIGHT] == ("1", "100")
    assert len(back) == 3


def test_a_warming_line_gets_the_weight_that_its_warm_up_cuts() -> None:
    """Two lines alike, one of which counts for a part of its weight: it gets a higher weight, not a lower share."""
    lines = (balanced_line(0, 200), balanced_line(1, 200, warm_days=3.0))
    plan = plan_rebalance(pool_balance(lines, new_per_day=40, warm_up_days=14.0), WEIGHTS)
    assert weights_after(plan)[1] > 1.5 * weights_after(plan)[0]
    assert abs(plan.lines[0].after.people - plan.lines[1].after.people) < 40


def test_a_pool_that_is_level_is_left_alone() -> None:
    """It says so, has nothing to apply, and names what would help."""
    plan = plan_rebalance(pool_balance(TWO_LINES, new_per_day=10), WEIGHTS)
    assert not plan.is_worth_it
    assert (plan.steps, plan.moves) == ((), ())
    assert [line.left_alone for line in plan.lines] == [LeftAloneReason.SHARE_FITS] * 2
    assert plan.binding == BindingLimit(slot=None, limit=PoolLimit.CAPACITY, places=1400 - 600 - 70)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, None),
        ({"gate": Gate.FLAGGED}, Gate.FLAGGED),
        ({"gate": Gate.AT_RISK}, Gate.AT_RISK),
        ({"gate": Gate.PARKED, "weight": 0}, Gate.PARKED),
        ({"gate": Gate.DRAIN, "operator_state": OperatorState.DRAIN}, Gate.DRAIN),
        ({"is_fresh": True}, LeftAloneReason.FRESH),
    ],
)
def test_a_line_left_alone_has_its_reason(settings: dict[str, object], reason: Gate | LeftAloneReason | None) -> None:
    """The first row is the same line without a reason: it changes."""
    lines = (*UNEVEN[:2], replace(UNEVEN[2], **settings))  # type: ignore[arg-type]
    for request in (WEIGHTS, MIGRATE):
        plan = plan_rebalance(pool_balance(lines, new_per_day=60), request)
        assert plan.is_worth_it
        assert plan.lines[2].left_alone == reason
        assert plan.lines[2].after.weight == plan.lines[2].before.weight or reason is None


def test_a_fresh_line_changes_if_asked_to() -> None:
    """A line that a plan changed today is left alone only until somebody asks."""
    lines = (*UNEVEN[:2], balanced_line(2, 100, is_fresh=True))
    plan = plan_rebalance(pool_balance(lines, new_per_day=60), replace(WEIGHTS, touch_fresh=True))
    assert plan.lines[2].left_alone is None


def test_moves_level_the_lines_and_own_backups_go_first() -> None:
    """Line 0 gives what it has too much; of its people 250 have line 2 already."""
    lines = (balanced_line(0, 600, first_backups={1: 50, 2: 250}), *UNEVEN[1:])
    plan = plan_rebalance(pool_balance(lines), MIGRATE)
    assert [line.after.people for line in plan.lines] == [267, 266, 267]
    assert moves_of(plan) == [(0, 1, 166), (0, 2, 167)]
    assert [move.own_backup for move in plan.moves] == [50, 167]
    assert (plan.prompts, plan.must_save) == (333, 116)
    assert plan.highest_before == Fraction(600, 700)
    assert plan.highest_after == Fraction(267, 700)


def test_the_limit_that_binds_is_named() -> None:
    """Line 1 may get 5 people a day while it warms up, so it stays emptier than the others."""
    lines = (UNEVEN[0], balanced_line(1, 100, new_per_day=5, warm_days=1.0), UNEVEN[2])
    plan = plan_rebalance(pool_balance(lines), MIGRATE)
    assert plan.binding == BindingLimit(slot=1, limit=Gate.WARM_UP, places=35)
    assert plan.lines[1].after.people == 135


def test_only_a_part_of_a_pool_moves_in_one_day() -> None:
    """5 % of 800 people is 40 a day. The plan does what seven days allow and names the limit."""
    plan = plan_rebalance(pool_balance(UNEVEN, share_in_motion=Fraction(1, 20)), MIGRATE)
    assert plan.prompts == 280
    assert plan.days_needed == 7
    assert plan.binding == BindingLimit(slot=None, limit=PoolLimit.SHARE_IN_MOTION, places=280)


def test_few_moves_are_not_worth_a_prompt() -> None:
    """Four people would level these lines to the last place. The plan leaves them in peace; five it would move."""
    small = [balanced_line(slot, people, 20) for slot, people in enumerate((12, 4))]
    assert not plan_rebalance(pool_balance(small), MIGRATE).is_worth_it
    large = [balanced_line(slot, people, 20) for slot, people in enumerate((14, 4))]
    assert plan_rebalance(pool_balance(large), MIGRATE).prompts == 5


def test_a_drain_closes_lines_and_moves_people_only_if_asked_to() -> None:
    """Without `move_people` everybody stays, and the new people go to the others."""
    drain = RebalanceRequest(strategy=Strategy.DRAIN, slots=(0,), days=2)
    pool = pool_balance(TWO_LINES, new_per_day=50)
    plan = plan_rebalance(pool, drain)
    assert [(step.slot, step.field, step.before, step.after) for step in plan.steps] == [
        (0, ChangedField.OPERATOR_STATE, "ready", "drain")
    ]
    assert not plan.moves
    assert not plan.refusal
    assert [line.after.people for line in plan.lines] == [300, 400]
    assert [line.after.gate for line in plan.lines] == [Gate.DRAIN, Gate.OPEN]
    assert [line.after.share for line in plan.lines] == [0, 1]
    assert plan.loss_before.is_bearable
    assert not plan.loss_after.is_bearable
    moving = plan_rebalance(pool, replace(drain, move_people=True))
    assert moves_of(moving) == [(0, 1, 300)]
    assert [line.after.people for line in moving.lines] == [0, 700]


def test_a_drain_that_the_others_cannot_carry_is_refused_with_the_figures() -> None:
    """And it says how many people would stay where they are."""
    lines = (balanced_line(0, 600), balanced_line(1, 500))
    drain = RebalanceRequest(strategy=Strategy.DRAIN, slots=(0,), move_people=True)
    plan = plan_rebalance(pool_balance(lines), drain)
    assert "room for 200 of the 600 people" in plan.refusal
    assert moves_of(plan) == [(0, 1, 200)]
    assert plan.warnings == (
        "400 people stay where they are: the other lines have no room for them.",
        "The pool cannot lose any one line now: 400 people would have no place.",
    )


def test_a_flagged_line_is_emptied_by_its_campaign_and_not_by_a_plan() -> None:
    """The plan leaves it alone, and warns that the campaign needs the same room."""
    lines = (balanced_line(0, 300, gate=Gate.FLAGGED, carries_people=False), balanced_line(1, 10))
    plan = plan_rebalance(pool_balance(lines), replace(MIGRATE, slots=(0,)))
    assert not plan.is_worth_it
    assert plan.lines[0].left_alone is Gate.FLAGGED
    assert any("flagged" in warning for warning in plan.warnings)


def test_a_drained_line_comes_back_step_by_step() -> None:
    """The pool's warm-up does it. Without one, its weight starts at a tenth and doubles each day."""
    drained = balanced_line(0, 50, gate=Gate.DRAIN, operator_state=OperatorState.DRAIN)
    recover = RebalanceRequest(strategy=Strategy.RECOVER)
    warming = plan_rebalance(pool_balance((drained, UNEVEN[1]), warm_up_days=7.0), recover)
    assert [(step.day, step.field, step.after) for step in warming.steps] == [(0, ChangedField.OPERATOR_STATE, "ready")]
    cold = plan_rebalance(pool_balance((drained, UNEVEN[1])), recover)
    assert [int(step.after) for step in cold.steps if step.field is ChangedField.WEIGHT] == [10, 20, 40, 80, 100]
    assert [step.day for step in cold.steps if step.field is ChangedField.WEIGHT] == [0, 1, 2, 3, 4]
    assert cold.lines[0].after.weight == 100
    assert cold.lines[1].left_alone is LeftAloneReason.IN_USE
    assert {(step.slot, step.before, step.after) for step in cold.way_back()} == {(0, "ready", "drain")}


@pytest.mark.parametrize(
    ("request_", "error", "words"),
    [
        (RebalanceRequest(strategy=Strategy.MIGRATE, move_people=True, slots=(0,)), None, ""),
        (RebalanceRequest(strategy=Strategy.MIGRATE), InvalidField, "move_people"),
        (RebalanceRequest(strategy=Strategy.WEIGHTS, move_people=True), InvalidField, "move_people"),
        (RebalanceRequest(strategy=Strategy.DRAIN), InvalidField, "lines"),
        (RebalanceRequest(strategy=Strategy.WEIGHTS, slots=(9,)), NotFound, "slot 9"),
        (RebalanceRequest(strategy=Strategy.WEIGHTS, days=0), InvalidField, "days"),
        (RebalanceRequest(strategy=Strategy.WEIGHTS, days=91), InvalidField, "days"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused(
    request_: RebalanceRequest, error: type[SwitchyardError] | None, words: str
) -> None:
    """The first row is accepted."""
    pool = pool_balance(UNEVEN, new_per_day=60)
    if error is None:
        assert plan_rebalance(pool, request_).is_worth_it
        return
    with pytest.raises(error, match=words):
        plan_rebalance(pool, request_)


def test_one_full_line_does_not_hide_what_weights_do_for_the_others() -> None:
    """Nobody leaves line 0, so the highest utilisation stays. The plan names that, and helps the others still."""
    plan = plan_rebalance(pool_balance((*UNEVEN, balanced_line(3, 700)), new_per_day=60), WEIGHTS)
    assert plan.is_worth_it
    assert plan.highest_after == plan.highest_if_nothing == 1
    assert plan.binding == BindingLimit(slot=3, limit=PoolLimit.PEOPLE_STAY, places=0)
    assert plan.lines[0].after.people < 700


def test_weights_that_sum_to_nothing_leave_nothing_to_do() -> None:
    """A pool of parked lines gets a plan that says so; an empty pool as well."""
    parked = pool_balance([balanced_line(slot, 10, weight=0, gate=Gate.PARKED) for slot in range(2)], new_per_day=5)
    plan = plan_rebalance(parked, WEIGHTS)
    assert not plan.is_worth_it
    assert [line.left_alone for line in plan.lines] == [Gate.PARKED] * 2
    assert not plan_rebalance(pool_balance([], new_per_day=5), WEIGHTS).is_worth_it


@pytest.mark.parametrize("request_", [WEIGHTS, MIGRATE], ids=["weights", "migrate"])
def test_the_same_state_gives_the_same_plan(request_: RebalanceRequest) -> None:
    """To the byte, in whatever order the lines come."""
    pool = large_pool(lines=40, people=100_000)
    turned = replace(pool, lines=tuple(reversed(pool.lines)))
    assert repr(plan_rebalance(pool, request_)) == repr(plan_rebalance(turned, request_))


@pytest.mark.parametrize("request_", [WEIGHTS, MIGRATE], ids=["weights", "migrate"])
def test_a_large_pool_is_planned_in_a_second(request_: RebalanceRequest) -> None:
    """200 lines and 1,000,000 people, in less than 1 s and 100 MB beyond what the pool itself takes."""
    pool = large_pool()
    start = perf_counter()
    plan = plan_rebalance(pool, request_)
    assert perf_counter() - start < 1.0
    assert plan.is_worth_it
    tracemalloc.start()
    try:
        plan_rebalance(pool, request_)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
