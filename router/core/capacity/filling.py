"""Share people out over lines with room, as the rotation does in the long run: by weight, until a line is full."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """A line with free places, and its part in the shares."""

    slot: int
    weight: int
    places: int


def share_out(people: int, rooms: Iterable[Room]) -> dict[int, int]:
    """Return how many of the people each line gets. They get fewer than `people` together if there is no more room.

    A line that fills up leaves its share to the others. What is left over in fractions goes to the largest remainders,
    the lower slot first, so that the same question has the same answer.
    """
    waiting = sorted((room for room in rooms if room.places > 0 and room.weight > 0), key=lambda room: room.slot)
    given: dict[int, int] = {}
    while waiting and people:
        total = sum(room.weight for room in waiting)
        full = [room for room in waiting if room.places * total <= people * room.weight]
        if not full:
            return given | _by_weight(people, waiting, total)
        given |= {room.slot: room.places for room in full}
        people -= sum(room.places for room in full)
        waiting = [room for room in waiting if room not in full]
    return given


def _by_weight(people: int, rooms: list[Room], total: int) -> dict[int, int]:
    whole = {room.slot: people * room.weight // total for room in rooms}
    left = people - sum(whole.values())
    remainders = sorted(rooms, key=lambda room: (-(people * room.weight % total), room.slot))
    for room in remainders[:left]:
        whole[room.slot] += 1
    return {slot: count for slot, count in whole.items() if count}
