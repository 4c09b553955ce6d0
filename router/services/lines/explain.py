"""Explain why each line of a pool gets the share of new people that it gets."""

from dataclasses import dataclass

from router.core.line import Gate, Line, LineLimits, LineLoad, Tier
from router.core.lines.line_rules import people_on
from router.core.picking.rotation import SCALE
from router.store.line_records import LineNow
from router.store.lines import Overview


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLine:
    """One row of the table.

    Attributes:
        owed: picks the rotation owes the line now, -1..1; the more, the sooner it is picked.
        people_until_target: places left before its reserve; 0 inside it.
        share_given: its part of the people who came to the pool's lines in the last 24 h, 0..1.
        share_due: its part of the effective weights in the tier that takes people now, 0..1; 0 outside that tier.
    """

    line: Line
    tier: Tier
    gate: Gate
    limits: LineLimits
    load: LineLoad
    people_until_target: int
    owed: float
    share_given: float
    share_due: float


def explain_lines(overview: Overview) -> list[ExplainedLine]:
    """Return a row for every line that is not retired, in the order they joined."""
    shown = [now for now in overview.lines.values() if now.gate is not Gate.RETIRED]
    serving = min((now.tier for now in shown), default=Tier.NONE)
    weight_due = sum(now.limits.weight for now in shown if now.tier is serving)
    came = sum(now.load.new_24h for now in shown)
    return [_explain(now, serving, weight_due, came) for now in shown]


def _explain(now: LineNow, serving: Tier, weight_due: int, came: int) -> ExplainedLine:
    is_serving = now.tier is serving and serving is not Tier.NONE
    return ExplainedLine(
        line=now.line,
        tier=now.tier,
        gate=now.gate,
        limits=now.limits,
        load=now.load,
        people_until_target=max(0, now.limits.target - people_on(now.load)),
        owed=now.lag / SCALE,
        share_given=now.load.new_24h / came if came else 0.0,
        share_due=now.limits.weight / weight_due if is_serving else 0.0,
    )
