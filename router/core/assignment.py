"""An assignment: one person on one line, and what the store returns about it.

These are msgspec structs, decoded straight from the store's reply. They are on the path of every signup, and a frozen
dataclass costs ten times as much to make.
"""

from enum import IntEnum, StrEnum
from hashlib import blake2s
from typing import Final

import msgspec

from router.core.code import Code
from router.core.line import Gate, Tier

_NO_LIVE_SLOT: Final = -1
NO_HOME: Final = 0xFFFF
_NO_SLOTS: Final = frozenset({_NO_LIVE_SLOT, NO_HOME})


class State(IntEnum):
    """The state of an assignment. The number is what the store holds."""

    RESERVED = 0
    CONFIRMED = 1
    MOVING = 2
    RELEASED = 3
    EXPIRED = 4
    OPTED_OUT = 5
    WAITLISTED = 6

    @property
    def word(self) -> str:
        """The state as the API writes it."""
        return _STATE_WORDS[self]

    @property
    def is_settled(self) -> bool:
        """Whether the person has texted, so that the line is theirs for good."""
        return self in _SETTLED

    @property
    def seen(self) -> "State":
        """The state to show the person.

        An expired reservation still looks reserved: their text is as welcome as before. A released assignment was
        merged into another one when its person texted, so it looks confirmed.
        """
        return {State.EXPIRED: State.RESERVED, State.RELEASED: State.CONFIRMED}.get(self, self)


_SETTLED: Final = frozenset({State.CONFIRMED, State.MOVING, State.OPTED_OUT})
_STATE_WORDS: Final = tuple(state.name.lower() for state in State)


class Outcome(StrEnum):
    """What the assign script did for one person.

    WAITLIST: no line can take them. If we can reach them later, they have an assignment and wait. MISMATCH: the
    idempotency key belongs to another request. ELSEWHERE and CROWDED never leave the service, which tries again:
    with the code that was found, or with new candidate codes.
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
    """A person's record as the store returns it. Lines are given by their slots.

    Attributes:
        home_slot: their own line; NO_HOME for a person on the waitlist, and if the line is no longer ours.
        live_slot: like `slot`, with -1 for None.
        backups: the further lines on their card, without those that are no longer ours.
        created_at_s, expires_at_s, confirmed_at_s: wall clock in seconds; confirmed_at_s is 0 until confirmed.
        marks: the bits behind `is_suppressed`, `is_quiet`, `is_invited` and `must_renew`.
        origin: where they came from and what they agreed to, for `decode_origin`; empty if nothing is known.
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
    origin: str = ""

    @property
    def is_suppressed(self) -> bool:
        """Whether they texted us to stop, and have not taken it back."""
        return bool(self.marks & 1)

    @property
    def seen(self) -> State:
        """The state as the person sees it: they stopped us, whether the provider acts on their words or not."""
        seen = self.state.seen
        return State.OPTED_OUT if self.is_suppressed and seen in _SETTLED else seen

    @property
    def is_quiet(self) -> bool:
        """Whether they asked on their page for no more prompts, whatever they text."""
        return bool(self.marks & 2)

    @property
    def is_invited(self) -> bool:
        """Whether they were invited from the waitlist and have not texted yet."""
        return bool(self.marks & 4)

    @property
    def must_renew(self) -> bool:
        """Whether they need other backups: one is no longer ours, or none of their lines can carry them."""
        return bool(self.marks & 256)

    @property
    def slots(self) -> tuple[int, ...]:
        """Every line to show them, best first: the one to text now, their backups, and their own if it is another.

        Page, card and API all show these, so they never disagree.
        """
        live, home, backups = self.live_slot, self.home_slot, self.backups
        if live == home and home not in backups and home not in _NO_SLOTS and not _NO_SLOTS.intersection(backups):
            return (home, *backups)  # so it is for nearly everybody
        slots = dict.fromkeys((live, *backups, home))
        return tuple([slot for slot in slots if slot not in _NO_SLOTS])

    @property
    def slot(self) -> int | None:
        """The line to text now: their own, else a backup. For a moving person, the line they were asked to text.

        None when none of these lines works.
        """
        return None if self.live_slot == _NO_LIVE_SLOT else self.live_slot

    @property
    def is_rerouted(self) -> bool:
        """Whether the line to text now is not their own."""
        return self.live_slot not in {self.home_slot, _NO_LIVE_SLOT}

    @property
    def fingerprint(self) -> str:
        """Eight digits that change whenever their page must show something else: the state or one of the lines."""
        shown = f"{self.seen} {self.slot} {self.is_rerouted} {self.slots}"
        return blake2s(shown.encode(), digest_size=4).hexdigest()


class Signup(msgspec.Struct, array_like=True, gc=False):
    """The result of one person's signup request.

    Attributes:
        found: with ELSEWHERE, the code that belongs to the person's identity.
        assignment: None where the person got none.
        held_back: how many lines each gate held back at that moment. A whole batch shares one count.
    """

    outcome: Outcome
    reason: Reason = Reason.NO_ROOM
    is_new: bool = False
    found: Code = Code("")
    assignment: Assignment | None = None
    held_back: dict[Gate, int] = {}
