"""Lines of a pool: what was set, what holds, and how full each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import Struct

import msgspec

from router.core.errors import Conflict, NotFound, Refused
from router.core.line import (
    MAX_LINES_PER_POOL,
    Gate,
    Line,
    LineLimits,
    LineLoad,
    OperatorState,
    Reputation,
    Status,
    Tier,
)
from router.core.phone import mask
from router.core.rotation import lag_of
from router.store.keys import HOURS_COUNTED, PoolKeys
from router.store.scripts import Scripts

_LINE = Struct(">BBBBBBIIIIIIIId")
_ROTATION = Struct(">8sdIdddddd")
_NO_LIMIT = 0xFFFFFFFF
_HOUR_MS = 3_600_000
_OPERATOR_STATES, _STATUSES, _REPUTATIONS, _GATES = (
    tuple(OperatorState),
    tuple(Status),
    tuple(Reputation),
    tuple(Gate),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNow:
    """A line and where it stands at this moment.

    Attributes:
        picks: people it was ever given.
        lag: what the rotation owes it, in SCALE units of a pick.
        virtual_time: `ve` of a line inside a rotation, else 0; with it a model can take over exactly here.
    """

    line: Line
    limits: LineLimits
    load: LineLoad
    tier: Tier
    gate: Gate
    picks: int
    lag: int
    virtual_time: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All lines of a pool by slot, and virtual time and its remainder for each tier."""

    lines: dict[int, LineNow]
    rotations: tuple[tuple[int, int], ...]


class Lines:
    """Operations on the lines of any pool."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def put(self, keys: PoolKeys, line: Line, limits: LineLimits, *, is_new: bool) -> int:
        """Write a line decided on the revision before `line.revision`, and return its slot.

        Raises:
            Conflict: the number is in the pool already, or someone changed the line first.
            NotFound: no such pool or line.
            Refused: the pool has as many lines as it may.
        """
        # The script puts the slot in place of "SLOT", so no label or reason may spell that word the same way.
        text = msgspec.json.encode(line).decode().replace('"SLOT"', '"\\u0053LOT"')
        if is_new:
            text = text.replace(f'"slot":{line.slot}', '"slot":"SLOT"', 1)
        reply = await self._scripts.change(
            "put_line",
            [*keys.picking, keys.line, keys.numbers, keys.version, keys.config],
            line.number,
            "" if is_new else line.slot,
            line.revision - 1,
            text,
            _OPERATOR_STATES.index(line.health.operator_state),
            _STATUSES.index(line.health.status),
            _REPUTATIONS.index(line.health.reputation),
            *_limit_arguments(limits),
            MAX_LINES_PER_POOL + 1,  # the script counts the fields of `numbers`, of which `next` is one
        )
        word = str(reply[0], "ascii")
        if word == "put":
            return int(reply[1])
        shown = mask(line.number)
        raise {
            "exists": Conflict(f"The pool has a line {shown} already. Change that one instead."),
            "stale": Conflict(f"Line {shown} was changed by someone else a moment ago. Read it again, then change it."),
            "unknown": NotFound(f"The pool has no line {shown}."),
            "no_pool": NotFound("There is no such pool. Create it first."),
            "full": Refused(f"A pool has at most {MAX_LINES_PER_POOL} lines. Start a second pool."),
        }[word]

    async def overview(self, keys: PoolKeys) -> Overview:
        """Return all lines and where they stand, read at one moment."""
        settings, packed, rotation = await self._scripts.call("overview", [*keys.picking, keys.line])
        packed_of = _pairs(packed)
        fields = _ROTATION.unpack(rotation) if rotation else (b"",) + (0,) * 8
        rotations = tuple((int(fields[3 + tier]), int(fields[6 + tier])) for tier in range(3))
        lines = {
            int(slot): _read_line(msgspec.json.decode(text, type=Line), packed_of[slot], rotations)
            for slot, text in sorted(_pairs(settings).items())
            if slot in packed_of
        }
        return Overview(lines, rotations)

    async def refresh(self, keys: PoolKeys, changed: Mapping[int, tuple[int, LineLimits]], *, now_ms: int) -> int:
        """Bring a pool to `now_ms`: limits of lines that warm up (slot → revision, limits) and the rolling 24 h.

        Returns:
            How many lines changed.
        """
        hour = now_ms // _HOUR_MS
        names = [*keys.picking, keys.line]
        names += [keys.arrivals(hour - back) for back in reversed(range(HOURS_COUNTED))]
        arguments: list[str | int] = [hour]
        for slot, (revision, limits) in changed.items():
            arguments += [slot, revision, *_limit_arguments(limits)]
        reply = await self._scripts.change("refresh", names, *arguments)
        return int(reply[1])


def _limit_arguments(limits: LineLimits) -> Sequence[str | int]:
    allowance = "" if limits.new_people_per_day is None else limits.new_people_per_day
    return (limits.weight, limits.capacity, limits.target, allowance, int(limits.is_warming))


def _pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _read_line(line: Line, packed: bytes, rotations: Sequence[tuple[int, int]]) -> LineNow:
    _, _, _, tier, gate, warming, weight, capacity, target, allowance, *rest = _LINE.unpack(packed)
    reserved, confirmed, new_24h, picks, at = rest
    in_rotation = tier != Tier.NONE
    return LineNow(
        line=line,
        limits=LineLimits(
            weight=weight,
            capacity=capacity,
            target=target,
            new_people_per_day=None if allowance == _NO_LIMIT else allowance,
            is_warming=bool(warming),
        ),
        load=LineLoad(reserved=reserved, confirmed=confirmed, new_24h=new_24h),
        tier=Tier(tier),
        gate=_GATES[gate],
        picks=picks,
        lag=lag_of(rotations[tier][0] - int(at), weight) if in_rotation else int(at),
        virtual_time=int(at) if in_rotation else 0,
    )
