"""The state of the sandbox, and the events it gives rise to. Time, ids and chance come from outside."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from router.providers.sandbox import faults
from router.providers.sandbox.behaviour import Behaviour
from router.providers.sandbox.events import Event
from router.providers.sandbox.records import (
    HOME,
    Answered,
    Audit,
    BlockedHandle,
    Chat,
    Json,
    Line,
    Message,
    Subscription,
)

EVENTS_KEPT = 20_000
MESSAGES_KEPT = 50_000

_AREAS = (202, 212, 312, 415, 503, 617, 702, 713)
_FICTIONAL = 100  # numbers 555-0100 to 555-0199 of each area belong to nobody


@dataclass(slots=True, kw_only=True)
class World:
    """Everything there is.

    Attributes:
        new_id: makes an id that never was before, not even in an earlier run: receivers tell duplicates by it.
        rng: decides what is left to chance.
        announce: called with each event as it happens.
        opted_out: handles that may not be texted from any line.
        answers_by_key: what a send with an idempotency key was answered.
    """

    new_id: Callable[[], str]
    rng: Random
    announce: Callable[[Event], None] = lambda _: None
    behaviour: Behaviour = field(default_factory=Behaviour)
    lines: dict[str, Line] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    chats_by_people: dict[frozenset[str], list[Chat]] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    answers_by_key: dict[str, Answered] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    blocked: dict[str, BlockedHandle] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    audits: dict[str, Audit] = field(default_factory=dict)
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    _uses: int = 0
    _recordings: list[list[Event]] = field(default_factory=list)

    def emit(
        self, event_type: str, data: Json, *, now_ns: int, line: str | None = None, old_data: Json | None = None
    ) -> Event:
        """Let an event happen."""
        event = Event(
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

    def publish(self, event: Event) -> None:
        """Let an event happen that was made elsewhere."""
        self.events.append(event)
        for recording in self._recordings:
            recording.append(event)
        self.announce(event)

    @contextmanager
    def recording(self) -> Iterator[list[Event]]:
        """Collect the events that happen meanwhile."""
        recorded: list[Event] = []
        self._recordings.append(recorded)
        try:
            yield recorded
        finally:
            self._recordings.pop()

    def keep(self, message: Message) -> None:
        """Keep a message, and let go of the oldest beyond what memory should hold."""
        self.messages[message.id] = message
        while len(self.messages) > MESSAGES_KEPT:
            del self.messages[next(iter(self.messages))]

    def add_chat(self, chat: Chat) -> None:
        """Keep a chat."""
        self.chats[chat.id] = chat
        self.chats_by_people.setdefault(chat.handles, []).append(chat)

    def line_of(self, number: str) -> Line:
        """Return a line of the account.

        Raises:
            LinqFault: 2006, the number is not in this environment.
        """
        line = self.lines.get(number)
        if line is None or line.environment != HOME:
            raise faults.not_your_number(number)
        return line

    def own_lines(self) -> list[Line]:
        """Return the lines that the API key can see."""
        return [line for line in self.lines.values() if line.environment == HOME]

    def use(self, line: Line) -> None:
        """Remember that a line was used just now."""
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
