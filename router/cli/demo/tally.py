"""Count what happens."""

from collections import Counter

from router.cli.demo.frame import Totals
from router.cli.demo.happenings import Happening, Trouble
from router.cli.demo.people_news import CameBack, Confirmed, Met, Moved, OptedOut, SignedUp, TurnedAway

_FIELDS: dict[type[Happening], str] = {
    SignedUp: "signed_up",
    Confirmed: "confirmed",
    Met: "met",
    Moved: "moved",
    OptedOut: "opted_out",
    CameBack: "came_back",
    TurnedAway: "turned_away",
    Trouble: "troubles",
}


class Tally:
    """Counts of the happenings it was told of."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self.came_back_elsewhere = 0

    def note(self, happening: Happening) -> None:
        """Count one."""
        field = _FIELDS.get(type(happening))
        if field is not None:
            self._counts[field] += 1
        if isinstance(happening, CameBack) and not happening.is_same_page:
            self.came_back_elsewhere += 1

    def totals(self) -> Totals:
        """Return all counts."""
        return Totals(**self._counts)
