"""Try signups on a model of a pool, starting exactly where its rotation is now. Nothing in the store changes.

The load of the lines grows as with real signups, so a trial that fills a line shows where the others take over. In a
trial nobody texts, nothing expires and no hour passes.
"""

from collections import Counter
from dataclasses import dataclass

from router.core.errors import InvalidField
from router.core.line import Gate, Line, LineLimits, Tier
from router.core.picking.picker import PickedLine, Picker
from router.core.picking.rotation import SCALE, Rotation
from router.store.lines import Overview

MAX_COUNT = 100_000  # half a second for ten lines; above it, a pool of hundreds of lines would keep people waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLine:
    """What one line would get.

    Attributes:
        given: people it would get.
        ideal: its share of them by weight, plus what the rotation owed it at the start.
        as_backup: how many of their cards would carry it as a further number.
        share: its part of all people given, 0..1.
        weight_share: its part of the effective weights in the rotation at the start, 0..1.
    """

    line: Line
    limits: LineLimits
    tier: Tier
    gate: Gate
    given: int
    ideal: float
    as_backup: int
    share: float
    weight_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What `count` signups would do.

    Attributes:
        widest_gap: the largest |given − ideal| of any line after any signup, in people; below 1 as long as
            no line reaches a limit on the way.
        waitlisted: people for whom no line had room.
    """

    count: int
    lines: tuple[TrialLine, ...]
    widest_gap: float
    waitlisted: int


def try_signups(overview: Overview, count: int, backups: int) -> Trial:
    """Sign `count` people up on a model of the pool.

    Raises:
        InvalidField: the count is out of range.
    """
    if not 1 <= count <= MAX_COUNT:
        raise InvalidField("count", f"{count} must be from 1 to {MAX_COUNT}")
    picker = picker_of(overview)
    weight_share = _shares(_serving(picker))
    ideal = {slot: now.lag / SCALE for slot, now in overview.lines.items()}
    given: Counter[int] = Counter()
    as_backup: Counter[int] = Counter()
    widest_gap = 0.0
    for _ in range(count):
        shares = _shares(_serving(picker))
        pick = picker.pick(backups=backups)
        if pick is None:
            break  # nothing in the model makes room again
        given[pick.slot] += 1
        as_backup.update(pick.backups)
        for slot, share in shares.items():
            ideal[slot] += share
            widest_gap = max(widest_gap, abs(given[slot] - ideal[slot]))
    placed = given.total()
    lines = (
        TrialLine(
            line=now.line,
            limits=now.limits,
            tier=now.tier,
            gate=now.gate,
            given=given[slot],
            ideal=ideal[slot],
            as_backup=as_backup[slot],
            share=given[slot] / placed if placed else 0.0,
            weight_share=weight_share.get(slot, 0.0),
        )
        for slot, now in overview.lines.items()
        if now.gate is not Gate.RETIRED
    )
    return Trial(count=count, lines=tuple(lines), widest_gap=widest_gap, waitlisted=count - placed)


def picker_of(overview: Overview) -> Picker:
    """Return the model of a pool as it is now, turn for turn."""
    picker = Picker()
    for tier in picker.rotations:
        virtual_time, _ = overview.rotations[tier]
        picker.rotations[tier] = Rotation(virtual_time=virtual_time)
    for slot, now in overview.lines.items():
        picker.lines[slot] = PickedLine(now.line.health, now.limits, now.load, now.tier, now.gate, now.lag, now.picks)
        if now.tier is not Tier.NONE:
            rotation = picker.rotations[now.tier]
            rotation.join(slot, now.limits.weight)
            rotation.turns[slot].ve = now.virtual_time
    for tier, rotation in picker.rotations.items():
        _, rotation.remainder = overview.rotations[tier]  # joining reset it
    return picker


def _serving(picker: Picker) -> Rotation:
    """Return the rotation that serves now; an empty one when no line is left."""
    return next((rotation for rotation in picker.rotations.values() if rotation.turns), Rotation())


def _shares(rotation: Rotation) -> dict[int, float]:
    return {slot: turn.weight / rotation.total_weight for slot, turn in rotation.turns.items()}
