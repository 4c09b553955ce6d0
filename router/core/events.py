"""What a provider tells us, in our own words: read once at the border, the same for every version of a body.

Times are microseconds since 1970, so that a provider's milli- and nanoseconds compare alike. A handle is what a person
writes from: an E.164 number or an e-mail address, as the provider spells it. Only what a rule of ours needs is kept.
"""

from dataclasses import dataclass
from enum import StrEnum

from router.core.line import Reputation, Status
from router.core.phone import E164


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReported:
    """Status or reputation of a line changed; both are told every time, so either may be as before.

    Attributes:
        status: UNKNOWN for a word we do not know.
        reputation: None where the body has none (the earliest bodies); UNKNOWN for a word we do not know.
        words: status and reputation as they were spelled, for the operator; shortened and printable.
    """

    line: E164
    status: Status
    reputation: Reputation | None
    changed_at_us: int
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineJoined:
    """The account got a line. Neither kind nor reputation is told."""

    line: E164
    changed_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLeft:
    """The account lost a line: nobody can be reached on it any more."""

    line: E164
    changed_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMoved:
    """A line went from one environment of the account to another, by the provider's names; None where not told."""

    line: E164
    came_from: str | None
    went_to: str | None
    changed_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """A person texted one of our lines.

    Attributes:
        line: None where the body does not tell it.
        text: text parts joined by newlines; empty for a picture, or where the provider keeps nothing.
        is_late: recovered by the provider afterwards: history, not a fresh message.
    """

    line: E164 | None
    sender: str
    text: str
    chat_id: str
    sent_at_us: int
    is_group: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """Somebody wrote to a person from one of our lines; the recipient is told by old bodies only."""

    line: E164 | None
    recipient: str | None
    chat_id: str
    sent_at_us: int
    is_group: bool = False


class Fate(StrEnum):
    """What became of a message from one of our lines."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSettled:
    """A message from one of our lines arrived, was read, or failed; a failure names its chat at most."""

    fate: Fate
    line: E164 | None
    chat_id: str
    at_us: int
    error_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """A tapback; it counts as a message for reciprocity. `is_ours`: it came from the line."""

    line: E164 | None
    sender: str | None
    chat_id: str
    at_us: int
    is_ours: bool = False
    is_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCreated:
    """A conversation exists now; who wrote first is not told. `handles` are the people's, without the line's."""

    line: E164 | None
    handles: tuple[str, ...]
    chat_id: str
    created_at_us: int
    is_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged:
    """Something about the account that only an operator needs to know.

    Attributes:
        summary: in the provider's words, cut and on one line; it may name a person, so it is not for logs.
        line: where it concerns one.
        is_urgent: events or access may be lost: a subscription disabled, a key expired, an environment deleted.
    """

    summary: str
    line: E164 | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Irrelevant:
    """Known, and nothing that a rule of ours needs: somebody types, calls, votes or pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Signed by the provider, and not understood: an unknown type, or a body that is not what its type says."""

    why: str


About = (
    LineReported
    | LineJoined
    | LineLeft
    | LineMoved
    | MessageReceived
    | MessageSent
    | MessageSettled
    | Reacted
    | ChatCreated
    | AccountChanged
    | Irrelevant
    | Unreadable
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of the provider.

    Attributes:
        id: the same on every delivery of it; where the body has none, a digest of the body.
        type: as the provider spells it, at most 80 printable characters; empty where it has none.
        created_at_us: the provider's clock; None where not told.
    """

    id: str
    type: str
    created_at_us: int | None
    about: About
