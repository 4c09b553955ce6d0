"""Check that nobody was given a closed line: by what people saw, and by the gateway's own count. Pure.

The clock is the machine's wall clock in seconds; sandbox, gateway and demo run on the same one.
"""

from collections import deque
from dataclasses import dataclass, field

_SIGNUPS_KEPT = 2000  # signups that end between an answered event and the next count; a few at most


@dataclass(frozen=True, slots=True)
class SignupSeen:
    """One signup: when the person asked, and the line they were shown."""

    line: str
    asked_at_s: float


@dataclass(slots=True, kw_only=True)
class Closure:
    """A period in which a line must get no new people.

    Attributes:
        is_promised: the line was flagged, so nobody may get it. Otherwise other lines only go first.
        closed_at_s: when the gateway had answered the event.
        given_before, given_after: how many people ever got the line, by the gateway's count, at its start and end.
        newcomers: people who asked for a line in this period. shown_it: how many of them were shown this line.
    """

    line: str
    is_promised: bool
    closed_at_s: float
    given_before: int
    opened_at_s: float | None = None
    given_after: int | None = None
    newcomers: int = 0
    shown_it: int = 0

    @property
    def to_it(self) -> int:
        """How many people were given the line: the higher of both counts."""
        counted = 0 if self.given_after is None else self.given_after - self.given_before
        return max(self.shown_it, counted)

    def record(self, signup: SignupSeen) -> None:
        """Count a signup if its person asked after the line was closed."""
        if signup.asked_at_s >= self.closed_at_s:
            self.newcomers += 1
            self.shown_it += signup.line == self.line


@dataclass(slots=True)
class FlagCheck:
    """All closures, and the latest signups."""

    closures: list[Closure] = field(default_factory=list)
    _open: dict[str, Closure] = field(default_factory=dict)
    _latest: deque[SignupSeen] = field(default_factory=lambda: deque(maxlen=_SIGNUPS_KEPT))

    def record(self, line: str, *, asked_at_s: float) -> None:
        """Record that a person who asked at that time was shown this line."""
        signup = SignupSeen(line, asked_at_s)
        self._latest.append(signup)
        for closure in self._open.values():
            closure.record(signup)

    def close(self, line: str, *, is_promised: bool, at_s: float, given: int) -> Closure:
        """Begin a closure. Signups since then are counted, although we learn of the closure only now."""
        closure = Closure(line=line, is_promised=is_promised, closed_at_s=at_s, given_before=given)
        for signup in self._latest:
            closure.record(signup)
        self._open[line] = closure
        return closure

    def recount(self, line: str, *, given: int) -> Closure | None:
        """Record the gateway's count while a line is closed; return None if it is not."""
        closure = self._open.get(line)
        if closure is not None:
            closure.given_after = given
        return closure

    def reopen(self, line: str, *, at_s: float, given: int) -> Closure | None:
        """End a closure, before the provider opens the line; return None if it was dropped meanwhile."""
        closure = self._open.pop(line, None)
        if closure is not None:
            closure.given_after, closure.opened_at_s = given, at_s
            self.closures.append(closure)
        return closure

    def forget(self, line: str) -> None:
        """Drop a closure: somebody else changed the line meanwhile."""
        self._open.pop(line, None)

    def open_lines(self) -> list[str]:
        """Return the lines that are closed now."""
        return list(self._open)

    def promised(self) -> list[Closure]:
        """Return the ended closures of flagged lines."""
        return [closure for closure in self.closures if closure.is_promised]
