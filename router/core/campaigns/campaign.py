"""A campaign: it moves the people of one line to lines that work, or invites the people of the waitlist.

There is one for each flag, release or drain of a line, and one for a waitlist with people on it. Its id names the
cause, so that one cause cannot open two. Each person has a state of their own in it: `PersonState` lists all of them.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from router.core.campaigns.cause import Cause
from router.core.channel import ChannelName
from router.core.code import Code
from router.core.errors import InvalidField
from router.core.pool import PoolId

CHANNELS = tuple(ChannelName)
NO_LINE = -1


class CampaignState(StrEnum):
    """The state of a campaign.

    HOLDING waits for the end of the hold-down; RUNNING prompts; PAUSED waits for a human; DONE has nobody left to
    prompt; CANCELLED was ended early, by a human or because the line works again.
    """

    HOLDING = "holding"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """Whether prompts may still go out."""
        return self in {CampaignState.HOLDING, CampaignState.RUNNING, CampaignState.PAUSED}


class CampaignAction(StrEnum):
    """What an operator may do to a campaign."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


class PersonState(IntEnum):
    """The state of a person in a campaign; the store has the number.

    SENDING is written before the network is touched. After a crash it becomes UNKNOWN, or is sent again if the channel
    makes that safe. OPENED: they saw the page with their new number; if no prompt was out, they wait again after a
    while. MOVED: they texted a line that works, and need no prompt.
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
        """The state as the API writes it."""
        return self.name.lower()


class Skip(IntEnum):
    """Why a person is not prompted; the store has the number."""

    NONE = 0
    NO_CHANNEL = 1
    OPTED_OUT = 2
    COOLDOWN = 3
    ERASED = 4
    NEVER_TEXTED = 5

    @property
    def word(self) -> str:
        """The reason as the API writes it; empty for none."""
        return "" if self is Skip.NONE else self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One campaign.

    Attributes:
        slot: the line that people leave; NO_LINE for the waitlist.
        epoch: which of the line's flags, releases or drains it is; for the waitlist, the ticket of the first person.
        hold_until_ms: nobody is prompted before this time.
        why: why it is paused or ended, for the operator.
        is_planned: whether everybody of the line is in its queue.
        is_released: a human resumed it after a brake had stopped it.
        revision: grows with every change; a write names the revision it is based on.
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
        channel: the channel of their prompt; None if none is chosen yet.
        failed: channels that can never reach them.
        target: slot of the line they were asked to text; None if they were not asked.
        at_s: when their state last changed.
        tries: how often the channel was tried.
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
    """A campaign, its people by state, and slot → how many were asked to text that line."""

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
    """Return the id of a campaign: the same cause of the same line has the same id, so it opens once."""
    return f"{pool}.{cause}{epoch}" if slot == NO_LINE else f"{pool}.{slot}.{cause}{epoch}"


def pool_of(campaign: str) -> PoolId:
    """Return the pool that a campaign's id names.

    Raises:
        InvalidField: it cannot be the id of a campaign.
    """
    match = _CAMPAIGN_ID.fullmatch(campaign)
    if match is None:
        raise InvalidField(
            "campaign", f"{campaign[:60]!r} is no campaign's id; it looks like main.3.flagged1 or main.waitlist1"
        )
    return PoolId(match[1])
