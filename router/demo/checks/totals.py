"""Count events for the totals."""

from collections import Counter

from router.demo.output.event import DemoEvent, Trouble
from router.demo.output.people_events import CameBack, Confirmed, Met, Moved, OptedOut, SignedUp, TurnedAway
from router.demo.output.run_events import Totals

_FIELDS: dict[type[DemoEvent], str] = {
    SignedUp: "signed_up",
    Confirmed: "confirmed",
    Met: "met",
    Moved: "moved",
    OptedOut: "opted_out",
    CameBack: "came_back",
    TurnedAway: "turned_away",
    Trouble: "troubles",
}


class RunTotals:
    """Counts the events it receives."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self.came_back_elsewhere = 0

    def record(self, event: DemoEvent) -> None:
        """Count one event."""
        field = _FIELDS.get(type(event))
        if field is not None:
            self._counts[field] += 1
        if isinstance(event, CameBack) and not event.is_same_page:
            self.came_back_elsewhere += 1

    def totals(self) -> Totals:
        """Return all counts."""
        return Totals(**self._counts)
