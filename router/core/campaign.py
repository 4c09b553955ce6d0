"""A campaign: leading the people of one line to numbers that work, or those of the waitlist to their first.

One for each flag, release or drain of a line, and one for a waitlist while somebody is on it; its id says which, so
that the same cause can not open two. People stand in it each with a state of their own, and everything they may go
through is in `PersonState`.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from router.core.code import Code
from router.core.errors import InvalidField
from router.core.pool import PoolId
from router.core.prompt import ChannelName

CHANNELS = tuple(ChannelName)
NO_LINE = -1


class Cause(StrEnum):
    """Why people must move; those of the WAITLIST have no line yet."""

    FLAGGED = "flagged"
    RELEASED = "released"
    DRAIN = "drain"
    WAITLIST = "waitlist"


class CampaignState(StrEnum):
    """Where a campaign stands.

    HOLDING waits out the hold-down; RUNNING prompts; PAUSED waits for a human; DONE has nobody left to prompt;
    CANCELLED was ended before, by a human or because the line works again.
    """

    HOLDING = "holding"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """Whether prompts may yet go out."""
        return self in {CampaignState.HOLDING, CampaignState.RUNNING, CampaignState.PAUSED}


class CampaignAction(StrEnum):
    """What an operator may do to a campaign."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


class PersonState(IntEnum):
    """Where a person stands in a campaign; the number is what the store keeps.

    SENDING is written before the network is touched: after a crash it becomes UNKNOWN, and is sent again only where the
    channel makes that safe. OPENED saw their page, MOVED texted a line that can carry them; both need no prompt.
    """

    WAITING = 0
    SENDING = 1
    SENT = 2
    FAILED = 3
    UNKNOWN = 4
    OPENED = 5
    MOVED = 6
    SKIPPED = 7

    @property
    def word(self) -> str:
        """The state as the API spells it."""
        return self.name.lower()


class Skip(IntEnum):
    """Why nobody prompts a person; the number is what the store keeps."""

    NONE = 0
    NO_CHANNEL = 1
    OPTED_OUT = 2
    COOLDOWN = 3
    ERASED = 4
    NEVER_TEXTED = 5

    @property
    def word(self) -> str:
        """The reason as the API spells it; empty for none."""
        return "" if self is Skip.NONE else self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One campaign.

    Attributes:
        slot: the line people leave; NO_LINE for those of the waitlist.
        epoch: which of the line's flags, releases or drains it is; for the waitlist, the ticket of the first on it.
        hold_until_ms: nobody is prompted before.
        why: why it is paused or ended, for the operator.
        is_planned: whether everybody of the line has been found.
        is_released: a human let it go on although a brake had stopped it.
        revision: grows with every change; writes name the revision they were decided on.
    """

    id: str
    pool: PoolId
    slot: int
    epoch: int
    cause: Cause
    state: CampaignState
    created_at_ms: int
    hold_until_ms: int
    why: str = ""
    is_planned: bool = False
    is_released: bool = False
    ended_at_ms: int | None = None
    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPerson:
    """A person in a campaign.

    Attributes:
        channel: what carried their prompt, or would; None where none was chosen yet.
        failed: channels that never will.
        target: slot of the line they were asked to text; None where they were not.
        at_s: when their state last changed.
        tries: how often a channel was asked.
    """

    code: Code
    state: PersonState
    skip: Skip = Skip.NONE
    channel: ChannelName | None = None
    failed: frozenset[ChannelName] = frozenset()
    target: int | None = None
    at_s: int = 0
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign, how many people stand where, and slot → how many were asked to text that line."""

    campaign: Campaign
    counts: dict[PersonState, int] = field(default_factory=dict)
    targets: dict[int, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """Everybody found so far."""
        return sum(self.counts.values())


_CAMPAIGN_ID = re.compile(
    r"([a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)\.(?:\d{1,5}\.(?:flagged|released|drain)|waitlist)\d{1,12}"
)


def campaign_id(pool: PoolId, slot: int, cause: Cause, epoch: int) -> str:
    """Name a campaign: the same cause of the same line has the same name, so it is opened once."""
    return f"{pool}.{cause}{epoch}" if slot == NO_LINE else f"{pool}.{slot}.{cause}{epoch}"


def pool_of(campaign: str) -> PoolId:
    """Return the pool that a campaign's id names.

    Raises:
        InvalidField: it is no campaign's id.
    """
    match = _CAMPAIGN_ID.fullmatch(campaign)
    if match is None:
        raise InvalidField(
            "campaign", f"{campaign[:60]!r} is no campaign's id; it looks like main.3.flagged1 or main.waitlist1"
        )
    return PoolId(match[1])
