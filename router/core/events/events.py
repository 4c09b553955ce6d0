"""The provider's events in our own terms: parsed once at the border, the same for every version of a body.

Times are microseconds since 1970, so that a provider's milli- and nanoseconds compare alike. A handle is what a person
writes from: an E.164 number or an e-mail address, as the provider writes it. Only what our rules need is stored.
"""

from dataclasses import dataclass
from enum import StrEnum

from router.core.line import Reputation, Status
from router.core.phone import E164


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReported:
    """A line's status or reputation changed. Both are in every event, so one of them may be unchanged.

    Attributes:
        status: UNKNOWN for a word we do not know.
        reputation: None where the body has none (the earliest bodies); UNKNOWN for a word we do not know.
        words: status and reputation in the provider's words, for the operator; shortened and printable.
    """

    line: E164
    status: Status
    reputation: Reputation | None
    changed_at_us: int
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineJoined:
    """The account got a line. The event gives neither its service nor its reputation."""

    line: E164
    changed_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLeft:
    """The account lost a line: nobody can be reached on it now."""

    line: E164
    changed_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMoved:
    """A line moved between environments of the account, given by the provider's names; None where it is not given."""

    line: E164
    came_from: str | None
    went_to: str | None
    changed_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """A person texted one of our lines.

    Attributes:
        line: None where the body does not name it.
        text: the text parts, joined by newlines; empty for a picture, or where the provider stores no text.
        is_late: the provider recovered it afterwards: history, not a new message.
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
    """A message went to a person from one of our lines. Only old bodies name the recipient."""

    line: E164 | None
    recipient: str | None
    chat_id: str
    sent_at_us: int
    is_group: bool = False


class Fate(StrEnum):
    """What happened to a message from one of our lines."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSettled:
    """A message from one of our lines was delivered, read, or failed. A failure names at most its chat."""

    fate: Fate
    line: E164 | None
    chat_id: str
    at_us: int
    error_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """A reaction (tapback). It counts as a message for reciprocity. `is_ours`: it came from the line."""

    line: E164 | None
    sender: str | None
    chat_id: str
    at_us: int
    is_ours: bool = False
    is_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCreated:
    """A conversation was created; the event does not say who wrote first. `handles`: those of the people."""

    line: E164 | None
    handles: tuple[str, ...]
    chat_id: str
    created_at_us: int
    is_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged:
    """Something about the account that only an operator needs to know.

    Attributes:
        summary: in the provider's words, cut to one short line. It may name a person, so it must not be logged.
        line: the line it is about, if any.
        is_urgent: events or access may be lost: a disabled subscription, an expired key, a deleted environment.
    """

    summary: str
    line: E164 | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Irrelevant:
    """A known event that no rule of ours needs: a person types, calls, votes or pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableEvent:
    """Signed by the provider, but not understood: an unknown type, or a body that does not fit its type."""

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
    | UnreadableEvent
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of the provider.

    Attributes:
        id: the same on every delivery of the event; a digest of the body where it has no id.
        type: as the provider writes it, at most 80 printable characters; empty where it has none.
        created_at_us: by the provider's clock; None where it is not given.
    """

    id: str
    type: str
    created_at_us: int | None
    about: About

    @property
    def line(self) -> E164 | None:
        """The line it concerns; None if it names none."""
        match self.about:
            case Irrelevant() | UnreadableEvent():
                return None
            case about:
                return about.line

    @property
    def concerns_a_line(self) -> bool:
        """Whether some pool should know the line of this event; every text came in on a line, named or not."""
        return isinstance(self.about, MessageReceived) or self.line is not None
