"""Model how a person gets other backups, if some of theirs are no longer ours or if no line can carry them.

`store/lua/shared/renewal.lua` does the same in the store, and tests/property/test_renewal_agrees.py compares the two.
No place is taken and no count changes: that happens when the person texts the new line.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from router.core.assignment import State
from router.core.code import Code
from router.core.line import LineHealth, OperatorState, Status, Tier
from router.core.picking.picker import Picker

_RADIX = 31
_MOST_BACKUPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What of a person's record decides which line they text.

    Attributes:
        home: slot of their own line.
        backups: slots of the further lines on their card, best first.
        excluded: slots they must not get.
    """

    code: Code
    state: State
    home: int
    backups: tuple[int, ...]
    excluded: frozenset[int] = frozenset()


def is_ours(health: LineHealth) -> bool:
    """Whether the number of a line is ours. One that we gave back may be a stranger's soon."""
    return health.operator_state is not OperatorState.RETIRED and health.status is not Status.RELEASED


def can_carry(health: LineHealth) -> bool:
    """Whether a person can text a line and be answered."""
    return health.operator_state is not OperatorState.RETIRED and health.status is Status.ACTIVE


def live_slot_of(picker: Picker, person: Standing) -> int | None:
    """Return the line to text now: the one a moving person was asked to text, else their own, else a backup."""
    asked = person.backups[:1] if person.state is State.MOVING else ()
    slots = (*asked, person.home, *person.backups)
    return next((slot for slot in slots if can_carry(picker.lines[slot].health)), None)


def renew_backups(picker: Picker, person: Standing, wanted: int) -> Standing:
    """Return a person whose backups are ours and whom a line can carry, as far as lines have room.

    Args:
        picker: the lines.
        person: someone with a line of their own.
        wanted: how many backups the pool gives.
    """
    kept = tuple(slot for slot in person.backups if is_ours(picker.lines[slot].health))
    is_stranded = live_slot_of(picker, person) is None
    if kept == person.backups and not is_stranded:
        return person
    has_lost_target = person.state is State.MOVING and kept[:1] != person.backups[:1]
    if has_lost_target and _is_in_use(picker.lines[person.home].health):
        person, has_lost_target = replace(person, state=State.CONFIRMED), False
    leads, most = has_lost_target or is_stranded, max(wanted, len(person.backups), 1)
    missing = min(_MOST_BACKUPS, max(most - len(kept), int(leads)))
    excluded, turn = {*person.excluded, *kept}, _turn_of(person.code)
    fresh = picker.choose_backups(person.home, missing, excluded, met=turn)
    if leads and not fresh:
        fresh = _choose_at_risk(picker, excluded, turn)
    return replace(person, backups=((*fresh, *kept) if leads else (*kept, *fresh))[:most])


def _is_in_use(health: LineHealth) -> bool:
    return health.operator_state is OperatorState.READY and health.status is Status.ACTIVE


def _turn_of(code: Code) -> int:
    turn = 0
    for letter in code:
        turn = turn * _RADIX + ord(letter)
    return turn


def _choose_at_risk(picker: Picker, excluded: Collection[int], turn: int) -> tuple[int, ...]:
    slots = sorted(slot for slot, line in picker.lines.items() if line.tier is Tier.AT_RISK and slot not in excluded)
    return (slots[turn % len(slots)],) if slots else ()
