"""An assignment: one person on one line, and the words the store answers with.

Both are decoded straight from the store's reply, on the path of every signup, so they are msgspec structs: a frozen
dataclass costs ten times as much to make.
"""

from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from router.core.code import Code
from router.core.line import Gate, Tier

_NO_SLOT: Final = -1
NO_HOME: Final = 0xFFFF


class State(IntEnum):
    """Where a person stands; the number is what the record keeps."""

    RESERVED = 0
    CONFIRMED = 1
    MOVING = 2
    RELEASED = 3
    EXPIRED = 4
    OPTED_OUT = 5
    WAITLISTED = 6

    @property
    def word(self) -> str:
        """The state as the API spells it."""
        return _STATE_WORDS[self]

    @property
    def seen(self) -> "State":
        """The state as its person sees it.

        A text to an expired place is as welcome as before; a signup is released when its person texted, and is known
        by another one.
        """
        return {State.EXPIRED: State.RESERVED, State.RELEASED: State.CONFIRMED}.get(self, self)


_STATE_WORDS: Final = tuple(state.name.lower() for state in State)


class Outcome(StrEnum):
    """What the assign script did for one person.

    WAITLIST: no line can take them; whoever can be told of room later has an assignment, and waits. MISMATCH: the
    idempotency key belongs to another request. ELSEWHERE and CROWDED ask the caller to try again, with the code that
    was found as known or with other candidates; nobody else gets to see them.
    """

    NEW = "new"
    EXISTING = "existing"
    RENEWED = "renewed"
    MOVED = "moved"
    REPLAYED = "replayed"
    WAITLIST = "waitlist"
    MISMATCH = "mismatch"
    ELSEWHERE = "elsewhere"
    CROWDED = "crowded"


class Reason(StrEnum):
    """Why a person has this line."""

    ROTATION = "rotation"
    RESERVE = "reserve"
    AT_RISK = "at_risk"
    PREFERRED = "preferred"
    EXISTING = "existing"
    BACKUP = "backup"
    NO_ROOM = "no_room"


class Assignment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A person's record as the store keeps it, with slots for lines.

    Attributes:
        home_slot: the line the record names; NO_HOME for one who waits for a line.
        live_slot: as `slot`, with -1 for None.
        created_at_s, expires_at_s, confirmed_at_s: wall clock in seconds; confirmed_at_s is 0 until confirmed.
        marks: bits of what else is known of them, by `is_suppressed`, `is_quiet` and `is_invited`.
    """

    code: Code
    state: State
    live_slot: int
    home_slot: int
    backups: tuple[int, ...]
    tier: Tier
    created_at_s: int
    expires_at_s: int
    confirmed_at_s: int
    marks: int = 0

    @property
    def is_suppressed(self) -> bool:
        """Whether their last text asked us to stop."""
        return bool(self.marks & 1)

    @property
    def is_quiet(self) -> bool:
        """Whether they want no prompts, whatever they text."""
        return bool(self.marks & 2)

    @property
    def is_invited(self) -> bool:
        """Whether they were invited off the waitlist, and have not texted yet."""
        return bool(self.marks & 4)

    @property
    def slot(self) -> int | None:
        """The line to text now: their own, else a backup; for one who is moving, the one they were asked to text.

        None when none of them can carry the person.
        """
        return None if self.live_slot == _NO_SLOT else self.live_slot

    @property
    def is_rerouted(self) -> bool:
        """Whether the person is answered with another line than their own."""
        return self.live_slot not in {self.home_slot, _NO_SLOT}


class Signup(msgspec.Struct, array_like=True, gc=False):
    """What became of one person's request.

    Attributes:
        found: the code an identity led to, with ELSEWHERE.
        assignment: None where nobody got a line.
        held_back: how many lines each gate held back at that moment; the same for a whole batch.
    """

    outcome: Outcome
    reason: Reason = Reason.NO_ROOM
    is_new: bool = False
    found: Code = Code("")
    assignment: Assignment | None = None
    held_back: dict[Gate, int] = {}
