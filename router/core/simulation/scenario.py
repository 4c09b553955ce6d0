"""What a simulation assumes of the world: how people come, write and leave, and how lines fail.

Providers state what flags lines, but not how likely it is: the rates here are assumptions, and they are options.
"""

from dataclasses import dataclass

from router.core.capacity.traffic import NOTHING_MEASURED, Measured
from router.core.errors import InvalidField
from router.core.field_rules import check_range
from router.core.line import MAX_LINES_PER_POOL, WHOLE_PERMILLE, Line, LineLoad
from router.core.phone import E164
from router.core.pool import CapacityFrom, Pool, PoolId

MAX_DAYS = 3660
MAX_PEOPLE = 5_000_000
MAX_SEEDS = 1000
_NEW_WEIGHT = 100

SIMULATED_POOL = Pool(id=PoolId("simulated"), name="Simulated", capacity_from=CapacityFrom.MEASURED)

# The part of a day's signups in each hour, from midnight: few at night, most in the evening.
DAILY_SHAPE = (8, 5, 3, 2, 2, 3, 8, 18, 30, 40, 46, 50, 54, 52, 50, 50, 52, 56, 62, 68, 66, 54, 36, 18)


@dataclass(frozen=True, slots=True)
class StartLine:
    """A line at the beginning, with its people."""

    line: Line
    load: LineLoad


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A world to try policies in.

    Attributes:
        pool: the settings that hold in it.
        lines: how many lines the people just fill, without any reserve.
        people: how many there are at the beginning.
        days: how long it lasts.
        signups_per_day: people who come on a usual day.
        conversion: the share of them who text.
        stay_days: how long people stay, on average.
        messages_per_person: a day, in both directions.
        incoming_share: the part of these messages that people write.
        peak_day, peak_factor: on this day, counted from 0, so many times as many people come; None for no peak.
        flags_per_line_year: flags of a line in a year in which it does nothing that flags lines.
        down_hours: how long a flag lasts, its median.
        react: the share of prompted people who text their new number.
        react_hours: how long they take, on average.
        patience_days: how long people wait for a line, on average.
        human_hours: how long a braked campaign waits for a human.
        start: a pool's own lines and people; empty to make `lines` even ones.
        measured: what the pool has measured before.
    """

    pool: Pool = SIMULATED_POOL
    lines: int = 10
    people: int | None = None
    days: int = 28
    signups_per_day: float | None = None
    conversion: float = 0.8
    stay_days: float = 90.0
    messages_per_person: float = 10.0
    incoming_share: float = 0.45
    peak_day: int | None = None
    peak_factor: float = 1.0
    flags_per_line_year: float = 2.0
    down_hours: float = 24.0
    react: float = 0.6
    react_hours: float = 2.0
    patience_days: float = 3.0
    human_hours: float = 2.0
    start: tuple[StartLine, ...] = ()
    measured: Measured = NOTHING_MEASURED

    @property
    def capacity_per_line(self) -> int:
        """How many people a line carries at the true messages per person."""
        return max(1, int(self.pool.messages_per_line_per_day / self.messages_per_person))

    @property
    def people_at_start(self) -> int:
        """How many people there are at the beginning: as many as just fill the lines, if nothing else is said."""
        if self.people is not None:
            return self.people
        if self.start:
            return sum(one.load.confirmed for one in self.start)
        return self.lines * self.capacity_per_line

    @property
    def signups_a_day(self) -> float:
        """How many people come on a usual day: as many as leave, if nothing else is said."""
        if self.signups_per_day is not None:
            return self.signups_per_day
        return self.people_at_start / self.stay_days / self.conversion if self.conversion else 0.0


def check_scenario(scenario: Scenario) -> None:
    """Refuse a world that makes no sense.

    Raises:
        InvalidField: the first figure outside its range.
    """
    check_range("lines", scenario.lines, 1, MAX_LINES_PER_POOL)
    check_range("days", scenario.days, 1, MAX_DAYS)
    check_range("conversion", scenario.conversion, 0.01, 1)
    check_range("stay_days", scenario.stay_days, 0.1, 100_000)
    check_range("messages_per_person", scenario.messages_per_person, 0.01, 10_000)
    check_range("incoming_share", scenario.incoming_share, 0, 1)
    check_range("peak_factor", scenario.peak_factor, 1, 1000)
    if scenario.peak_day is not None:
        check_range("peak_day", scenario.peak_day, 0, scenario.days - 1)
    if scenario.signups_per_day is not None:
        check_range("signups_per_day", scenario.signups_per_day, 0, 1_000_000)
    check_range("people", scenario.people_at_start, 0, MAX_PEOPLE)
    check_range("flags_per_line_year", scenario.flags_per_line_year, 0, 1000)
    check_range("down_hours", scenario.down_hours, 0.1, 10_000)
    check_range("react", scenario.react, 0, 1)
    check_range("react_hours", scenario.react_hours, 0.01, 1000)
    check_range("patience_days", scenario.patience_days, 0.01, 1000)
    check_range("human_hours", scenario.human_hours, 0, 1000)
    expected = scenario.people_at_start + scenario.signups_a_day * (scenario.days + scenario.peak_factor)
    if expected > MAX_PEOPLE:
        raise InvalidField("people", f"about {expected:.0f} people would come; at most {MAX_PEOPLE} can be simulated")


def new_simulated_line(slot: int, *, weight: int = _NEW_WEIGHT) -> Line:
    """Return a warm line in a slot; its number is none of anybody's."""
    return Line(slot=slot, number=E164(f"simulated-{slot}"), weight=weight)


def whole_conversion(share: float) -> int:
    """Return a share in thousandths."""
    return round(share * WHOLE_PERMILLE)
