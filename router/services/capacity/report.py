"""Report what a pool carries and needs, from what the store holds about it. Pure.

Every question about capacity ends here, the hypothetical ones too: they change the `Basis` and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from router.core.capacity.capacity import messages_per_person, people_per_line
from router.core.capacity.capacity_advice import BusyLine, advise
from router.core.capacity.growth import measure_growth
from router.core.capacity.next_gate import NextGate, next_gate
from router.core.capacity.planned_line import PlannedLine
from router.core.capacity.planner import Plan, plan
from router.core.capacity.traffic import DayOfTraffic, Measured, Traffic, measure, per_day
from router.core.line import Gate, Line, LineLimits, LineLoad, Tier, can_carry, expected_people
from router.core.lines.line_rules import places_left
from router.core.pool import Pool
from router.core.time_units import DAY_MS
from router.store.line_records import LineNow


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a report is computed from.

    Attributes:
        kept: the stored measurement, with which the lines' limits were made.
        lines: all lines of the pool.
        days: their traffic in the window, oldest first; the last is today.
    """

    pool: Pool
    kept: Measured
    lines: tuple[LineNow, ...]
    days: Sequence[DayOfTraffic]
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """A line's load.

    Attributes:
        people: people it counts as having; a reservation counts for the share that become texts.
        takes_people: whether it takes new people, or would if it were not full.
        headroom: people it still has room for, its reserve included.
        reserve_in_use: people it carries beyond its target.
        next_gate: the limit it is nearest to; None for a line that takes nobody.
        today: what happened since midnight, UTC.
        usual: what happens on a usual day.
    """

    line: Line
    gate: Gate
    limits: LineLimits
    load: LineLoad
    people: int
    takes_people: bool
    headroom: int
    reserve_in_use: int
    next_gate: NextGate | None
    today: Traffic
    usual: Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityReport:
    """How many people a pool carries, how many it could carry, and what it needs.

    Attributes:
        measured: what its traffic shows at this moment.
        messages_per_person_per_day: the rate that capacity is computed with: guess and measurement, as last blended.
        new_24h, started_24h: people who came in the last 24 hours, and conversations that lines began.
        new_per_day: people who come on a usual day.
        advice: what to do, the most urgent first.
    """

    pool: Pool
    measured: Measured
    messages_per_person_per_day: float
    lines: tuple[LineReport, ...]
    new_24h: int
    started_24h: int
    new_per_day: float
    plan: Plan
    advice: tuple[str, ...]


def report_on(basis: Basis, *, more_people: int = 0) -> CapacityReport:
    """Report what a pool carries, and what it needs for `more_people`."""
    pool, now_day = basis.pool, basis.now_ms / DAY_MS
    measured = measure(basis.days, now_day=now_day)
    shown = [line for line in basis.lines if _is_shown(line)]
    lines = tuple(_report_line(line, basis.days, basis.now_ms) for line in shown)
    per_person = messages_per_person(pool, basis.kept)
    new_per_day = sum(line.usual.new for line in lines)
    needed = plan(
        [planned_of(line) for line in shown],
        over_provisioning=pool.over_provisioning,
        capacity_per_line=people_per_line(pool, per_person),
        more_people=more_people,
        warm_up_days=pool.warm_up_days,
        order_days=pool.order_days,
        trend=measure_growth(
            basis.days,
            per_day=new_per_day,
            conversion_permille=basis.kept.conversion_permille,
            now_day=now_day,
            since_day=min((line.line.joined_at_ms / DAY_MS for line in basis.lines), default=now_day),
        ),
    )
    return CapacityReport(
        pool=pool,
        measured=measured,
        messages_per_person_per_day=per_person,
        lines=lines,
        new_24h=sum(line.load.new_24h for line in lines),
        started_24h=sum(line.load.started_24h for line in lines),
        new_per_day=new_per_day,
        plan=needed,
        advice=advise(pool, needed, measured, [_busy(line) for line in lines]),
    )


def _report_line(now: LineNow, days: Sequence[DayOfTraffic], now_ms: int) -> LineReport:
    planned, slot = planned_of(now), now.line.slot
    return LineReport(
        line=now.line,
        gate=now.gate,
        limits=now.limits,
        load=now.load,
        people=planned.people,
        takes_people=planned.takes_people,
        headroom=places_left(now.limits, now.load) if planned.takes_people else 0,
        reserve_in_use=planned.reserve_in_use,
        next_gate=next_gate(now.tier, now.limits, now.load),
        today=days[-1].lines.get(slot, Traffic()),
        usual=per_day(days, slot, now_day=now_ms / DAY_MS, since_day=now.line.joined_at_ms / DAY_MS),
    )


def _is_shown(now: LineNow) -> bool:
    """Whether it is in use, or people are left on it."""
    return now.gate is not Gate.RETIRED or now.load.confirmed > 0


def planned_of(now: LineNow) -> PlannedLine:
    """Return a line as planning sees it."""
    takes_people = now.tier is not Tier.NONE or now.gate is Gate.FULL
    return PlannedLine(
        slot=now.line.slot,
        people=expected_people(now.load, now.limits),
        capacity=now.limits.capacity,
        target=now.limits.target,
        takes_people=takes_people,
        carries_people=can_carry(now.line.health),
    )


def _busy(line: LineReport) -> BusyLine:
    return BusyLine(line.line.slot, line.line.number, int(line.today.messages), line.usual.messages)
