"""Decide when a campaign may start, go on or must stop; how fast it may go; and how long it takes. Pure.

Sources of the brakes: BGP route flap damping (hold-down that grows with each flap), the node controller of Kubernetes
(many failures at once mean that our own view may be wrong, so a human decides).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from router.core.campaigns.campaign import Campaign, CampaignState
from router.core.campaigns.cause import Cause
from router.core.capacity.capacity import FULL_PERCENT
from router.core.line import Line, OperatorState, Status
from router.core.time_units import MILLISECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRules:
    """The pace and the brakes.

    Attributes:
        hold_down: a flag must last this long before the first prompt; it doubles with each flap within `flap_window`.
        max_hold_down: the longest hold-down.
        brake_share: campaigns wait for a human if the provider closed more than this share of the pool.
        brake_lines, brake_window: or if this many lines were flagged within the window.
        cooldown: between two prompts to one person, in any campaign.
        max_in_month: prompts to one person in 30 days.
        people_per_hour: new people a warm line may get in an hour, by prompts and signups together.
        prompts_per_second: a channel's pace.
        burst: prompts that may go at once.
        opened_wait: whoever opened their page before a prompt and has not texted by then gets their prompt after all.
        lease: after this time a send without a result counts as lost.
    """

    hold_down: timedelta = timedelta(minutes=10)
    max_hold_down: timedelta = timedelta(hours=4)
    flap_window: timedelta = timedelta(hours=24)
    brake_share: float = 0.3
    brake_lines: int = 3
    brake_window: timedelta = timedelta(minutes=10)
    cooldown: timedelta = timedelta(hours=24)
    max_in_month: int = 3
    people_per_hour: int = 30
    prompts_per_second: float = 1.0
    burst: int = 5
    opened_wait: timedelta = timedelta(hours=24)
    lease: timedelta = timedelta(minutes=2)


def burst_of(prompts_per_second: float) -> int:
    """Return how many prompts may go at once: what gathers in the two seconds that a worker may be busy elsewhere."""
    return max(5, ceil(2 * prompts_per_second))


def hold_down_of(earlier: Iterable[Campaign], slot: int, rules: CampaignRules, *, now_ms: int) -> timedelta:
    """Return how long a new flag of a line must last, given its recent flags."""
    window_ms = rules.flap_window // MILLISECOND
    flaps = sum(
        campaign.slot == slot and campaign.cause is Cause.FLAGGED and now_ms - campaign.created_at_ms < window_ms
        for campaign in earlier
    )
    grown: timedelta = rules.hold_down * (1 << min(flaps, 16))
    return min(rules.max_hold_down, grown)


def brake(lines: Iterable[tuple[Line, int | None]], rules: CampaignRules, *, flagged_at_ms: int | None) -> str:
    """Return why a campaign must wait for a human; empty if it need not.

    Args:
        lines: each line of the pool, and when it was last flagged, in milliseconds since 1970.
        rules: the brakes.
        flagged_at_ms: when the campaign's line was flagged; None if it left the pool in another way.
    """
    in_use = [(line, at_ms) for line, at_ms in lines if line.health.operator_state is not OperatorState.RETIRED]
    closed = [line for line, _ in in_use if line.health.status in {Status.FLAGGED, Status.RELEASED}]
    flags_ms = [at_ms for line, at_ms in in_use if line.health.status is Status.FLAGGED and at_ms is not None]
    together = (
        0 if flagged_at_ms is None else _flagged_together(flags_ms, flagged_at_ms, rules.brake_window // MILLISECOND)
    )
    if together >= rules.brake_lines:
        minutes = rules.brake_window // timedelta(minutes=1)
        return f"{together} lines were flagged within {minutes} minutes"
    if len(closed) > 1 and len(closed) > rules.brake_share * len(in_use):
        return f"{len(closed)} of {len(in_use)} lines are closed by the provider"
    return ""


def _flagged_together(flags_ms: Iterable[int], own_ms: int, window_ms: int) -> int:
    """Return the most flags in one window with the line's own flag, however long ago that was."""
    near = [at_ms for at_ms in flags_ms if abs(at_ms - own_ms) < window_ms]
    starts = [at_ms for at_ms in near if at_ms <= own_ms]
    return max((sum(start <= at_ms < start + window_ms for at_ms in near) for start in starts), default=0)


def why_over(campaign: Campaign, line: Line | None, flags: int) -> str:
    """Return why the cause of a campaign is gone; empty while it holds.

    Args:
        campaign: the campaign.
        line: the line people leave; None if it is gone.
        flags: how often the line was flagged so far.
    """
    if campaign.cause is Cause.WAITLIST:
        return ""
    if line is None:
        return "the pool has no such line any more"
    if should_go_on(campaign, line, flags):
        return ""
    works = line.health.status is Status.ACTIVE and line.health.operator_state is OperatorState.READY
    return "the line works again" if works else "the line is in another state now"


def should_go_on(campaign: Campaign, line: Line, flags: int) -> bool:
    """Whether the cause of a campaign still holds. Of several causes that a line has at once, only one has a campaign.

    A flag comes before a release, and both before a drain: two campaigns off one line would prompt everybody twice.

    Args:
        campaign: the campaign.
        line: the line people leave.
        flags: how often the line was flagged so far.
    """
    is_flagged = line.health.status is Status.FLAGGED
    if campaign.cause is Cause.FLAGGED:
        return is_flagged and flags == campaign.epoch
    is_gone = line.health.status is Status.RELEASED or line.health.operator_state is OperatorState.RETIRED
    if campaign.cause is Cause.RELEASED:
        return is_gone and not is_flagged
    return line.health.operator_state is not OperatorState.READY and not is_gone and not is_flagged


def is_due(campaign: Campaign, *, now_ms: int) -> bool:
    """Whether a campaign's hold-down is over."""
    return campaign.state is CampaignState.HOLDING and now_ms >= campaign.hold_until_ms


def hourly_allowance(warm_up_percent: int, rules: CampaignRules) -> int:
    """Return how many new people a line may get in an hour: fewer while it warms up, and at least one."""
    return max(1, rules.people_per_hour * warm_up_percent // FULL_PERCENT)


def time_needed(
    prompts: Mapping[str, int], allowances: Iterable[int], people: int, rules: CampaignRules
) -> timedelta | None:
    """Estimate how long a campaign takes at its pace; None if no line can take people.

    Args:
        prompts: people by channel.
        allowances: new people an hour, of each line that can take people.
        people: people to move.
        rules: the pace.
    """
    an_hour = sum(allowances)
    if people and not an_hour:
        return None
    by_lines = timedelta(hours=ceil(people / an_hour) - 1) if people else timedelta(0)
    slowest = max(prompts.values(), default=0)
    return max(by_lines, timedelta(seconds=slowest / rules.prompts_per_second))


def lines_missing(people: int, room: int, capacity: int) -> int:
    """Return how many more lines of a capacity a pool needs to have room for `people`."""
    return max(0, ceil((people - room) / max(1, capacity)))
