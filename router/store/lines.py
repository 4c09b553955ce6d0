"""Lines of a pool: what was set, what the provider says, what holds, and how full each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from struct import Struct

import msgspec

from router.core.errors import Conflict, NotFound, Refused
from router.core.line import MAX_LINES_PER_POOL, Line, LineLimits
from router.core.phone import mask
from router.store.keys import PoolKeys
from router.store.line_records import (
    NO_LIMIT,
    OPERATOR_STATES,
    LineNow,
    limit_numbers,
    read_line,
    read_word,
    settings_of,
)
from router.store.scripts import Argument, Scripts

_ROTATION = Struct(">8sdIdddddd")
_DAY_MS = 86_400_000


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
        """Write what the operator wants of a line, decided on the revision before `line.revision`; return its slot.

        Status and reputation stay what the provider's reports made them; a new line is ACTIVE and HEALTHY.

        Raises:
            Conflict: the number is in the pool already, or someone changed the line first.
            NotFound: no such pool or line.
            Refused: the pool has as many lines as it may.
        """
        # The script puts the slot in place of "SLOT", so no label or reason may spell that word the same way.
        text = msgspec.json.encode(settings_of(line)).decode().replace('"SLOT"', '"\\u0053LOT"')
        if is_new:
            text = text.replace(f'"slot":{line.slot}', '"slot":"SLOT"', 1)
        reply = await self._scripts.change(
            "put_line",
            [*keys.picking, keys.line, keys.numbers, keys.version, keys.config],
            line.number,
            "" if is_new else line.slot,
            line.revision - 1,
            text,
            OPERATOR_STATES.index(line.health.operator_state),
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
        settings, packed, rotation, health = await self._scripts.call(
            "overview", [*keys.picking, keys.line, keys.health]
        )
        packed_of, health_of = _pairs(packed), _pairs(health)
        fields = _ROTATION.unpack(rotation) if rotation else (b"",) + (0,) * 8
        rotations = tuple((int(fields[3 + tier]), int(fields[6 + tier])) for tier in range(3))
        lines = {
            int(slot): read_line(text, packed_of[slot], read_word(health_of, slot), rotations)
            for slot, text in sorted(_pairs(settings).items())
            if slot in packed_of
        }
        return Overview(lines, rotations)

    async def refresh(
        self,
        keys: PoolKeys,
        changed: Mapping[int, tuple[int, LineLimits]],
        *,
        now_ms: int,
        suspicion: timedelta = timedelta(minutes=30),
        silent_since_ms: int | None = None,
    ) -> int:
        """Bring a pool to `now_ms`: limits of lines that warm up (slot → revision, limits) and the rolling 24 h.

        Args:
            keys: whose pool.
            changed: slot → the revision its limits were derived from, and the limits.
            now_ms: the store's clock.
            suspicion: how long a line stays benched after the last failure of a message.
            silent_since_ms: the provider has told nothing since then: lines not heard of since become unverified.

        Returns:
            How many lines changed.
        """
        names = [*keys.picking, keys.line, keys.health, keys.arrivals, keys.traffic(now_ms // _DAY_MS)]
        silent: str | int = "" if silent_since_ms is None else silent_since_ms
        arguments: list[Argument] = [now_ms, suspicion // timedelta(milliseconds=1), silent]
        for slot, (revision, limits) in changed.items():
            arguments += [slot, revision, *_limit_arguments(limits)]
        reply = await self._scripts.change("refresh", names, *arguments)
        return int(reply[1])


def _limit_arguments(limits: LineLimits) -> Sequence[str | int]:
    return ["" if number == NO_LIMIT else number for number in limit_numbers(limits)]


def _pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
