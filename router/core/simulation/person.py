"""A simulated person. What they will do is drawn from their own stream, so it is the same under every policy."""

from router.core.assignment import State
from router.core.code import Code
from router.core.picking.picker import Pick
from router.core.picking.renewal import Standing
from router.core.simulation.outcome import Whereabouts
from router.core.simulation.scenario import Scenario
from router.core.simulation.stream import Purpose, Stream, waiting_time
from router.core.time_units import DAY_MS, HOUR_MS, MINUTE_MS

_TEXTS_WITHIN_MINUTES = 5.0
_NOBODY = -1


class SimulatedPerson:
    """A person: where they are, and what they will do.

    Attributes:
        slot: of their line; -1 for none.
        asked: slot of the line they were asked to text; -1 for none.
        prompted_ms: when they were last prompted, or None.
        prompts: how often in 30 days, roughly: since the first of them.
    """

    __slots__ = ("_luck", "asked", "backups", "came_ms", "fate", "number", "prompted_ms", "prompts", "slot")

    def __init__(self, seed: int, number: int, came_ms: int) -> None:
        self._luck = Stream(seed, Purpose.PERSON, number)
        self.number = number
        self.came_ms = came_ms
        self.fate = Whereabouts.WAITING
        self.slot = self.asked = _NOBODY
        self.backups: tuple[int, ...] = ()
        self.prompted_ms: int | None = None
        self.prompts = 0

    def take(self, pick: Pick) -> None:
        """Get a line and a card."""
        self.slot, self.backups = pick.slot, pick.backups

    def standing(self) -> Standing:
        """Return what decides which line they text."""
        state = State.CONFIRMED if self.fate is Whereabouts.CONFIRMED else State.RESERVED
        return Standing(code=Code(str(self.number)), state=state, home=self.slot, backups=self.backups)

    def texts_after_ms(self, scenario: Scenario) -> int | None:
        """Return how long after they got a place they text; None if they never do."""
        if self._luck.at(0) >= scenario.conversion:
            return None
        minutes = min(waiting_time(self._luck.at(1), _TEXTS_WITHIN_MINUTES), scenario.pool.reservation_minutes / 2)
        return int(minutes * MINUTE_MS)

    def stays_ms(self, scenario: Scenario) -> int:
        """Return how long they stay after their first text."""
        return int(waiting_time(self._luck.at(2), scenario.stay_days) * DAY_MS)

    def moves_after_ms(self, scenario: Scenario) -> int | None:
        """Return how long after a prompt they text their new number; None if they do not react to this one."""
        if self._luck.at(10 + 2 * self.prompts) >= scenario.react:
            return None
        return int(waiting_time(self._luck.at(11 + 2 * self.prompts), scenario.react_hours) * HOUR_MS)

    def patience_ms(self, scenario: Scenario) -> int:
        """Return how long they wait for a line."""
        return int(waiting_time(self._luck.at(3), scenario.patience_days) * DAY_MS)

    @property
    def engagement(self) -> float:
        """How much they write; campaigns prompt the most engaged first."""
        return self._luck.at(4)
