"""What came of one simulated run: where everybody ended, how full lines were, and who could not reach us."""

from dataclasses import dataclass, field
from enum import IntEnum

from router.core.time_units import HOUR_MS


class Whereabouts(IntEnum):
    """Where a simulated person is."""

    RESERVED = 0
    CONFIRMED = 1
    WAITING = 2
    LEFT = 3
    EXPIRED = 4
    GAVE_UP = 5
    UNREACHED = 6

    @property
    def word(self) -> str:
        """The fate as it is printed."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedDay:
    """The state of the pool at the end of a day.

    Attributes:
        utilisation: people over places of all lines that work.
        waiting: people on the waitlist. stranded: people whose line is flagged and who have not moved.
    """

    utilisation: float
    waiting: int
    stranded: int
    signups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What came of a run.

    Attributes:
        lines: how many lines were rented.
        people: at the beginning. signups: who came later.
        fates: where all of these people ended; they add up to `people` and `signups`.
        utilisation: people over places, the mean of all hours. highest_utilisation: of the fullest hour.
        waitlisted: people who found no line with room when they came. waited_hours: those who got one, on average.
        flags: lines flagged. stranded: people on them.
        stranded_hours: of all of them together, until each moved or left, or the line worked again.
        hours_to_recover: until nine of ten people of a flagged line could reach us again, on average.
        prompts: messages that asked people to text another number, invitations included.
        moved: people who did.
        busy_days: days on which a line carried more messages than its guideline.
    """

    lines: int
    people: int
    signups: int
    fates: dict[str, int]
    utilisation: float
    highest_utilisation: float
    waitlisted: int
    waited_hours: float
    flags: int
    stranded: int
    stranded_hours: float
    hours_to_recover: float
    prompts: int
    moved: int
    busy_days: int
    days: tuple[SimulatedDay, ...]


@dataclass(slots=True)
class Outage:
    """A flag of a line: when it began, and how long each of its people could not reach us, in hours."""

    began_ms: int
    people: int
    hours: list[float] = field(default_factory=list)

    def hours_until(self, now_ms: int) -> float:
        """Return for how long it has lasted."""
        return (now_ms - self.began_ms) / HOUR_MS

    @property
    def hours_to_recover(self) -> float:
        """Until nine of ten people could reach us again."""
        return sorted(self.hours)[(9 * len(self.hours) - 1) // 10] if self.hours else 0.0


@dataclass(slots=True)
class Tally:
    """Counts of a run while it goes on."""

    signups: int = 0
    waitlisted: int = 0
    waited_ms: int = 0
    served: int = 0
    flags: int = 0
    prompts: int = 0
    moved: int = 0
    busy_days: int = 0
    hours: int = 0
    used: float = 0.0
    most_used: float = 0.0
    outages: list[Outage] = field(default_factory=list)
    days: list[SimulatedDay] = field(default_factory=list)

    def see_utilisation(self, used: float) -> None:
        """Count an hour."""
        self.hours += 1
        self.used += used
        self.most_used = max(self.most_used, used)

    def outcome(self, *, lines: int, people: int, fates: dict[str, int]) -> RunOutcome:
        """Return what came of the run."""
        hit = [outage for outage in self.outages if outage.hours]
        return RunOutcome(
            lines=lines,
            people=people,
            signups=self.signups,
            fates=fates,
            utilisation=self.used / max(1, self.hours),
            highest_utilisation=self.most_used,
            waitlisted=self.waitlisted,
            waited_hours=self.waited_ms / HOUR_MS / self.served if self.served else 0.0,
            flags=self.flags,
            stranded=sum(outage.people for outage in self.outages),
            stranded_hours=sum(sum(outage.hours) for outage in self.outages),
            hours_to_recover=sum(outage.hours_to_recover for outage in hit) / len(hit) if hit else 0.0,
            prompts=self.prompts,
            moved=self.moved,
            busy_days=self.busy_days,
            days=tuple(self.days),
        )
