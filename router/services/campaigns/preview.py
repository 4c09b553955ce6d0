"""Preview a campaign off a line: whom it prompts, over which channels, to which lines, in which order, for how long."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from router.core.assignment import Assignment, State
from router.core.campaigns.campaign import Skip
from router.core.campaigns.campaign_rules import CampaignRules, hourly_allowance, time_needed
from router.core.campaigns.prompt import Recipient
from router.core.channel import ChannelName
from router.core.code import Code
from router.core.lines.line_rules import people_on
from router.core.phone import E164
from router.services.campaigns.messages import Recipients
from router.services.campaigns.prompting import Prompting
from router.services.campaigns.room import missing_lines, open_lines, plan_targets
from router.services.pools.pool_cache import PoolView
from router.store.assignments import Assignments
from router.store.campaigns import Campaigns
from router.store.lines import Lines, Overview

_SHOWN_FIRST = 20
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPreview:
    """What a campaign would do to one line.

    Attributes:
        people: people who would be asked to text it.
        people_now: people it has. capacity: people it can have. per_hour: new people it may get in an hour.
    """

    number: E164
    people: int
    people_now: int
    capacity: int
    per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPreview:
    """What a campaign off a line would do.

    Attributes:
        people: people who texted on the line.
        by_channel: how many of them each channel would prompt.
        skipped: how many would not be prompted, by reason.
        targets: the lines they would be asked to text, in slot order; people for whom no line has room are in none.
        first: the people who would be prompted first: those who texted last.
        time_needed: at today's pace, not counting quiet hours; None if no line can take people.
        lines_missing: how many more lines of the usual capacity the pool needs to have room for all.
    """

    line: E164
    people: int
    by_channel: dict[ChannelName, int]
    skipped: dict[Skip, int]
    targets: tuple[TargetPreview, ...]
    first: tuple[Code, ...]
    time_needed: timedelta | None
    lines_missing: int


@dataclass(frozen=True, slots=True)
class _Found:
    people: int
    channels: Counter[ChannelName]
    skipped: Counter[Skip]
    targets: Counter[int]
    first: tuple[Code, ...]


class Previewer:
    """Makes previews. It writes nothing."""

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        assignments: Assignments,
        lines: Lines,
        prompting: Prompting,
        recipients: Recipients,
        rules: CampaignRules,
    ) -> None:
        self._campaigns = campaigns
        self._assignments = assignments
        self._lines = lines
        self._prompting = prompting
        self._recipients = recipients
        self._rules = rules

    async def preview(
        self, view: PoolView, slot: int, *, on_progress: Callable[[int], None] | None = None
    ) -> CampaignPreview:
        """Read everybody on a line, and count what a campaign would do with them.

        Args:
            view: the pool.
            slot: the line they would leave.
            on_progress: called after each page with the number of people read so far.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        overview = await self._lines.overview(view.keys)
        plan = plan_targets(overview, leaving=slot)
        channels: Counter[ChannelName] = Counter()
        skipped: Counter[Skip] = Counter()
        engaged: list[tuple[int, Code]] = []
        people = 0
        async for page in self._campaigns.people_of_line(view.keys, slot):
            for first in range(0, len(page), _PAGE):
                codes = [code for code, _ in page[first : first + _PAGE]]
                assignments = await self._assignments.read(view.keys, codes)
                contacts = await self._assignments.contacts_of(view.keys, codes)
                for assignment, sealed in zip(assignments, contacts, strict=True):
                    channel, skip = self._channel_or_skip(view, assignment, self._recipients.open(sealed))
                    if channel is None:
                        skipped[skip] += 1
                    else:
                        channels[channel] += 1
                        plan.choose(() if assignment is None else assignment.backups)
            engaged = sorted([*engaged, *((heard_s, code) for code, heard_s in page)], reverse=True)[:_SHOWN_FIRST]
            people += len(page)
            if on_progress is not None:
                on_progress(people)
        found = _Found(people, channels, skipped, plan.people, tuple(code for _, code in engaged))
        return self._preview(overview, slot, found)

    def _channel_or_skip(
        self, view: PoolView, assignment: Assignment | None, recipient: Recipient
    ) -> tuple[ChannelName | None, Skip]:
        if assignment is not None and wants_no_prompts(assignment):
            return None, Skip.OPTED_OUT
        channel = self._prompting.channel_for(view, recipient)
        return channel, Skip.NONE if channel is not None else Skip.NO_CHANNEL

    def _preview(self, overview: Overview, slot: int, found: _Found) -> CampaignPreview:
        lines = open_lines(overview, leaving=slot)
        by_name = {name.value: times for name, times in found.channels.items()}
        per_hour = {other: hourly_allowance(line.warm_up_percent, self._rules) for other, line in lines.items()}
        return CampaignPreview(
            line=overview.lines[slot].line.number,
            people=found.people,
            by_channel=dict(found.channels),
            skipped=dict(found.skipped),
            targets=tuple(
                TargetPreview(
                    number=overview.lines[other].line.number,
                    people=found.targets[other],
                    people_now=people_on(overview.lines[other].load),
                    capacity=overview.lines[other].limits.capacity,
                    per_hour=per_hour[other],
                )
                for other in lines
            ),
            first=found.first,
            time_needed=time_needed(by_name, per_hour.values(), found.channels.total(), self._rules),
            lines_missing=missing_lines(overview, found.people, leaving=slot),
        )


def wants_no_prompts(assignment: Assignment) -> bool:
    """Whether a person asked, in any way, for no messages."""
    return assignment.state is State.OPTED_OUT or assignment.is_suppressed or assignment.is_quiet
