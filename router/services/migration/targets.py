"""Which lines may take people of a campaign, how many an hour, and whether they have room for all."""

from datetime import timedelta
from math import ceil

from router.core.campaign_rules import CampaignRules, hourly_allowance, lines_missing, time_needed
from router.core.capacity import FULL_PERCENT
from router.core.line import Tier
from router.core.line_rules import people_on
from router.store.line_records import LineNow
from router.store.lines import Overview

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def allowances_of(overview: Overview, rules: CampaignRules) -> dict[int, int]:
    """Return slot → new people an hour for each line that may take some; fewer while it warms up."""
    return {
        slot: hourly_allowance(now.limits.weight // now.line.weight if now.line.weight else FULL_PERCENT, rules)
        for slot, now in overview.lines.items()
        if _is_open(now)
    }


def missing_lines(overview: Overview, people: int) -> int:
    """How many more lines like these the pool needs to have room for people of a line that takes none."""
    room = sum(max(0, now.limits.capacity - people_on(now.load)) for now in overview.lines.values() if _is_open(now))
    usual = max((now.limits.capacity for now in overview.lines.values()), default=1)
    return lines_missing(people, room, usual)


def spell_prospect(overview: Overview, people: int, rules: CampaignRules) -> str:
    """Say how long it takes to lead people away at the pace of the lines as they are, or what it takes first."""
    if missing := missing_lines(overview, people):
        return f"The others have no room for all of them: {missing} more lines are needed."
    needed = time_needed({}, allowances_of(overview, rules).values(), people, rules)
    if needed is None:
        return "No line takes people now."
    hours, minutes = ceil(needed / _HOUR), ceil(needed / _MINUTE)
    return f"This takes up to {hours} hours." if hours > 1 else f"This takes about {max(2, minutes)} minutes."


def _is_open(now: LineNow) -> bool:
    return now.tier in {Tier.HEALTHY, Tier.RESERVE}
