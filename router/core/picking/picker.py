"""Model how a pool picks lines: tiers, gates, rotation, backups and counters.

`store/lua/` does the same atomically in the store, and tests/property/test_assign_agrees.py compares the two step for
step. The model also answers "what would happen if" without changing anything (`signups try`).
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from router.core.assignment import Reason
from router.core.line import Gate, LineHealth, LineLimits, LineLoad, Tier, placement_of
from router.core.picking.rotation import Rotation

_REASON_OF_TIER = {Tier.HEALTHY: Reason.ROTATION, Tier.RESERVE: Reason.RESERVE, Tier.AT_RISK: Reason.AT_RISK}
BACKUP_TIERS = frozenset({Tier.HEALTHY, Tier.RESERVE})


@dataclass(slots=True)
class PickedLine:
    """A line inside the model.

    Attributes:
        lag: what it is owed while it is in no rotation.
        picks: how many people it was ever given. This decides which backups the next one gets.
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
    """All lines of a pool, with one rotation for each tier."""

    lines: dict[int, PickedLine] = field(default_factory=dict)
    rotations: dict[Tier, Rotation] = field(
        default_factory=lambda: {tier: Rotation() for tier in (Tier.HEALTHY, Tier.RESERVE, Tier.AT_RISK)}
    )

    def put(self, slot: int, health: LineHealth, limits: LineLimits) -> None:
        """Add a line, or change its health and limits. It keeps what it is owed."""
        line = self.lines.setdefault(slot, PickedLine(health, limits))
        self._withdraw(slot, line)
        line.health, line.limits = health, limits
        self._enter(slot, line)

    def pick(self, *, backups: int, excluded: Collection[int] = (), wished: Collection[int] = ()) -> Pick | None:
        """Give a new person a line and reserve their place. None when no line is left.

        Args:
            backups: how many further lines to put on their card.
            excluded: slots this person must not get.
            wished: slots to try before the rotation, best first. A line is used only if it has room (tier 0 or 1).
        """
        for slot in wished:
            if slot in self.lines and slot not in excluded and self.lines[slot].tier in BACKUP_TIERS:
                self.rotations[self.lines[slot].tier].charge_if_due(slot)
                return self._assign(slot, Reason.PREFERRED, backups, excluded)
        for tier, rotation in self.rotations.items():
            chosen = rotation.pick(excluded)
            if chosen is not None:
                return self._assign(chosen, _REASON_OF_TIER[tier], backups, excluded)
        return None

    def confirm(self, slot: int) -> None:
        """Count a person with a reservation as confirmed: they texted."""
        self.change_load(slot, reserved=-1, confirmed=1)

    def release(self, slot: int) -> None:
        """Free the place of a reservation that expired or moved away."""
        self.change_load(slot, reserved=-1)

    def change_load(self, slot: int, *, reserved: int = 0, confirmed: int = 0, new_24h: int = 0) -> None:
        """Add to the counts of a line; it changes its tier if a limit is reached or left."""
        line = self.lines[slot]
        load = line.load  # built anew and not by `replace`, which takes five times as long: a simulation does it often
        line.load = LineLoad(
            reserved=load.reserved + reserved,
            confirmed=load.confirmed + confirmed,
            new_24h=load.new_24h + new_24h,
            started_24h=load.started_24h,
        )
        if placement_of(line.health, line.limits, line.load) != (line.tier, line.gate):
            self._withdraw(slot, line)
            self._enter(slot, line)

    def held_back(self) -> Counter[Gate]:
        """Count the lines that each gate holds back."""
        return Counter(line.gate for line in self.lines.values() if line.gate is not Gate.OPEN)

    def choose_backups(
        self, primary: int, wanted: int, excluded: Collection[int] = (), *, met: int = 0
    ) -> tuple[int, ...]:
        """Choose the further numbers on a card: live lines with room, without the primary and the excluded ones.

        The people of one primary go around the other lines like the hand of a clock, with a second hand for the next
        backup. So the people of a flagged line spread evenly over all others (shuffle sharding).

        Args:
            primary: slot of the person's own line.
            wanted: how many to choose.
            excluded: slots this person must not get.
            met: how many people came to the primary without a pick; they turn the hand as well.
        """
        kept_out = {primary, *excluded}
        others = sorted(slot for slot, line in self.lines.items() if line.tier in BACKUP_TIERS and slot not in kept_out)
        if not others:
            return ()
        turn, count = self.lines[primary].picks + met, len(others)
        stride = 1 + (turn // count) % (count - 1) if count > 1 else 1
        chosen: list[int] = []
        for place_in_card in range(min(wanted, count)):
            index = (turn + primary + place_in_card * stride) % count
            while others[index] in chosen:
                index = (index + 1) % count
            chosen.append(others[index])
        return tuple(chosen)

    def _assign(self, slot: int, reason: Reason, backups: int, excluded: Collection[int]) -> Pick:
        line = self.lines[slot]
        pick = Pick(slot, line.tier, reason, self.choose_backups(slot, backups, excluded))
        line.picks += 1
        self.change_load(slot, reserved=1, new_24h=1)
        return pick

    def _withdraw(self, slot: int, line: PickedLine) -> None:
        if line.tier is not Tier.NONE:
            line.lag = self.rotations[line.tier].leave(slot)
            line.tier = Tier.NONE

    def _enter(self, slot: int, line: PickedLine) -> None:
        line.tier, line.gate = placement_of(line.health, line.limits, line.load)
        if line.tier is not Tier.NONE:
            self.rotations[line.tier].join(slot, line.limits.weight, line.lag)
