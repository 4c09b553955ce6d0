"""The lines of a simulated pool: their limits, flags and recoveries, and what is measured on them day by day."""

from collections import deque
from dataclasses import replace

from router.core.capacity.capacity import limits_of
from router.core.capacity.planner import lines_needed
from router.core.capacity.traffic import WINDOW_DAYS, DayOfTraffic, measure
from router.core.line import LineLimits, Status
from router.core.picking.picker import Picker
from router.core.pool import Pool
from router.core.simulation.agenda import Agenda
from router.core.simulation.line_in_time import LineInTime, Luck
from router.core.simulation.outcome import Outage, SimulatedDay, Tally
from router.core.simulation.policy import Policy
from router.core.simulation.scenario import Scenario, new_simulated_line
from router.core.simulation.stream import around

_DOWN_SPREAD = 0.6


class Rented:
    """The lines that a policy rents.

    Args:
        scenario: the world.
        policy: how many lines are rented, and how they are run.
        seed: which luck they have.
        picker: where they take their turns.
        agenda: the clock.
        tally: where flags are counted.
    """

    def __init__(
        self, scenario: Scenario, policy: Policy, seed: int, picker: Picker, *, agenda: Agenda, tally: Tally
    ) -> None:
        self._scenario, self._picker = scenario, picker
        self._agenda, self._tally = agenda, tally
        self._measured = scenario.measured
        self._days: deque[DayOfTraffic] = deque(maxlen=WINDOW_DAYS + 1)
        self.pool = _pool_under(policy, scenario)
        self.lines: dict[int, LineInTime] = {}
        starts = [one.line for one in scenario.start] or [new_simulated_line(slot) for slot in range(scenario.lines)]
        wanted = lines_needed(
            len(starts) * scenario.capacity_per_line, scenario.capacity_per_line, policy.over_provisioning
        )
        first = 1 + max(line.slot for line in starts)
        for line in (*starts, *(new_simulated_line(first + index) for index in range(wanted - len(starts)))):
            self.lines[line.slot] = LineInTime(line, Luck.of(seed, line.slot))
            picker.put(line.slot, line.health, self._limits(self.lines[line.slot]))

    def refresh(self, line: LineInTime) -> None:
        """Give a line the limits that follow from its age and from what is measured."""
        limits, picked = self._limits(line), self._picker.lines[line.line.slot]
        if limits != picked.limits:
            self._picker.put(line.line.slot, line.line.health, limits)

    def flag(self, line: LineInTime) -> float:
        """Flag a line, and return for how many hours."""
        line.flags += 1
        line.flagged_at_ms = self._agenda.now_ms
        line.outage = Outage(self._agenda.now_ms, len(line.people))
        self._tally.flags += 1
        self._tally.outages.append(line.outage)
        self._set_status(line, Status.FLAGGED, warming_since_ms=line.line.warming_since_ms)
        return around(line.luck.downtime.at(line.flags), self._scenario.down_hours, _DOWN_SPREAD)

    def recover(self, line: LineInTime) -> None:
        """Let a line work again; it warms up."""
        self.close_outage(line)
        self._set_status(line, Status.ACTIVE, warming_since_ms=self._agenda.now_ms)

    def close_outage(self, line: LineInTime) -> None:
        """Count the people who are still on a flagged line as cut off until now."""
        if line.outage is not None:
            line.outage.hours += [line.outage.hours_until(self._agenda.now_ms)] * len(line.people)
            line.outage = None

    def end_day(self, day: int, *, utilisation: float, waiting: int, stranded: int) -> None:
        """Store what the day brought, measure, and give all lines the limits that follow."""
        guideline = self.pool.messages_per_line_per_day
        traffic = {slot: line.end_day() for slot, line in self.lines.items()}
        self._tally.busy_days += sum(one.messages > guideline for one in traffic.values())
        self._days.append(DayOfTraffic(day, traffic))
        measured = measure(self._days, now_day=day + 1.0)
        if measured.messages_per_person_per_day is not None and measured.days >= self._scenario.measured.days:
            self._measured = measured
        for line in self.lines.values():
            self.refresh(line)
        self._tally.days.append(
            SimulatedDay(utilisation=utilisation, waiting=waiting, stranded=stranded, signups=self._tally.signups)
        )

    def _limits(self, line: LineInTime) -> LineLimits:
        return limits_of(line.line, self.pool, self._measured, now_ms=self._agenda.now_ms)

    def _set_status(self, line: LineInTime, status: Status, *, warming_since_ms: int | None) -> None:
        health = replace(line.line.health, status=status)
        line.line = replace(line.line, health=health, warming_since_ms=warming_since_ms)
        self._picker.put(line.line.slot, health, self._limits(line))


def _pool_under(policy: Policy, scenario: Scenario) -> Pool:
    pool = replace(scenario.pool, over_provisioning=policy.over_provisioning)
    if not scenario.start:
        pool = replace(pool, messages_per_person_per_day=scenario.messages_per_person)
    return pool if policy.warm_up else replace(pool, warm_up_days=0.0)
