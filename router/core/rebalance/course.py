"""Foresee what a pool looks like some days from now, with the steps and moves of a plan or without."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from router.core.capacity.losses import LossOfAny, worst_loss
from router.core.line import Gate, OperatorState
from router.core.rebalance.balanced_line import GATES_OF_LOAD, GATES_OF_OPERATOR, BalancedLine, PoolBalance
from router.core.rebalance.plan import ChangedField, LineFigures, RebalanceStep
from router.core.rebalance.shares import pulls_of, share_out

NOBODY = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOutlook:
    """A pool on one day.

    Attributes:
        lines: by slot.
        highest: the highest utilisation of a line that the plan is about.
        loss: the verdict N−1.
    """

    lines: Mapping[int, LineFigures]
    highest: Fraction
    loss: LossOfAny


class Course:
    """A pool from day to day: its settings follow the steps, its people come by the weights."""

    def __init__(self, pool: PoolBalance) -> None:
        self.pool = pool
        self.weights = {line.slot: line.weight for line in pool.lines}
        self.states = {line.slot: line.operator_state for line in pool.lines}
        self.people = {line.slot: line.people for line in pool.lines}
        self.day = 0

    def run(self, days: int, steps: Sequence[RebalanceStep] = ()) -> "Course":
        """Let some days pass, with the steps that fall into them."""
        for day in range(days):
            self._take([step for step in steps if step.day == day])
            self._let_in(self._arrivals_by(day + 1) - self._arrivals_by(day), day)
        self.day = max(0, days - 1)
        return self

    def move(self, changes: Mapping[int, int]) -> "Course":
        """Move people between lines."""
        for slot, change in changes.items():
            self.people[slot] += change
        return self

    def outlook(self, in_play: Collection[int]) -> PoolOutlook:
        """Return the pool as it is then. The highest utilisation is that of the lines in play."""
        lines = self.pool.lines
        gates = {line.slot: self._gate(line) for line in lines}
        pulls = self._pulls(self.day)
        first = {slot: pull for slot, pull in pulls.items() if gates[slot] not in {Gate.FULL, Gate.AT_RISK}} or pulls
        total = sum(first.values())
        figures = {
            line.slot: LineFigures(
                weight=self.weights[line.slot],
                share=first.get(line.slot, NOBODY) / total if total else NOBODY,
                people=self.people[line.slot],
                utilisation=self._utilisation(line),
                messages_per_day=self.people[line.slot] * self.pool.messages_per_person,
                headroom=max(0, line.capacity - self.people[line.slot]) if self._takes_people(line) else 0,
                gate=gates[line.slot],
            )
            for line in lines
        }
        return PoolOutlook(
            lines=figures,
            highest=max((self._utilisation(line) for line in lines if line.slot in in_play), default=NOBODY),
            loss=worst_loss(
                [line.planned(self.people[line.slot], takes_people=self._takes_people(line)) for line in lines], 1
            ),
        )

    def _take(self, steps: Sequence[RebalanceStep]) -> None:
        for step in steps:
            if step.field is ChangedField.WEIGHT:
                self.weights[step.slot] = int(step.after)
            else:
                self.states[step.slot] = OperatorState(step.after)

    def _let_in(self, arrivals: int, day: int) -> None:
        pulls = self._pulls(day)
        to_target: dict[int, int] = {}
        to_capacity: dict[int, int] = {}
        for line in self.pool.lines:
            people = self.people[line.slot]
            to_capacity[line.slot] = max(0, line.capacity - people)
            soft = 0 if line.gate is Gate.AT_RISK else max(0, line.target - people)
            to_target[line.slot] = soft if line.new_per_day is None else min(soft, line.new_per_day)
        for slot, came in share_out(arrivals, pulls, (to_target, to_capacity)).items():
            self.people[slot] += came

    def _pulls(self, day: int) -> dict[int, Fraction]:
        takers = {line.slot for line in self.pool.lines if self._takes_people(line)}
        return pulls_of(self.pool.lines, self.weights, takers, day=day, warm_up_days=self.pool.warm_up_days)

    def _arrivals_by(self, day: int) -> int:
        return round(self.pool.new_per_day * day)

    def _takes_people(self, line: BalancedLine) -> bool:
        if self.states[line.slot] is not OperatorState.READY or not self.weights[line.slot]:
            return False
        return line.takes_people or line.gate in GATES_OF_OPERATOR

    def _gate(self, line: BalancedLine) -> Gate:
        state = self.states[line.slot]
        if state is not OperatorState.READY:
            return Gate(state.value)
        if line.gate not in GATES_OF_LOAD | GATES_OF_OPERATOR:
            return line.gate
        people = self.people[line.slot]
        if people >= line.capacity:
            return Gate.FULL
        if people >= line.target:
            return Gate.TARGET
        return line.gate if line.gate in {Gate.GUIDELINE, Gate.WARM_UP} else Gate.OPEN

    def _utilisation(self, line: BalancedLine) -> Fraction:
        return Fraction(self.people[line.slot], line.capacity)
