"""The state of the sandbox and its events. Time, ids and randomness are passed in."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from router.sandbox import faults
from router.sandbox.behaviour import Behaviour
from router.sandbox.events import SandboxEvent
from router.sandbox.records import (
    HOME,
    BlockedHandle,
    Chat,
    Json,
    SandboxAudit,
    SandboxLine,
    SandboxMessage,
    SandboxSubscription,
    SendAnswer,
)

EVENTS_KEPT = 20_000
MESSAGES_KEPT = 50_000

_AREAS = (202, 212, 312, 415, 503, 617, 702, 713)
_FICTIONAL = 100  # numbers 555-0100 to 555-0199 of each area belong to nobody


@dataclass(slots=True, kw_only=True)
class World:
    """All state of the sandbox.

    Attributes:
        new_id: makes an id that is unique even across runs: receivers recognise duplicates by it.
        rng: makes the random choices.
        announce: called with each event as it happens.
        opted_out: handles that may not be texted from any line.
        answers_by_key: the answers to sends with an idempotency key.
    """

    new_id: Callable[[], str]
    rng: Random
    announce: Callable[[SandboxEvent], None] = lambda _: None
    behaviour: Behaviour = field(default_factory=Behaviour)
    lines: dict[str, SandboxLine] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    chats_by_people: dict[frozenset[str], list[Chat]] = field(default_factory=dict)
    messages: dict[str, SandboxMessage] = field(default_factory=dict)
    answers_by_key: dict[str, SendAnswer] = field(default_factory=dict)
    subscriptions: dict[str, SandboxSubscription] = field(default_factory=dict)
    blocked: dict[str, BlockedHandle] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    audits: dict[str, SandboxAudit] = field(default_factory=dict)
    events: deque[SandboxEvent] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    _uses: int = 0
    _recordings: list[list[SandboxEvent]] = field(default_factory=list)

    def emit(
        self, event_type: str, data: Json, *, now_ns: int, line: str | None = None, old_data: Json | None = None
    ) -> SandboxEvent:
        """Create and publish an event."""
        event = SandboxEvent(
            id=self.new_id(),
            type=event_type,
            trace_id=self.new_id().replace("-", ""),
            created_ns=now_ns,
            data=data,
            old_data=old_data,
            line=line,
        )
        self.publish(event)
        return event

    def publish(self, event: SandboxEvent) -> None:
        """Publish an event."""
        self.events.append(event)
        for recording in self._recordings:
            recording.append(event)
        self.announce(event)

    @contextmanager
    def recording(self) -> Iterator[list[SandboxEvent]]:
        """Collect the events that happen inside the context."""
        recorded: list[SandboxEvent] = []
        self._recordings.append(recorded)
        try:
            yield recorded
        finally:
            self._recordings.pop()

    def store(self, message: SandboxMessage) -> None:
        """Store a message, and drop the oldest beyond `MESSAGES_KEPT`."""
        self.messages[message.id] = message
        while len(self.messages) > MESSAGES_KEPT:
            del self.messages[next(iter(self.messages))]

    def add_chat(self, chat: Chat) -> None:
        """Store a chat."""
        self.chats[chat.id] = chat
        self.chats_by_people.setdefault(chat.handles, []).append(chat)

    def line_of(self, number: str) -> SandboxLine:
        """Return a line of the account.

        Raises:
            LinqFault: 2006, the number is not in this environment.
        """
        line = self.lines.get(number)
        if line is None or line.environment != HOME:
            raise faults.not_your_number(number)
        return line

    def own_lines(self) -> list[SandboxLine]:
        """Return the lines that the API key can see."""
        return [line for line in self.lines.values() if line.environment == HOME]

    def use(self, line: SandboxLine) -> None:
        """Record that a line was used just now."""
        self._uses += 1
        line.last_used = self._uses

    def next_number(self) -> str:
        """Return a fictional number that no line has.

        Raises:
            LinqFault: there are no more.
        """
        for area in _AREAS:
            for last in range(1, _FICTIONAL):
                number = f"+1{area}55501{last:02d}"
                if number not in self.lines:
                    return number
        raise faults.conflict("the sandbox has no more numbers")
