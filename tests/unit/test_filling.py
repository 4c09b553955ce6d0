"""People are shared out by weight until lines are full."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.capacity.filling import Room, share_out


@pytest.mark.parametrize(
    ("people", "rooms", "given_to"),
    [
        (10, [(100, 50), (100, 50)], {0: 5, 1: 5}),
        (9, [(200, 50), (100, 50)], {0: 6, 1: 3}),
        (10, [(100, 2), (100, 50)], {0: 2, 1: 8}),
        (10, [(100, 2), (100, 3)], {0: 2, 1: 3}),
        (1, [(100, 5), (100, 5), (100, 5)], {0: 1}),
        (2, [(100, 5), (100, 5), (100, 5)], {0: 1, 1: 1}),
        (5, [(0, 9), (100, 3)], {1: 3}),
        (5, [(100, -4), (100, 3)], {1: 3}),
        (0, [(100, 4)], {}),
        (7, [], {}),
    ],
)
def test_people_go_by_weight_until_lines_are_full(
    people: int, rooms: Sequence[tuple[int, int]], given_to: dict[int, int]
) -> None:
    """A full line leaves its share to the others, and a parked one gets nobody."""
    assert share_out(people, [Room(slot, *shape) for slot, shape in enumerate(rooms)]) == given_to


@given(people=st.integers(0, 500), shapes=st.lists(st.tuples(st.integers(0, 100), st.integers(-5, 60)), max_size=8))
def test_nobody_is_lost_and_no_line_is_overfilled(people: int, shapes: list[tuple[int, int]]) -> None:
    """As many are placed as there is room for."""
    rooms = [Room(slot, *shape) for slot, shape in enumerate(shapes)]
    placed = share_out(people, rooms)
    assert sum(placed.values()) == min(people, sum(max(0, room.places) for room in rooms if room.weight))
    assert all(0 < count <= rooms[slot].places for slot, count in placed.items())
