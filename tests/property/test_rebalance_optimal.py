"""A rebalance is the best one for its aim: the lowest highest utilisation, then the fewest moves, then own backups.

Small pools are compared with all possible moves, large ones with the answers of an independent solver.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.line import Gate
from router.core.rebalance.balanced_line import BalancedLine, RebalanceRequest, Strategy
from router.core.rebalance.levelling import Vessel, fill, least_level
from router.core.rebalance.moving import changes_of, choose_moves, room_of
from router.core.rebalance.rebalancing import plan_rebalance
from router.core.rebalance.shares import best_arrivals
from tests.kit.balances import balanced_line, judge_level, judge_own_moves, large_pool

MIGRATE = RebalanceRequest(strategy=Strategy.MIGRATE, move_people=True)

Result = tuple[Fraction, int, int]


@st.composite
def small_pools(draw: st.DrawFn) -> list[BalancedLine]:
    """Draw up to four lines with up to eight people, and who has whom as a first backup."""
    count = draw(st.integers(1, 4))
    left, lines = 8, []
    for slot in range(count):
        people = draw(st.integers(0, left))
        left -= people
        wishes, undecided = {}, people
        for other in range(count):
            if other != slot:
                wishes[other] = draw(st.integers(0, undecided))
                undecided -= wishes[other]
        lines.append(
            balanced_line(
                slot,
                people,
                max(1, people) + draw(st.integers(0, 6)),
                gate=draw(st.sampled_from([Gate.OPEN, Gate.OPEN, Gate.OPEN, Gate.AT_RISK])),
                new_per_day=draw(st.one_of(st.none(), st.integers(1, 3))),
                first_backups=wishes,
            )
        )
    return lines


def splits(people: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to divide people among parts."""
    if parts == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in splits(people - first, parts - 1):
            yield first, *rest


def all_results(lines: list[BalancedLine], givers: set[int], emptied: set[int]) -> Iterator[Result]:
    """Yield highest utilisation, moves, and minus the moves to own backups, of each possible choice of moves."""
    size = len(lines)
    rooms = [room_of(line, 1).places for line in lines]
    ways = [list(splits(line.people, size)) for line in lines]
    for rows in product(*ways):
        ends = [sum(row[to] for row in rows) for to in range(size)]
        moved = [line.people - rows[slot][slot] for slot, line in enumerate(lines)]
        if any(moved[slot] and slot not in givers | emptied for slot in range(size)):
            continue
        if any(ends[slot] for slot in emptied):
            continue
        if any(ends[slot] - rows[slot][slot] > rooms[slot] for slot in range(size)):
            continue
        if any(ends[slot] > max(line.people, line.people + rooms[slot]) for slot, line in enumerate(lines)):
            continue
        own = sum(
            min(rows[start][to], lines[start].first_backups.get(to, 0))
            for start in range(size)
            for to in range(size)
            if start != to
        )
        kept = [slot for slot in range(size) if slot not in emptied]
        yield max(Fraction(ends[slot], lines[slot].capacity) for slot in kept), sum(moved), -own


def result_of(lines: list[BalancedLine], emptied: set[int], givers: set[int]) -> Result:
    """Return the same of our choice."""
    moving = choose_moves(lines, emptied=emptied, givers=givers, takers={line.slot for line in lines} - emptied, days=1)
    changes = changes_of(moving.moves)
    assert not moving.stranded
    highest = max(
        Fraction(line.people + changes.get(line.slot, 0), line.capacity) for line in lines if line.slot not in emptied
    )
    return highest, sum(move.people for move in moving.moves), -sum(move.own_backup for move in moving.moves)


@settings(max_examples=150, deadline=None)
@given(lines=small_pools())
def test_no_choice_of_moves_levels_better(lines: list[BalancedLine]) -> None:
    """Of all moves within the limits of the lines, ours are among the best by all three aims in their order."""
    everybody = {line.slot for line in lines}
    assert result_of(lines, set(), everybody) == min(all_results(lines, everybody, set()))


