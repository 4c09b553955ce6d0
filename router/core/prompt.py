"""A prompt: one message that asks one person to text another number, and what became of it.

Which channel carries it, and over which network, is for `router.channels`; when it may go is for the campaign.
"""

from dataclasses import dataclass
from enum import StrEnum

from router.core.channel_name import ChannelName
from router.core.code import Code
from router.core.phone import E164
from router.core.pool import PoolId

__all__ = ("ChannelName", "Message", "Outcome", "Recipient", "SendResult")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """How a person can be reached beside their line; what is not known is None."""

    user: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A prompt as a channel sends it.

    Attributes:
        attempt: the same for every try of one prompt: the idempotency key where the channel has one.
        campaign: what it is part of. signup: the person's id, as the API tells it.
        old_number, new_number: the line they are on, and the one to text now; old_number is None for an invitation.
        page_url: the person's own page: the one link of the message.
        subject: of an e-mail; empty elsewhere. text: what is read. html: of an e-mail; empty elsewhere.
        unsubscribe_url: where they say that they want no more of these.
        reason: why they must move, in one word: flagged, released, drain, waitlist.
    """

    attempt: str
    campaign: str
    pool: PoolId
    signup: Code
    recipient: Recipient
    old_number: E164 | None
    new_number: E164 | None
    page_url: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str
    reason: str


class Outcome(StrEnum):
    """What became of a try.

    SENT: the channel took it. FAILED: it never will. RETRY: it was not taken, and may be later. UNKNOWN: it may have
    been taken: a lost answer, a timeout after the request was written.
    """

    SENT = "sent"
    FAILED = "failed"
    RETRY = "retry"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What a channel says of a try.

    Attributes:
        reason: a few words for the operator, never of a person; empty for SENT.
        retry_after_s: how long the channel asks us to wait before any further message; None where it did not say.
        reference: the channel's own id of the message; empty where it gave none.
    """

    outcome: Outcome
    reason: str = ""
    retry_after_s: float | None = None
    reference: str = ""
