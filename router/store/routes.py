"""The facts that decide whether to write to a person, and on which line, read at one moment."""

from dataclasses import dataclass

import msgspec

from router.core.assignment import Assignment
from router.core.code import Code, prefix_of
from router.core.line import LineHealth, OperatorState, Status
from router.core.time_units import DAY_MS
from router.store.formats import WRONG_LINE
from router.store.keys import PoolKeys
from router.store.line_records import ProviderWord, health_in, read_word, unpack_line
from router.store.server.operations import ROUTE
from router.store.server.scripts import Scripts

_GONE = LineHealth(operator_state=OperatorState.RETIRED, status=Status.RELEASED)
_decode = msgspec.msgpack.Decoder(Assignment).decode


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that a person texted although it cannot carry them, and when, by the store's clock."""

    slot: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRoute:
    """A person's assignment and the health of their own line.

    Attributes:
        heard_at_s: when they last texted; 0 if they never did.
        wished_at_s: when they last asked us to stop, or for messages again; 0 if they never did.
        home, provider: the health of the line they are on, and what the provider reported about it.
        wrong_line: the wrong line they texted within the last day, or None.
    """

    assignment: Assignment
    heard_at_s: int
    wished_at_s: int
    home: LineHealth
    provider: ProviderWord
    wrong_line: WrongLine | None


class Routes:
    """Reads the routes of people; it caches nothing."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def read(self, keys: PoolKeys, code: Code, *, now_ms: int) -> PersonRoute | None:
        """Return the route of a person; None for a code that nobody has."""
        day = now_ms // DAY_MS
        fixed = {
            **keys.picking,
            "health": keys.health,
            "records": keys.records(prefix_of(code)),
            "wrong_today": keys.wrong(day),
            "wrong_yesterday": keys.wrong(day - 1),
        }
        reply = await self._scripts.run(ROUTE.call(fixed, code=code))
        if not reply:
            return None
        packed, heard_at_s, wished_at_s, line, health, wrong = reply
        return PersonRoute(
            assignment=_decode(packed),
            heard_at_s=heard_at_s,
            wished_at_s=wished_at_s,
            home=health_in(unpack_line(line)) if line else _GONE,
            provider=read_word({b"": health}, b"") if health else ProviderWord(),
            wrong_line=_read_wrong(wrong, now_ms),
        )


def _read_wrong(packed: bytes, now_ms: int) -> WrongLine | None:
    if not packed:
        return None
    at_ms, slot = WRONG_LINE.unpack(packed)
    return WrongLine(slot, int(at_ms)) if now_ms - at_ms < DAY_MS else None