@settings(max_examples=150, deadline=None)
@given(lines=small_pools(), data=st.data())
def test_no_choice_of_moves_empties_lines_better(lines: list[BalancedLine], data: st.DataObject) -> None:
    """Lines that everybody leaves: where the rest has room for all, the choice is the best; else some stay."""
    if len(lines) < 2:
        return
    emptied = {data.draw(st.sampled_from([line.slot for line in lines]))}
    best = min(all_results(lines, set(), emptied), default=None)
    if best is None:
        takers = {line.slot for line in lines} - emptied
        moving = choose_moves(lines, emptied=emptied, takers=takers, days=1)
        rooms = sum(room_of(line, 1).places for line in lines if line.slot in takers)
        assert sum(move.people for move in moving.moves) == rooms
        assert moving.stranded == sum(line.people for line in lines if line.slot in emptied) - rooms
    else:
        assert result_of(lines, emptied, set()) == best


@settings(max_examples=150, deadline=None)
@given(lines=small_pools(), arrivals=st.integers(0, 8))
def test_no_arrivals_level_better(lines: list[BalancedLine], arrivals: int) -> None:
    """The people expected are spread so that the highest utilisation is the lowest that any spread gives."""
    rooms = [room_of(line, 2).places for line in lines]
    come = min(arrivals, sum(rooms))
    ours = best_arrivals(lines, arrivals, 2)
    assert sum(ours.values()) == come
    assert all(0 <= ours[line.slot] <= room for line, room in zip(lines, rooms, strict=True))
    best = min(
        max(Fraction(line.people + more, line.capacity) for line, more in zip(lines, split, strict=True))
        for split in splits(come, len(lines))
        if all(more <= room for more, room in zip(split, rooms, strict=True))
    )
    assert max(Fraction(line.people + ours[line.slot], line.capacity) for line in lines) == best


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1, max_size=12),
    st.integers(0, 10**6),
)
def test_the_level_is_the_least_exactly(counts: list[tuple[int, int]], places: int) -> None:
    """At the level all people have a place. Just below it they have not."""
    vessels = [Vessel(people=0, capacity=capacity, least=0, most=most) for most, capacity in counts]
    people = min(places, sum(most for most, _ in counts))
    level = least_level(vessels, people)
    assert sum(vessel.at(level) for vessel in vessels) >= people
    if level:
        below = level - Fraction(1, 10**15)
        assert sum(vessel.at(below) for vessel in vessels) < people
    assert sum(fill(vessels, people)) == people


@settings(max_examples=100, deadline=None)
@given(lines=small_pools(), budget=st.integers(0, 8))
def test_a_budget_of_moves_is_used_as_well_as_it_can_be(lines: list[BalancedLine], budget: int) -> None:
    """No choice with as few moves has a lower highest utilisation."""
    slots = {line.slot for line in lines}
    moving = choose_moves(lines, givers=slots, takers=slots, days=1, budget=budget)
    changes = changes_of(moving.moves)
    moved = sum(move.people for move in moving.moves)
    highest = max(Fraction(line.people + changes.get(line.slot, 0), line.capacity) for line in lines)
    allowed = [result for result in all_results(lines, slots, set()) if result[1] <= budget]
    assert moved <= budget
    assert (highest, moved) == min(allowed)[:2]


@pytest.mark.parametrize("seed", range(5))
def test_a_solver_finds_no_lower_level(seed: int) -> None:
    """HiGHS, with whole people as variables, agrees on the highest utilisation of 60 lines."""
    pool = large_pool(lines=60, people=200_000, seed=seed)
    plan = plan_rebalance(pool, MIGRATE)
    assert float(plan.highest_after) == pytest.approx(judge_level(pool.lines), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_solver_finds_no_more_moves_to_an_own_backup(seed: int) -> None:
    """HiGHS agrees, to the person, for 200 lines and 1,000,000 people."""
    pool = large_pool(seed=seed)
    plan = plan_rebalance(pool, MIGRATE)
    changes = changes_of(plan.moves)
    leaving = {slot: -change for slot, change in changes.items() if change < 0}
    level = plan.highest_after
    room = {
        line.slot: int(level * line.capacity) - line.people
        for line in pool.lines
        if int(level * line.capacity) > line.people
    }
    own = sum(move.own_backup for move in plan.moves)
    assert own == judge_own_moves(leaving, room, pool.lines)
    assert 0 < own < plan.prompts
