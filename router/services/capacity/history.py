"""Begin a simulation with a pool as it is: its lines, its people and its traffic. Pure."""

from dataclasses import replace

from router.core.errors import Refused
from router.core.line import WHOLE_PERMILLE, LineLoad, Status, expected_people, is_ours
from router.core.simulation.scenario import Scenario, StartLine
from router.services.capacity.report import Basis, report_on
from router.store.line_records import LineNow

# What is measured does not show how long people stay. So nobody leaves, unless the operator says how long.
FOR_GOOD_DAYS = 100_000.0


def scenario_from(basis: Basis, usual: Scenario) -> Scenario:
    """Return a scenario that begins with a pool as it is now; what the pool does not show is as in `usual`.

    Raises:
        Refused: the pool has no line.
    """
    report = report_on(basis)
    lines = [
        line for line in basis.lines if is_ours(line.line.health) and line.line.health.status is not Status.UNKNOWN
    ]
    if not lines:
        raise Refused(f"Pool {basis.pool.id!r} has no line to begin with. Add one: switchyard lines add NUMBER")
    reciprocity = report.measured.reciprocity
    return replace(
        usual,
        pool=basis.pool,
        lines=len(lines),
        start=tuple(_start_of(line, basis.now_ms) for line in lines),
        signups_per_day=report.new_per_day,
        conversion=max(0.01, basis.kept.conversion_permille / WHOLE_PERMILLE),
        messages_per_person=report.messages_per_person_per_day,
        incoming_share=usual.incoming_share if reciprocity is None else reciprocity / (1 + reciprocity),
        measured=basis.kept,
        stay_days=FOR_GOOD_DAYS,
    )


def _start_of(now: LineNow, now_ms: int) -> StartLine:
    warming_ms = now.line.warming_since_ms
    line = replace(
        now.line,
        joined_at_ms=now.line.joined_at_ms - now_ms,
        warming_since_ms=None if warming_ms is None else warming_ms - now_ms,
    )
    people = expected_people(now.load, now.limits)
    return StartLine(line, LineLoad(confirmed=people, new_24h=now.load.new_24h))
