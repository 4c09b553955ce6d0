"""Which incident happens to which line, and when. Pure: others carry it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from router.demo.output.run_events import Position

_OPEN = "open"
_FEWEST_LEFT = 2  # lines that must stay open besides the closed one


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long each step takes, in seconds.

    Attributes:
        first_s: until the first line is flagged. between_s: until each later one.
        counted_s: until the demo reports where new people went.
        prompted_s: how long the people of a flagged line are prompted, before it recovers.
        recovering_s: until another line is at risk. at_risk_s: how long it is.
        hold_down_s: how long a flag must last before people are prompted.
        gathering_s: how long the people that the customer's app knows take to sign up. customers: how many there are.
        prompts_per_second: for each channel; low, so that some people still wait when the line recovers.
        warm_up_s: until a recovered line has its full weight.
        board_s: between two boards, where the output is not a terminal.
        haste: how many times faster than usual people act.
    """

    first_s: float = 20
    between_s: float = 15
    counted_s: float = 10
    prompted_s: float = 22
    hold_down_s: float = 5
    gathering_s: float = 13
    customers: int = 200
    prompts_per_second: float = 0.3
    recovering_s: float = 30
    at_risk_s: float = 20
    warm_up_s: float = 60
    board_s: float = 10
    haste: float = 1

    @property
    def settings(self) -> dict[str, str]:
        """The gateway's settings, by their names after SWITCHYARD_."""
        return {
            "HOLD_DOWN_MINUTES": f"{self.hold_down_s / 60:.4f}",
            "PROMPTS_PER_SECOND": f"{self.prompts_per_second:g}",
        }


CALM = Pace()
FAST = Pace(
    first_s=6,
    between_s=2,
    counted_s=1.5,
    prompted_s=3,
    hold_down_s=1,
    gathering_s=3,
    customers=240,
    prompts_per_second=0.2,
    recovering_s=3,
    at_risk_s=2.5,
    warm_up_s=12,
    board_s=3,
    haste=6,
)


def people_per_hour(rate: float) -> int:
    """Return how many people prompts may send to a line in an hour. People who come by themselves count too."""
    return max(300, ceil(rate * 3600 / 4))


class IncidentPlan:
    """Chooses the lines that incidents happen to."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)  # noqa: S311 - a demo, not a secret
        self._last: str | None = None

    def choose_for_flag(self, positions: Sequence[Position]) -> Position | None:
        """Choose the busiest line, but never the same twice in a row; None while too few are open."""
        candidates = self._open(positions)
        chosen = max(candidates, key=lambda position: position.people, default=None)
        if chosen is not None:
            self._last = chosen.line
        return chosen

    def choose_for_warning(self, positions: Sequence[Position]) -> Position | None:
        """Choose any other line; None while too few are open."""
        candidates = self._open(positions)
        return self._rng.choice(candidates) if candidates else None

    def _open(self, positions: Sequence[Position]) -> list[Position]:
        candidates = [position for position in positions if position.gate == _OPEN]
        if len(candidates) <= _FEWEST_LEFT:
            return []
        return [position for position in candidates if position.line != self._last]
