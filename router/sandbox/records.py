"""The sandbox's records: lines, chats, messages and what belongs to them. Times are nanoseconds since 1970."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from router.core.line import Reputation, Status

Json = dict[str, object]
Kind = Literal["iMessage", "RCS"]
Speech = Literal["iMessage", "RCS", "SMS"]

HOME = "Production"


class ChatHealth(StrEnum):
    """The provider's judgement of a conversation."""

    HEALTHY = "HEALTHY"
    AT_RISK = "AT_RISK"
    CRITICAL = "CRITICAL"
    OPTED_OUT = "OPTED_OUT"


class DeliveryStatus(StrEnum):
    """The status of a message."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    RECEIVED = "received"
    READ = "read"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class Card:
    """A line's contact card."""

    id: str
    first_name: str
    last_name: str | None = None
    image_url: str | None = None


@dataclass(slots=True, kw_only=True)
class SandboxLine:
    """A rented number.

    Attributes:
        environment: only lines of HOME belong to the API key.
        last_used: a counter that grows with each use; the smallest is the least recently used.
    """

    id: str
    number: str
    kind: Kind = "iMessage"
    status: Status = Status.ACTIVE
    reputation: Reputation = Reputation.HEALTHY
    environment: str = HOME
    forwarding_number: str | None = None
    card: Card | None = None
    last_used: int = 0

    @property
    def is_usable(self) -> bool:
        """Whether the account may send from it now."""
        return self.status is Status.ACTIVE and self.environment == HOME


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A handle inside one chat."""

    id: str
    handle: str
    joined_ns: int
    speech: Speech
    is_line: bool = False


@dataclass(slots=True, kw_only=True)
class Chat:
    """A conversation between one line and one or more people."""

    id: str
    line: Participant
    people: tuple[Participant, ...]
    speech: Speech
    created_ns: int
    updated_ns: int
    health: ChatHealth = ChatHealth.HEALTHY
    health_ns: int = 0
    has_inbound: bool = False
    card_shared_ns: int | None = None

    @property
    def is_group(self) -> bool:
        """Whether more than one person is in it."""
        return len(self.people) > 1

    @property
    def handles(self) -> frozenset[str]:
        """The people's handles."""
        return frozenset(person.handle for person in self.people)


@dataclass(slots=True, kw_only=True)
class SandboxMessage:
    """One message of a chat.

    Attributes:
        speech: the service it was sent over.
        recovered_ns: when the provider found it late; None if it came in time.
    """

    id: str
    chat: Chat
    sender: Participant
    parts: list[Json]
    speech: Speech
    created_ns: int
    preferred_service: str | None = None
    effect: Json | None = None
    reply_to: Json | None = None
    idempotency_key: str | None = None
    status: DeliveryStatus = DeliveryStatus.PENDING
    sent_ns: int | None = None
    delivered_ns: int | None = None
    read_ns: int | None = None
    recovered_ns: int | None = None
    reactions: list[Json] = field(default_factory=list)

    @property
    def is_inbound(self) -> bool:
        """Whether a person wrote it."""
        return not self.sender.is_line

    @property
    def text(self) -> str:
        """Its text parts, joined."""
        return "\n".join(str(part["value"]) for part in self.parts if part["type"] == "text")


@dataclass(slots=True, kw_only=True)
class SandboxSubscription:
    """A webhook subscription.

    Attributes:
        phone_numbers: the lines whose events it gets; empty for all.
    """

    id: str
    target_url: str
    events: list[str]
    secret: str
    created_ns: int
    updated_ns: int
    phone_numbers: list[str] = field(default_factory=list)
    is_active: bool = True
    routing_key_header: str | None = None
    routing_id_header: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxAudit:
    """A reputation audit of one line. It is complete from `ready_ns` on."""

    id: str
    number: str
    started_ns: int
    ready_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedHandle:
    """A handle that the account has blocked."""

    handle: str
    reason: str | None
    blocked_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAnswer:
    """The answer to a send, stored for a repetition with the same idempotency key."""

    message_id: str
    answer: Json
