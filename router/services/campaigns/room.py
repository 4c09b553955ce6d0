"""How much room the lines of a pool have for the people of a campaign, read from the pool's overview."""

from datetime import timedelta
from math import ceil

from router.core.campaigns.campaign_rules import CampaignRules, hourly_allowance, lines_missing, time_needed
from router.core.campaigns.room import OpenLine, TargetPlan, open_line
from router.core.picking.picker import BACKUP_TIERS
from router.services.lines.trial import picker_of
from router.store.lines import Overview

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def open_lines(overview: Overview, *, leaving: int | None = None) -> dict[int, OpenLine]:
    """Return the lines that may take people, by slot; `leaving` is the line those people leave."""
    lines = {
        slot: open_line(now.line, now.limits, now.load, now.tier)
        for slot, now in sorted(overview.lines.items())
        if slot != leaving
    }
    return {slot: line for slot, line in lines.items() if line is not None}


def allowances_of(overview: Overview, rules: CampaignRules) -> dict[int, int]:
    """Return slot → new people an hour for each line that may take some."""
    return {slot: hourly_allowance(line.warm_up_percent, rules) for slot, line in open_lines(overview).items()}


def missing_lines(overview: Overview, people: int, *, leaving: int | None = None) -> int:
    """Return how many more lines of the usual capacity the pool needs to absorb `people`."""
    room = sum(line.places for line in open_lines(overview, leaving=leaving).values())
    usual = max((now.limits.capacity for now in overview.lines.values()), default=1)
    return lines_missing(people, room, usual)


def plan_targets(overview: Overview, *, leaving: int) -> TargetPlan:
    """Return a plan that starts from where the pool's rotation stands now."""
    lines, picker = open_lines(overview, leaving=leaving), picker_of(overview)
    rotations = [rotation for tier, rotation in picker.rotations.items() if tier in BACKUP_TIERS]
    return TargetPlan(lines, rotations, overview.lines.keys() - lines.keys())


def describe_prospect(overview: Overview, people: int, rules: CampaignRules) -> str:
    """Describe how long it takes to move `people` to the lines as they are, or how many lines must be added first."""
    if missing := missing_lines(overview, people):
        return f"The others have no room for all of them: {missing} more lines are needed."
    needed = time_needed({}, allowances_of(overview, rules).values(), people, rules)
    if needed is None:
        return "No line takes people now."
    hours, minutes = ceil(needed / _HOUR), ceil(needed / _MINUTE)
    return f"This takes up to {hours} hours." if hours > 1 else f"This takes about {max(2, minutes)} minutes."
