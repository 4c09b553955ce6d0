"""What a campaign off a line would do, before it does it: who, over what, where to, in what order, for how long."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from router.core.assignment import Assignment, State
from router.core.campaign import Skip
from router.core.campaign_rules import CampaignRules, hourly_allowance, time_needed
from router.core.capacity import FULL_PERCENT
from router.core.code import Code
from router.core.line import Tier, can_carry
from router.core.line_rules import people_on
from router.core.phone import E164
from router.core.prompt import ChannelName, Recipient
from router.services.directory import PoolView
from router.services.migration.prompting import Prompting
from router.services.migration.recipients import Recipients
from router.store.assignments import Assignments
from router.store.campaigns import Campaigns
from router.store.line_records import LineNow
from router.store.lines import Lines, Overview

_SHOWN_FIRST = 20
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPreview:
    """What a campaign would do to one line.

    Attributes:
        people: how many would be asked to text it.
        people_now: how many it has. capacity: how many it can have. per_hour: how many may come in an hour.
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
        people: who texted on the line.
        by_channel: how many each channel would prompt.
        skipped: how many nobody would prompt, and why.
        targets: the lines they would be asked to text, in order of their numbers.
        first: the people who would be prompted first, the most recently engaged.
        time_needed: at the present pace, quiet hours not counted; None if no line can take anybody.
        lines_missing: how many more lines like these the pool needs to have room for all.
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
    """Makes previews; it writes nothing."""

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
        """Look at everybody on a line, and say what would become of them.

        Args:
            view: the pool.
            slot: the line they would leave.
            on_progress: told how many were looked at, from time to time.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        overview = await self._lines.overview(view.keys)
        channels: Counter[ChannelName] = Counter()
        skipped: Counter[Skip] = Counter()
        targets: Counter[int] = Counter()
        engaged: list[tuple[int, Code]] = []
        people = 0
        open_slots = [other for other, now in sorted(overview.lines.items()) if _may_take(now, slot)]
        async for page in self._campaigns.people_of_line(view.keys, slot):
            for first in range(0, len(page), _PAGE):
                codes = [code for code, _ in page[first : first + _PAGE]]
                standing = await self._assignments.read(view.keys, codes)
                contacts = await self._assignments.contacts_of(view.keys, codes)
                for assignment, sealed in zip(standing, contacts, strict=True):
                    channel, skip = self._way_to(view, assignment, self._recipients.open(sealed))
                    if channel is None:
                        skipped[skip] += 1
                        continue
                    channels[channel] += 1
                    backups = [] if assignment is None else [b for b in assignment.backups if b in open_slots]
                    if backups or open_slots:
                        turn = open_slots[channels.total() % len(open_slots)]
                        targets[backups[0] if backups else turn] += 1
            engaged = sorted([*engaged, *((heard_s, code) for code, heard_s in page)], reverse=True)[:_SHOWN_FIRST]
            people += len(page)
            if on_progress is not None:
                on_progress(people)
        found = _Found(people, channels, skipped, targets, tuple(code for _, code in engaged))
        return self._preview(overview, slot, found)

    def _way_to(
        self, view: PoolView, assignment: Assignment | None, recipient: Recipient
    ) -> tuple[ChannelName | None, Skip]:
        if assignment is not None and wants_no_prompts(assignment):
            return None, Skip.OPTED_OUT
        channel = self._prompting.channel_for(view, recipient)
        return channel, Skip.NONE if channel is not None else Skip.NO_CHANNEL

    def _preview(self, overview: Overview, slot: int, found: _Found) -> CampaignPreview:
        open_lines = {other: now for other, now in overview.lines.items() if _may_take(now, slot)}
        per_hour = {other: hourly_allowance(_percent(now), self._rules) for other, now in open_lines.items()}
        prompted = found.channels.total()
        room = sum(max(0, now.limits.capacity - people_on(now.load)) for now in open_lines.values())
        usual = max((now.limits.capacity for now in overview.lines.values()), default=1)
        by_name = {name.value: times for name, times in found.channels.items()}
        return CampaignPreview(
            line=overview.lines[slot].line.number,
            people=found.people,
            by_channel=dict(found.channels),
            skipped=dict(found.skipped),
            targets=tuple(
                TargetPreview(
                    number=now.line.number,
                    people=found.targets[other],
                    people_now=people_on(now.load),
                    capacity=now.limits.capacity,
                    per_hour=per_hour[other],
                )
                for other, now in sorted(open_lines.items())
            ),
            first=found.first,
            time_needed=time_needed(by_name, per_hour.values(), prompted, self._rules),
            lines_missing=max(0, ceil((found.people - room) / usual)),
        )


def wants_no_prompts(assignment: Assignment) -> bool:
    """Whether a person said, in any way, that they want no messages."""
    return assignment.state is State.OPTED_OUT or assignment.is_suppressed or assignment.is_quiet


def _may_take(now: LineNow, leaving: int) -> bool:
    is_open = now.tier in {Tier.HEALTHY, Tier.RESERVE} and can_carry(now.line.health)
    return is_open and now.line.slot != leaving


def _percent(now: LineNow) -> int:
    return now.limits.weight // now.line.weight if now.line.weight else FULL_PERCENT
