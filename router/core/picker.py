"""The pure model of a pool's picking: tiers, gates, rotation, backups and counters.

`store/lua/` does the same atomically in the store; tests/property/test_assign_agrees.py holds the two together step
for step. It also answers "what would happen if" without touching anything (`signups try`).
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from router.core.assignment import Reason
from router.core.line import Gate, LineHealth, LineLimits, LineLoad, Tier, place
from router.core.rotation import Rotation

_REASON_OF_TIER = {Tier.HEALTHY: Reason.ROTATION, Tier.RESERVE: Reason.RESERVE, Tier.AT_RISK: Reason.AT_RISK}
BACKUP_TIERS = frozenset({Tier.HEALTHY, Tier.RESERVE})


@dataclass(slots=True)
class PickedLine:
    """A line inside the model.

    Attributes:
        lag: what it is owed while it is in no rotation.
        picks: people it was ever given; it turns the wheel of its people's backups.
    """

    health: LineHealth
    limits: LineLimits
    load: LineLoad = field(default_factory=LineLoad)
    tier: Tier = Tier.NONE
    gate: Gate = Gate.OPEN
    lag: int = 0
    picks: int = 0


@dataclass(frozen=True, slots=True)
class Pick:
    """The line a person got, and why."""

    slot: int
    tier: Tier
    reason: Reason
    backups: tuple[int, ...]


@dataclass(slots=True)
class Picker:
    """All lines of a pool and whose turn it is in each tier."""

    lines: dict[int, PickedLine] = field(default_factory=dict)
    rotations: dict[Tier, Rotation] = field(
        default_factory=lambda: {tier: Rotation() for tier in (Tier.HEALTHY, Tier.RESERVE, Tier.AT_RISK)}
    )

    def put(self, slot: int, health: LineHealth, limits: LineLimits) -> None:
        """Add a line, or change what holds for it; it keeps what it is owed."""
        line = self.lines.setdefault(slot, PickedLine(health, limits))
        self._withdraw(slot, line)
        line.health, line.limits = health, limits
        self._enter(slot, line)

    def pick(self, *, backups: int, excluded: Collection[int] = (), wished: Collection[int] = ()) -> Pick | None:
        """Give a new person a line and reserve their place; None when nothing is left.

        Args:
            backups: how many further lines their card carries.
            excluded: slots this person must not get.
            wished: slots to take before the rotation is asked, best first; taken only with room (tier 0 or 1).
        """
        for slot in wished:
            if slot in self.lines and slot not in excluded and self.lines[slot].tier in BACKUP_TIERS:
                self.rotations[self.lines[slot].tier].charge_if_due(slot)
                return self._take(slot, Reason.PREFERRED, backups, excluded)
        for tier, rotation in self.rotations.items():
            chosen = rotation.pick(excluded)
            if chosen is not None:
                return self._take(chosen, _REASON_OF_TIER[tier], backups, excluded)
        return None

    def confirm(self, slot: int) -> None:
        """A reserved person texted."""
        self._count(slot, reserved=-1, confirmed=1)

    def release(self, slot: int) -> None:
        """A reservation expired or moved away: its place is free again."""
        self._count(slot, reserved=-1)

    def held_back(self) -> Counter[Gate]:
        """How many lines each gate holds back."""
        return Counter(line.gate for line in self.lines.values() if line.gate is not Gate.OPEN)

    def choose_backups(self, primary: int, wanted: int, excluded: Collection[int] = ()) -> tuple[int, ...]:
        """Choose the further numbers on a card: live lines with room, other than the primary and the excluded.

        The people of one primary walk around the others like the hand of a clock, with a second hand for the next
        backup, so that whoever is on a flagged line fans out evenly over all others (shuffle sharding).
        """
        kept_out = {primary, *excluded}
        others = sorted(slot for slot, line in self.lines.items() if line.tier in BACKUP_TIERS and slot not in kept_out)
        if not others:
            return ()
        turn, count = self.lines[primary].picks, len(others)
        stride = 1 + (turn // count) % (count - 1) if count > 1 else 1
        chosen: list[int] = []
        for place_in_card in range(min(wanted, count)):
            index = (turn + primary + place_in_card * stride) % count
            while others[index] in chosen:
                index = (index + 1) % count
            chosen.append(others[index])
        return tuple(chosen)

    def _take(self, slot: int, reason: Reason, backups: int, excluded: Collection[int]) -> Pick:
        line = self.lines[slot]
        pick = Pick(slot, line.tier, reason, self.choose_backups(slot, backups, excluded))
        line.picks += 1
        self._count(slot, reserved=1, new_24h=1)
        return pick

    def _count(self, slot: int, *, reserved: int = 0, confirmed: int = 0, new_24h: int = 0) -> None:
        line = self.lines[slot]
        line.load = replace(
            line.load,
            reserved=line.load.reserved + reserved,
            confirmed=line.load.confirmed + confirmed,
            new_24h=line.load.new_24h + new_24h,
        )
        if place(line.health, line.limits, line.load) != (line.tier, line.gate):
            self._withdraw(slot, line)
            self._enter(slot, line)

    def _withdraw(self, slot: int, line: PickedLine) -> None:
        if line.tier is not Tier.NONE:
            line.lag = self.rotations[line.tier].leave(slot)
            line.tier = Tier.NONE

    def _enter(self, slot: int, line: PickedLine) -> None:
        line.tier, line.gate = place(line.health, line.limits, line.load)
        if line.tier is not Tier.NONE:
            self.rotations[line.tier].join(slot, line.limits.weight, line.lag)
