"""Whether anybody was given a line while it was closed: by what people saw, and by the gateway's own count. Pure.

The clock is the machine's wall clock in seconds; sandbox, gateway and demo run on the same one.
"""

from collections import deque
from dataclasses import dataclass, field

_SIGNUPS_KEPT = 2000  # those that end between an answered event and the next read of the count; a few at most


@dataclass(frozen=True, slots=True)
class SignupSeen:
    """A signup as its person saw it: when they asked, and the line they were shown."""

    line: str
    asked_at_s: float


@dataclass(slots=True, kw_only=True)
class Closure:
    """The time in which a line was to get nobody new.

    Attributes:
        is_promised: the line was flagged, so that nobody at all may get it; else others only go first.
        closed_at_s: when the gateway had answered the event.
        given_before, given_after: people the gateway says it ever gave the line, then and when it was to open again.
        newcomers: people who asked for a line meanwhile. shown_it: how many of them were shown this one.
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
        """How many were given the line, by the count that says more."""
        counted = 0 if self.given_after is None else self.given_after - self.given_before
        return max(self.shown_it, counted)

    def note(self, signup: SignupSeen) -> None:
        """Take a signup into account if its person asked after the line was closed."""
        if signup.asked_at_s >= self.closed_at_s:
            self.newcomers += 1
            self.shown_it += signup.line == self.line


@dataclass(slots=True)
class Proof:
    """All closures, and the signups that came while one was open."""

    closures: list[Closure] = field(default_factory=list)
    _open: dict[str, Closure] = field(default_factory=dict)
    _latest: deque[SignupSeen] = field(default_factory=lambda: deque(maxlen=_SIGNUPS_KEPT))

    def note(self, line: str, *, asked_at_s: float) -> None:
        """Take in that somebody who asked then was shown this line."""
        signup = SignupSeen(line, asked_at_s)
        self._latest.append(signup)
        for closure in self._open.values():
            closure.note(signup)

    def close(self, line: str, *, is_promised: bool, at_s: float, given: int) -> Closure:
        """Begin a closure; whoever asked since is counted, though we learn of it only now."""
        closure = Closure(line=line, is_promised=is_promised, closed_at_s=at_s, given_before=given)
        for signup in self._latest:
            closure.note(signup)
        self._open[line] = closure
        return closure

    def recount(self, line: str, *, given: int) -> Closure | None:
        """Take in the gateway's count while a line is closed; None if it is not."""
        closure = self._open.get(line)
        if closure is not None:
            closure.given_after = given
        return closure

    def reopen(self, line: str, *, at_s: float, given: int) -> Closure | None:
        """End a closure, before the provider is told to open the line; None if it was forgotten meanwhile."""
        closure = self._open.pop(line, None)
        if closure is not None:
            closure.given_after, closure.opened_at_s = given, at_s
            self.closures.append(closure)
        return closure

    def forget(self, line: str) -> None:
        """Judge a closure no more: somebody else changed the line meanwhile."""
        self._open.pop(line, None)

    def open_lines(self) -> list[str]:
        """Name the lines that are closed now."""
        return list(self._open)

    def promised(self) -> list[Closure]:
        """Return the ended closures of flagged lines."""
        return [closure for closure in self.closures if closure.is_promised]
