"""Ask what a pool would carry and need with other inputs. Pure: the same report on a changed `Basis`.

People who come, and the people of lines that are lost, are placed as the rotation places them in the long run: lines
below their target first, then the reserves, then lines at risk, by weight. The rolling 24 hours stay as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from router.core.capacity.capacity import limits_of, messages_per_person
from router.core.capacity.filling import Room, share_out
from router.core.capacity.losses import worst_loss
from router.core.capacity.traffic import DayOfTraffic
from router.core.errors import InvalidField, InvalidNumber
from router.core.field_rules import check_range
from router.core.line import (
    MAX_LINES_PER_POOL,
    Line,
    LineLoad,
    Status,
    Tier,
    can_carry,
    expected_people,
    placement_of,
)
from router.core.numbers.typed_number import read_line_number
from router.core.phone import E164, mask
from router.core.pool import MIN_MESSAGES_PER_PERSON
from router.core.pools.pool_rules import MAX_MESSAGES_PER_PERSON
from router.services.capacity.report import Basis, CapacityReport, planned_of, report_on
from router.store.line_records import LineNow

MAX_DEMAND = 100_000_000
MAX_PEAK_FACTOR = 100
_NEW_WEIGHT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What would be different.

    Attributes:
        demand: people who come in addition to those there are.
        peak_factor: how many times the usual messages the day to plan for brings.
        messages_per_person_per_day: instead of the figure that capacity is counted with.
        lines_added: further lines, warm, with weight 100.
        lines_lost: how many lines are lost at once: those that are hardest to lose.
        lost: numbers of lines that are lost as well.
        over_provisioning: instead of the pool's setting.
    """

    demand: int = 0
    peak_factor: float = 1.0
    messages_per_person_per_day: float | None = None
    lines_added: int = 0
    lines_lost: int = 0
    lost: tuple[str, ...] = ()
    over_provisioning: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A pool now, and as it would be.

    Attributes:
        lost: numbers of the lines that are lost.
        without_line: people for whom no line has room: new ones, and those of lost lines.
    """

    changes: Changes
    before: CapacityReport
    after: CapacityReport
    lost: tuple[E164, ...]
    without_line: int


def what_if(basis: Basis, changes: Changes) -> WhatIf:
    """Report on the pool as it is, and as it would be.

    Raises:
        InvalidField: a figure outside its range, a line the pool does not have, or more lines lost than it has.
        InvalidNumber: a lost line that is no phone number.
    """
    check_changes(changes)
    changed = _with_other_figures(basis, changes)
    lost = _lost_slots(changed, changes)
    lines = [*changed.lines, *_added_lines(changed, changes.lines_added)]
    leaving = sum(expected_people(line.load, line.limits) for line in lines if line.line.slot in lost)
    lines = [_lose(line) if line.line.slot in lost else line for line in lines]
    placed, without_line = _place(lines, changes.demand + leaving)
    # People of a lost line who find no place stay on it, without a number that works.
    stranded = min(without_line, leaving)
    placed = _strand(placed, lost, stranded)
    return WhatIf(
        changes=changes,
        before=report_on(basis),
        after=report_on(replace(changed, lines=tuple(placed)), more_people=without_line - stranded),
        lost=tuple(line.line.number for line in placed if line.line.slot in lost),
        without_line=without_line,
    )


def check_changes(changes: Changes) -> None:
    """Refuse figures that make no sense.

    Raises:
        InvalidField: the first one outside its range.
    """
    check_range("demand", changes.demand, 0, MAX_DEMAND)
    check_range("peak_factor", changes.peak_factor, 1, MAX_PEAK_FACTOR)
    if changes.messages_per_person_per_day is not None:
        least, most = MIN_MESSAGES_PER_PERSON, MAX_MESSAGES_PER_PERSON
        check_range("messages_per_person_per_day", changes.messages_per_person_per_day, least, most)
    check_range("lines_added", changes.lines_added, 0, MAX_LINES_PER_POOL)
    check_range("lines_lost", changes.lines_lost, 0, MAX_LINES_PER_POOL)
    if changes.over_provisioning is not None:
        check_range("over_provisioning", changes.over_provisioning, 0, 1)


def _with_other_figures(basis: Basis, changes: Changes) -> Basis:
    """Return the basis with other messages per person and other spare room, and with the limits that follow."""
    usual, pool = messages_per_person(basis.pool, basis.kept), basis.pool
    asked = changes.messages_per_person_per_day
    wanted = (usual if asked is None else asked) * changes.peak_factor
    spare = pool.over_provisioning if changes.over_provisioning is None else changes.over_provisioning
    if wanted == usual and spare == pool.over_provisioning:
        return basis
    pool, kept, days = replace(pool, over_provisioning=spare), basis.kept, basis.days
    if wanted != usual:
        pool = replace(pool, messages_per_person_per_day=wanted)
        kept = replace(kept, messages_per_person_per_day=wanted)  # both ends of the blend, whatever its weight
        days = [_times(day, wanted / usual) for day in days]
    limits = (limits_of(line.line, pool, kept, now_ms=basis.now_ms) for line in basis.lines)
    lines = tuple(_placed(replace(line, limits=each)) for line, each in zip(basis.lines, limits, strict=True))
    return replace(basis, pool=pool, kept=kept, days=days, lines=lines)


def _times(day: DayOfTraffic, factor: float) -> DayOfTraffic:
    lines = {
        slot: replace(one, incoming=one.incoming * factor, outgoing=one.outgoing * factor)
        for slot, one in day.lines.items()
    }
    return DayOfTraffic(day.day, lines)


def _lost_slots(basis: Basis, changes: Changes) -> frozenset[int]:
    live = {line.line.number: line for line in basis.lines if can_carry(line.line.health)}
    named: dict[int, None] = {}
    for text in changes.lost:
        try:
            number = read_line_number(text, unchecked=True).number
        except InvalidNumber as fault:
            raise InvalidNumber(str(fault), field="lost") from fault
        if number not in live:
            raise InvalidField("lost", f"{mask(number)} is no line of this pool that carries people")
        named[live[number].line.slot] = None
    others = [planned_of(line) for line in live.values() if line.line.slot not in named]
    if changes.lines_lost > len(others):
        raise InvalidField("lines_lost", f"{changes.lines_lost} cannot be lost: there are {len(others)} to lose")
    for _ in range(changes.lines_lost):
        slot = worst_loss(others, 1).slots[0]
        named[slot] = None
        others = [line for line in others if line.slot != slot]
    return frozenset(named)


def _added_lines(basis: Basis, count: int) -> Iterable[LineNow]:
    first = 1 + max((line.line.slot for line in basis.lines), default=-1)
    for index in range(count):
        line = Line(
            slot=first + index,
            number=E164(f"added-{index + 1}"),
            label=f"added {index + 1}",
            weight=_NEW_WEIGHT,
            joined_at_ms=basis.now_ms,
        )
        limits, load = limits_of(line, basis.pool, basis.kept, now_ms=basis.now_ms), LineLoad()
        tier, gate = placement_of(line.health, limits, load)
        yield LineNow(line=line, limits=limits, load=load, tier=tier, gate=gate, picks=0, lag=0, virtual_time=0)


def _lose(now: LineNow) -> LineNow:
    health = replace(now.line.health, status=Status.FLAGGED)
    return _placed(replace(now, line=replace(now.line, health=health), load=replace(now.load, reserved=0, confirmed=0)))


def _place(lines: list[LineNow], people: int) -> tuple[list[LineNow], int]:
    """Place people on lines: below the targets, then in the reserves, then on lines at risk. Return those left over."""
    for tier, up_to_target in ((Tier.HEALTHY, True), (Tier.RESERVE, False), (Tier.AT_RISK, False)):
        rooms = [
            Room(
                line.line.slot,
                line.limits.weight,
                (line.limits.target if up_to_target else line.limits.capacity)
                - expected_people(line.load, line.limits),
            )
            for line in lines
            if line.tier is tier
        ]
        given = share_out(people, rooms)
        lines = [_add(line, given.get(line.line.slot, 0)) for line in lines]
        people -= sum(given.values())
    return lines, people


def _strand(lines: list[LineNow], lost: frozenset[int], people: int) -> list[LineNow]:
    first = min(lost, default=None)
    return [_add(line, people) if line.line.slot == first else line for line in lines]


def _add(now: LineNow, people: int) -> LineNow:
    if not people:
        return now
    return _placed(replace(now, load=replace(now.load, confirmed=now.load.confirmed + people)))


def _placed(now: LineNow) -> LineNow:
    tier, gate = placement_of(now.line.health, now.limits, now.load)
    return replace(now, tier=tier, gate=gate)
