"""A simulated line: who is on it, and what happened in the last 24 hours and today."""

from dataclasses import dataclass, field

from router.core.capacity.traffic import HOURS_PER_DAY, Traffic
from router.core.line import Line
from router.core.simulation.flags import YOUNG_DAYS, RecentTraffic
from router.core.simulation.outcome import Outage
from router.core.simulation.person import SimulatedPerson
from router.core.simulation.stream import Purpose, Stream
from router.core.time_units import DAY_MS


def _day() -> list[int]:
    return [0] * HOURS_PER_DAY


@dataclass(slots=True)
class Luck:
    """The streams that decide what happens on a line."""

    incoming: Stream
    outgoing: Stream
    flag: Stream
    downtime: Stream

    @classmethod
    def of(cls, seed: int, slot: int) -> "Luck":
        """Return the streams of a slot; they are the same under every policy."""
        return cls(
            incoming=Stream(seed, Purpose.INCOMING, slot),
            outgoing=Stream(seed, Purpose.OUTGOING, slot),
            flag=Stream(seed, Purpose.FLAG, slot),
            downtime=Stream(seed, Purpose.DOWNTIME, slot),
        )


@dataclass(slots=True)
class LineInTime:
    """A line and its memory.

    Attributes:
        people: those who texted, by their number, in the order they came.
        new_hours, in_hours, out_hours: counts by hour of the day; the entry of the present hour is overwritten.
        paced_in_hour: signups and prompts of this hour together, which keep the pace of campaigns.
        new_before: new people in the 24 hours before the last 24.
        outage: since it is flagged; None while it works.
    """

    line: Line
    luck: Luck
    people: dict[int, SimulatedPerson] = field(default_factory=dict)
    new_hours: list[int] = field(default_factory=_day)
    in_hours: list[int] = field(default_factory=_day)
    out_hours: list[int] = field(default_factory=_day)
    new_in_hour: int = 0
    paced_in_hour: int = 0
    new_before: int = 0
    incoming: int = 0
    outgoing: int = 0
    flags: int = 0
    flagged_at_ms: int | None = None
    outage: Outage | None = None
    day: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0, 0])

    def take_new(self, *, is_signup: bool) -> None:
        """Count a person who comes to the line; one who moves there was counted when they were prompted."""
        self.new_in_hour += 1
        self.paced_in_hour += is_signup
        self.day[2] += 1

    def end_hour(self, hour: int, new_24h: int) -> int:
        """Store what the hour brought, and return how many new people have left the window of 24 hours."""
        place = hour % HOURS_PER_DAY
        if not place:
            self.new_before = new_24h - self.new_in_hour
        gone = self.new_hours[place]
        self.new_hours[place] = self.new_in_hour
        self.new_in_hour = self.paced_in_hour = 0
        return gone

    def carry(self, hour: int, incoming: int, outgoing: int) -> None:
        """Count the messages of an hour."""
        place = hour % HOURS_PER_DAY
        self.incoming += incoming - self.in_hours[place]
        self.outgoing += outgoing - self.out_hours[place]
        self.in_hours[place], self.out_hours[place] = incoming, outgoing
        self.day[0] += incoming
        self.day[1] += outgoing
        self.day[3] += len(self.people)

    def recent(self, new_24h: int, guideline: int, *, now_ms: int) -> RecentTraffic:
        """Return what may flag it. A line is as young as it is, whether the policy lets it warm up or not."""
        since_ms = self.line.warming_since_ms
        return RecentTraffic(
            new=new_24h,
            new_before=self.new_before,
            messages=self.incoming + self.outgoing,
            incoming=self.incoming,
            outgoing=self.outgoing,
            guideline=guideline,
            is_young=since_ms is not None and now_ms - since_ms < YOUNG_DAYS * DAY_MS,
        )

    def end_day(self) -> Traffic:
        """Return the traffic of the day, and begin the next one."""
        incoming, outgoing, new, person_hours, confirmed, expired = self.day
        self.day = [0, 0, 0, 0, 0, 0]
        return Traffic(
            incoming=incoming,
            outgoing=outgoing,
            new=new,
            person_hours=person_hours,
            confirmed=confirmed,
            expired=expired,
        )
