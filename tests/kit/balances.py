"""Pools for rebalance plans, and an independent judge of their moves."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

import highspy

from router.core.phone import E164
from router.core.rebalance.balanced_line import BalancedLine, PoolBalance

LARGE_LINES = 200
LARGE_PEOPLE = 1_000_000


def balanced_line(slot: int, people: int = 0, capacity: int = 700, **settings: object) -> BalancedLine:
    """Return an open line whose reserve begins at its capacity, unless the settings say otherwise."""
    values = {"weight": 100, "target": capacity} | settings
    return BalancedLine(
        slot=slot,
        number=E164(f"+1202555{slot:04}"),
        people=people,
        capacity=capacity,
        **values,  # type: ignore[arg-type]
    )


def pool_balance(lines: Sequence[BalancedLine], *, new_per_day: float = 0.0, **settings: object) -> PoolBalance:
    """Return a pool in which everybody may move at once, unless the settings say otherwise."""
    values = {"version": 7, "messages_per_person": 10.0, "warm_up_days": 0.0, "share_in_motion": Fraction(1)} | settings
    return PoolBalance(lines=tuple(lines), new_per_day=new_per_day, **values)  # type: ignore[arg-type]


def large_pool(*, lines: int = LARGE_LINES, people: int = LARGE_PEOPLE, seed: int = 1) -> PoolBalance:
    """Return a pool with uneven lines, whose people have all other lines as first backups."""
    luck = Random(seed)
    pulls = [luck.random() for _ in range(lines)]
    counts = [int(people * pull / sum(pulls)) for pull in pulls]
    counts[0] += people - sum(counts)
    made = []
    for slot, count in enumerate(counts):
        others = [other for other in range(lines) if other != slot]
        wishes = dict.fromkeys(others, 0)
        for other in others:
            wishes[other] = int(2 * count * luck.random() / len(others))
        capacity = max(count * 5 // 4, 7000 + luck.randrange(3000))
        made.append(balanced_line(slot, count, capacity, target=int(capacity / 1.15), first_backups=wishes, weight=100))
    return pool_balance(made, new_per_day=people / 100)


def judge_level(lines: Sequence[BalancedLine]) -> float:
    """Return the lowest highest utilisation that whole people allow, as HiGHS finds it."""
    solver = _silent()
    level = solver.addVariable(0.0, 2.0)
    counts = [solver.addIntegral(0, line.capacity) for line in lines]
    for line, count in zip(lines, counts, strict=True):
        solver.addConstr(count <= level * line.capacity)
    solver.addConstr(solver.qsum(counts) == sum(line.people for line in lines))
    solver.minimize(level)
    return float(solver.val(level))


def judge_own_moves(given: Mapping[int, int], taken: Mapping[int, int], lines: Sequence[BalancedLine]) -> int:
    """Return how many people can move to their first backup at most, as HiGHS finds it."""
    wishes = {
        (line.slot, to): count
        for line in lines
        for to, count in line.first_backups.items()
        if line.slot in given and to in taken
    }
    solver = _silent()
    flows = {pair: solver.addVariable(0.0, float(count)) for pair, count in wishes.items()}
    for slot, count in given.items():
        if outgoing := [flow for (start, _), flow in flows.items() if start == slot]:
            solver.addConstr(solver.qsum(outgoing) <= count)
    for slot, count in taken.items():
        if incoming := [flow for (_, end), flow in flows.items() if end == slot]:
            solver.addConstr(solver.qsum(incoming) <= count)
    solver.maximize(solver.qsum(list(flows.values())))
    return round(solver.getObjectiveValue())


def _silent() -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.0)
    return solver
