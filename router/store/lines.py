"""Lines of a pool: their settings, the provider's reports, their limits, and how full each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from router.core.errors import Conflict, NotFound, Refused
from router.core.line import MAX_LINES_PER_POOL, Line, LineLimits
from router.core.phone import mask
from router.core.time_units import DAY_MS
from router.store.formats import NO_LIMIT, ROTATION
from router.store.keys import PoolKeys
from router.store.line_records import (
    OPERATOR_STATES,
    LineNow,
    limit_numbers,
    read_line,
    read_word,
    settings_of,
)
from router.store.server.operation import Argument, Items
from router.store.server.operations import LIMIT_ARGUMENTS, OVERVIEW, PUT_LINE, REFRESH
from router.store.server.scripts import Scripts


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
        """Write an operator's settings of a line, decided on the revision before `line.revision`; return its slot.

        Status and reputation stay as the provider reported them; a new line is ACTIVE and HEALTHY.

        Raises:
            Conflict: the number is in the pool already, or someone changed the line first.
            NotFound: no such pool or line.
            Refused: the pool has its maximum of lines.
        """
        # The script replaces "SLOT" by the slot, so a label or a reason that holds this text is escaped.
        text = msgspec.json.encode(settings_of(line)).decode().replace('"SLOT"', '"\\u0053LOT"')
        if is_new:
            text = text.replace(f'"slot":{line.slot}', '"slot":"SLOT"', 1)
        call = PUT_LINE.call(
            {
                **keys.picking,
                "line": keys.line_settings,
                "numbers": keys.numbers,
                "version": keys.version,
                "config": keys.config,
            },
            number=line.number,
            slot="" if is_new else line.slot,
            revision=line.revision - 1,
            settings=text,
            operator_state=OPERATOR_STATES.index(line.health.operator_state),
            **_limit_arguments(limits),
            most_fields=MAX_LINES_PER_POOL + 1,  # the script counts the fields of `numbers`, of which `next` is one
        )
        reply = await self._scripts.run(call)
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
        """Return all lines with their limits and load, read at one moment."""
        call = OVERVIEW.call({**keys.picking, "line": keys.line_settings, "health": keys.health})
        settings, packed, rotation, health = await self._scripts.run(call)
        packed_of, health_of = _pairs(packed), _pairs(health)
        fields = ROTATION.unpack(rotation) if rotation else (b"",) + (0,) * 8
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
            keys: the pool.
            changed: slot → the revision its limits were derived from, and the limits.
            now_ms: the store's clock.
            suspicion: how long a line stays benched after the last failure of a message.
            silent_since_ms: the provider has sent nothing since then; lines not heard from since become unverified.

        Returns:
            How many lines changed.
        """
        fixed = {
            **keys.picking,
            "line": keys.line_settings,
            "health": keys.health,
            "arrivals": keys.arrivals,
            "traffic": keys.traffic(now_ms // DAY_MS),
        }
        given = [_limit_arguments(limits) for _, limits in changed.values()]
        call = REFRESH.call(
            fixed,
            Items(
                args={
                    "slot": [*changed],
                    "revision": [revision for revision, _ in changed.values()],
                    **{name: [numbers[name] for numbers in given] for name in LIMIT_ARGUMENTS},
                }
            ),
            now_ms=now_ms,
            suspicion_ms=suspicion // timedelta(milliseconds=1),
            silent_since_ms="" if silent_since_ms is None else silent_since_ms,
        )
        return int((await self._scripts.run(call))[1])


def _limit_arguments(limits: LineLimits) -> dict[str, Argument]:
    numbers = zip(LIMIT_ARGUMENTS, limit_numbers(limits), strict=True)
    return {name: "" if number == NO_LIMIT else number for name, number in numbers}


def _pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
