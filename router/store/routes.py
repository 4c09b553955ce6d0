"""What decides whether and where to write to a person, read at one moment."""

from dataclasses import dataclass
from struct import Struct

import msgspec

from router.core.assignment import Assignment
from router.core.code import Code, prefix_of
from router.core.line import LineHealth, OperatorState, Status
from router.store.keys import PoolKeys
from router.store.line_records import ProviderWord, health_in, read_word, unpack_line
from router.store.scripts import Scripts

_WRONG = Struct(">dH")
_DAY_MS = 86_400_000
_GONE = LineHealth(operator_state=OperatorState.RETIRED, status=Status.RELEASED)
_decode = msgspec.msgpack.Decoder(Assignment).decode


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that a person texted although it can not carry them; when, by the store's clock."""

    slot: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands, and their own line with them.

    Attributes:
        heard_at_s: when they last texted; 0 if they never did.
        home, provider: what holds for the line they are on, and what the provider says of it.
        wrong_line: the one they texted within the last day, or None.
    """

    assignment: Assignment
    heard_at_s: int
    home: LineHealth
    provider: ProviderWord
    wrong_line: WrongLine | None


class Routes:
    """Reads where people stand; nothing of it is kept."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def read(self, keys: PoolKeys, code: Code, *, now_ms: int) -> Standing | None:
        """Return where a person stands at this moment; None for a code nobody has."""
        day = now_ms // _DAY_MS
        names = [*keys.picking, keys.health, keys.records(prefix_of(code)), keys.wrong(day), keys.wrong(day - 1)]
        reply = await self._scripts.call("route", names, code)
        if not reply:
            return None
        packed, heard_at_s, line, health, wrong = reply
        return Standing(
            assignment=_decode(packed),
            heard_at_s=heard_at_s,
            home=health_in(unpack_line(line)) if line else _GONE,
            provider=read_word({b"": health}, b"") if health else ProviderWord(),
            wrong_line=_read_wrong(wrong, now_ms),
        )


def _read_wrong(packed: bytes, now_ms: int) -> WrongLine | None:
    if not packed:
        return None
    at_ms, slot = _WRONG.unpack(packed)
    return WrongLine(slot, int(at_ms)) if now_ms - at_ms < _DAY_MS else None
