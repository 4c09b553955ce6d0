"""Which lines may take people of a campaign, what room they have, and which of them a person is asked to text. Pure.

These are the rules by which a claim decides: `shut` and `choose_target` in store/lua/campaigns/shared/claiming.lua.
Only a claim also counts the people who were promised to a line by an earlier prompt and have not come yet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from router.core.capacity.capacity import FULL_PERCENT
from router.core.line import Line, LineLimits, LineLoad, Tier
from router.core.lines.line_rules import places_left
from router.core.picking.picker import BACKUP_TIERS
from router.core.picking.rotation import Rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A line that may take people of a campaign.

    Attributes:
        weight: its share now, smaller while it warms up. warm_up_percent: how warm it is.
        places: people it still has room for.
    """

    weight: int
    warm_up_percent: int
    places: int


def open_line(line: Line, limits: LineLimits, load: LineLoad, tier: Tier) -> OpenLine | None:
    """Return a line's part in a campaign; None if it may take nobody."""
    if tier not in BACKUP_TIERS:
        return None
    warm_up_percent = limits.weight // line.weight if line.weight else FULL_PERCENT
    return OpenLine(weight=limits.weight, warm_up_percent=warm_up_percent, places=places_left(limits, load))


class TargetPlan:
    """Choose a line for one person after the other, without touching the store.

    Args:
        lines: the open lines, by slot.
        rotations: of the tiers that campaigns use, the best first; the plan turns them.
        closed: slots in those rotations that may take nobody, such as the line that people leave.
    """

    def __init__(self, lines: Mapping[int, OpenLine], rotations: Iterable[Rotation], closed: Iterable[int]) -> None:
        self._lines = lines
        self._rotations = tuple(rotations)
        self._closed = {*closed, *(slot for slot, line in lines.items() if not line.places)}
        self.people: Counter[int] = Counter()

    def choose(self, card: Sequence[int]) -> int | None:
        """Return the slot a person is asked to text, and count them there; None if no line has room.

        Of the numbers on their card it is the one furthest behind its weight, else the line whose turn it is.
        """
        on_card = [slot for slot in card if slot in self._lines and slot not in self._closed]
        if on_card:
            chosen: int | None = min(on_card, key=lambda slot: (self.people[slot] + 1) / self._lines[slot].weight)
        else:
            turns = (rotation.pick(self._closed) for rotation in self._rotations)
            chosen = next((slot for slot in turns if slot is not None), None)
        if chosen is not None:
            self.people[chosen] += 1
            if self.people[chosen] >= self._lines[chosen].places:
                self._closed.add(chosen)
        return chosen
