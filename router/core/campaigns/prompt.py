"""A prompt: one message that asks one person to text another number, and the result of sending it.

`router.channels` sends it over a network; the campaign decides when.
"""

from dataclasses import dataclass
from enum import StrEnum

from router.core.code import Code
from router.core.phone import E164
from router.core.pool import PoolId


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """How a person can be reached besides over their line; None for what we do not know."""

    user: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A prompt as a channel sends it.

    Attributes:
        attempt: the same for every try of one prompt: the idempotency key, if the channel has one.
        campaign: the campaign's id. signup: the person's id, as in the API.
        old_number, new_number: the line they are on, and the line to text now; old_number is None for an invitation.
        old_number_display: the old number as people may see it; only its end if it is no longer ours.
        brand: who writes. website: theirs.
        page_url: the person's own page: where the message leads.
        subject: of an e-mail; empty elsewhere. text: the words. html: of an e-mail; empty elsewhere.
        unsubscribe_url: where they can ask for no more prompts.
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
    old_number_display: str = ""
    brand: str = ""
    website: str = ""


class SendOutcome(StrEnum):
    """The result of a try.

    SENT: the channel accepted it. FAILED: it never will. RETRY: it did not accept it now, and may later. UNKNOWN: it
    may have accepted it: the answer was lost, or a timeout came after the request was written.
    """

    SENT = "sent"
    FAILED = "failed"
    RETRY = "retry"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """A channel's answer to a try.

    Attributes:
        reason: a few words for the operator, never of a person; empty for SENT.
        retry_after_s: how long the channel asks us to wait before any other message; None if it does not say.
        reference: the channel's own id of the message; empty if it gave none.
    """

    outcome: SendOutcome
    reason: str = ""
    retry_after_s: float | None = None
    reference: str = ""
