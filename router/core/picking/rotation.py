"""Choose the next line by exact weighted rotation.

Earliest eligible virtual deadline first (Stoica and Abdel-Wahab, 1995), every request one pick long. A line has a
virtual eligible time `ve`. The rotation has a virtual time `V` that moves by 1/W a pick, W the weight of all its lines.
A line is eligible once ve ≤ V; the eligible line with the earliest deadline ve + 1/w goes next. What a line is owed,
its lag w·(V − ve), is its ideal share minus its count: never more than one pick while weights stand still. A line that
leaves takes its lag along, so a joining, returning or re-weighted line is owed at most one pick: there is no burst.

Pure model: `store/lua/shared/` must agree with it step for step (tests/property/test_assign_agrees.py).
Units: virtual time in 2⁻⁴⁴ of a pick at weight 1, as integers that a Lua double holds exactly. Rounding 1/w down loses
under w·2⁻⁴⁴ of a pick each time: a line would need 10⁸ picks to be off by a hundredth.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

SCALE = 2**44
REBASE_AT = 2**51


@dataclass(slots=True)
class _Turn:
    """A line inside the rotation: its weight and its virtual eligible time."""

    weight: int
    ve: int

    @property
    def stride(self) -> int:
        return SCALE // self.weight

    @property
    def deadline(self) -> int:
        return self.ve + self.stride


@dataclass(slots=True)
class Rotation:
    """The lines of one tier, and whose turn it is.

    Attributes:
        virtual_time, remainder: V as an integer, and the part of it below one unit, in 1/total_weight.
        turns: lines by slot.
    """

    virtual_time: int = 0
    remainder: int = 0
    total_weight: int = 0
    turns: dict[int, _Turn] = field(default_factory=dict)

    def join(self, slot: int, weight: int, lag: int = 0) -> None:
        """Add a line that is owed `lag`, in SCALE units of a pick: what `leave` returned, or 0 for a new line."""
        self.turns[slot] = _Turn(weight, self.virtual_time - divide(lag, weight))
        self._reset_total(self.total_weight + weight)

    def leave(self, slot: int) -> int:
        """Remove a line and return its lag, at most one pick either way."""
        turn = self.turns.pop(slot)
        self._reset_total(self.total_weight - turn.weight)
        return lag_of(self.virtual_time - turn.ve, turn.weight)

    def reweight(self, slot: int, weight: int) -> None:
        """Change a line's weight from the next pick on; what it is owed stays as it is."""
        self.join(slot, weight, self.leave(slot))

    def pick(self, excluded: Collection[int] = ()) -> int | None:
        """Choose the next line and charge it one pick; None if every line is excluded.

        An excluded line is passed over for this pick and keeps its lag.
        """
        candidates = {slot: turn for slot, turn in self.turns.items() if slot not in excluded}
        if not candidates:
            return None
        eligible = {slot: turn for slot, turn in candidates.items() if turn.ve <= self.virtual_time}
        slot = min(eligible or candidates, key=lambda slot: (candidates[slot].deadline, slot))
        self._charge(candidates[slot], [self.turns[other] for other in excluded if other in self.turns])
        return slot

    def charge_if_due(self, slot: int) -> None:
        """Charge a line for a pick out of turn if it was eligible. Otherwise the pick is extra and costs no turn.

        So a line that many people ask for by name is never in debt by more than one pick.
        """
        if self.turns[slot].ve <= self.virtual_time:
            self._charge(self.turns[slot], [])

    def lag(self, slot: int) -> int:
        """What a line is owed now, in SCALE units of a pick, clipped to one pick either way."""
        return lag_of(self.virtual_time - self.turns[slot].ve, self.turns[slot].weight)

    def _charge(self, turn: _Turn, passed_over: list[_Turn]) -> None:
        turn.ve += turn.stride
        if passed_over:
            step = SCALE // (self.total_weight - sum(other.weight for other in passed_over))
            for other in passed_over:
                other.ve += step
        else:
            step, rest = divmod(SCALE, self.total_weight)
            self.remainder += rest
            if self.remainder >= self.total_weight:
                self.remainder -= self.total_weight
                step += 1
        self.virtual_time += step
        if self.virtual_time >= REBASE_AT:
            self._rebase()

    def _rebase(self) -> None:
        for turn in self.turns.values():
            turn.ve -= self.virtual_time
        self.virtual_time = 0

    def _reset_total(self, weight: int) -> None:
        self.total_weight = weight
        self.remainder = 0


def lag_of(behind: int, weight: int) -> int:
    """Return weight × behind, clipped to one pick (SCALE) either way before it can outgrow a double."""
    stride = SCALE // weight
    if behind >= stride:
        return SCALE
    if behind <= -stride:
        return -SCALE
    return weight * behind


def divide(dividend: int, divisor: int) -> int:
    """Integer division that drops the remainder towards zero, as C and Lua's fmod do."""
    quotient = abs(dividend) // divisor
    return quotient if dividend >= 0 else -quotient
