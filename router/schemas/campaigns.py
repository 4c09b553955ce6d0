"""Campaigns: their state, their people, and what one would do."""

from datetime import datetime
from math import ceil
from typing import Literal

from pydantic import ConfigDict, Field

from router.core.campaigns.campaign import CampaignState, PersonState
from router.core.campaigns.cause import Cause
from router.core.channel import ChannelName
from router.schemas.common import EXAMPLE_NUMBER, AnswerBody, Count, RequestBody, WhyText
from router.schemas.moments import moment
from router.services.campaigns.admin import PersonRow
from router.services.campaigns.outlook import Outlook
from router.services.campaigns.preview import CampaignPreview

CAMPAIGN_EXAMPLE = "main.3.flagged1"
PERSON_PATTERN = "^[0-9A-Z]{6}$"

PersonWord = Literal["waiting", "sending", "sent", "failed", "unknown", "opened", "moved", "skipped"]


def state_of(word: PersonWord | None) -> PersonState | None:
    """Return the state that a word of the API means."""
    return None if word is None else PersonState[word.upper()]


class CampaignPace(AnswerBody):
    """How fast a campaign may prompt now."""

    prompts_per_second: float = Field(description="over each channel")
    people_per_hour: Count = Field(description="new people that all open lines together may take in an hour")


class CampaignAnswer(AnswerBody):
    """A campaign: which line or waitlist its people leave, why, and how far it is."""

    id: str = Field(examples=[CAMPAIGN_EXAMPLE])
    pool: str = Field(examples=["main"])
    line: str = Field(description="the number people leave; empty for the waitlist", examples=[EXAMPLE_NUMBER])
    cause: Cause
    epoch: Count = Field(description="which flag, release, drain or waitlist it is", examples=[1])
    state: CampaignState
    why: str = Field(description="why it is paused or ended, or why somebody started it")
    created_at: datetime
    hold_until: datetime | None = Field(description="nobody is prompted before; null once that is over")
    ended_at: datetime | None
    is_planned: bool = Field(description="whether all people of the line have been found")
    people: Count = Field(description="people found so far")
    counts: dict[str, Count] = Field(
        description="people by state: waiting, sending, sent, failed, unknown, opened, moved, skipped",
        examples=[{"waiting": 120, "sending": 1, "sent": 80, "moved": 40, "skipped": 3}],
    )
    targets: dict[str, Count] = Field(
        description="people asked to text each number", examples=[{"+12025550102": 61, EXAMPLE_NUMBER: 60}]
    )
    pace: CampaignPace
    time_left_s: int | None = Field(
        description="until everyone is prompted, at this pace, quiet hours not counted; null while unknown"
    )

    @classmethod
    def of(cls, outlook: Outlook) -> "CampaignAnswer":
        """Build the API answer for a campaign."""
        progress, campaign = outlook.progress, outlook.progress.campaign
        is_held = campaign.state is CampaignState.HOLDING
        return cls(
            id=campaign.id,
            pool=campaign.pool,
            line=outlook.line,
            cause=campaign.cause,
            epoch=campaign.epoch,
            state=campaign.state,
            why=campaign.why,
            created_at=moment(campaign.created_at_ms),
            hold_until=moment(campaign.hold_until_ms) if is_held else None,
            ended_at=None if campaign.ended_at_ms is None else moment(campaign.ended_at_ms),
            is_planned=campaign.is_planned,
            people=progress.people,
            counts={state.word: people for state, people in progress.counts.items()},
            targets=outlook.targets,
            pace=CampaignPace(prompts_per_second=outlook.prompts_per_second, people_per_hour=outlook.per_hour),
            time_left_s=None if outlook.time_left is None else ceil(outlook.time_left.total_seconds()),
        )


class CampaignPersonAnswer(AnswerBody):
    """One person's state in a campaign."""

    signup: str = Field(description="the person's id; give the last one as `after` to read on", examples=["K7M4QX"])
    state: str = Field(examples=["sent"])
    reason: str = Field(description="why they are not prompted; empty for no reason", examples=["no_channel"])
    channel: ChannelName | None = Field(description="the channel that carried their prompt, or will carry it")
    failed_channels: list[ChannelName] = Field(description="channels that cannot reach them")
    target: str | None = Field(description="the number they were asked to text", examples=[EXAMPLE_NUMBER])
    at: datetime = Field(description="when their state last changed")
    tries: Count = Field(description="how often a channel was asked")

    @classmethod
    def of(cls, row: PersonRow) -> "CampaignPersonAnswer":
        """Build the API answer for a person."""
        person = row.person
        return cls(
            signup=person.code,
            state=person.state.word,
            reason=person.skip.word,
            channel=person.channel,
            failed_channels=sorted(person.failed),
            target=row.target,
            at=moment(person.at_s * 1000),
            tries=person.tries,
        )


class TargetAnswer(AnswerBody):
    """What a campaign would do to one line."""

    number: str = Field(examples=[EXAMPLE_NUMBER])
    people: Count = Field(description="how many would be asked to text it")
    people_now: Count
    capacity: Count
    per_hour: Count = Field(description="new people that may come in an hour")


class PreviewAnswer(AnswerBody):
    """What a campaign off a line would do; nothing was done."""

    line: str = Field(examples=[EXAMPLE_NUMBER])
    people: Count = Field(description="people who texted on the line")
    by_channel: dict[ChannelName, Count] = Field(description="how many each channel would prompt")
    skipped: dict[str, Count] = Field(
        description="how many would not be prompted, and why", examples=[{"no_channel": 4, "opted_out": 1}]
    )
    targets: list[TargetAnswer]
    first: list[str] = Field(description="signups in the order of their prompts, the most recently engaged first")
    time_needed_s: int | None = Field(
        description="at the present pace, quiet hours not counted; null if no line has room"
    )
    lines_missing: Count = Field(description="how many more lines the pool needs to have room for everyone")

    @classmethod
    def of(cls, preview: CampaignPreview) -> "PreviewAnswer":
        """Build the API answer for a preview."""
        needed = preview.time_needed
        return cls(
            line=preview.line,
            people=preview.people,
            by_channel=preview.by_channel,
            skipped={skip.word: people for skip, people in preview.skipped.items()},
            targets=[TargetAnswer.model_validate(target, from_attributes=True) for target in preview.targets],
            first=list(preview.first),
            time_needed_s=None if needed is None else ceil(needed.total_seconds()),
            lines_missing=preview.lines_missing,
        )


class CampaignStart(RequestBody):
    """Why the people of a drained line are moved."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the contract ends in May"}]})

    reason: WhyText
    force: bool = Field(default=False, description="begin even if the other lines have no room for everyone")


class CampaignChange(RequestBody):
    """Why a campaign is paused, resumed or cancelled; the reason is stored and shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "looked at it, all is well"}]})

    reason: WhyText
