"""The verdicts N−1 and N−2: what the worst loss of one or two lines would mean."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.capacity.losses import LossOfAny, losses, worst_loss
from router.core.capacity.planned_line import PlannedLine


def line(slot: int, people: int, capacity: int = 700, *, takes: bool = True, carries: bool = True) -> PlannedLine:
    """Return a line without a reserve."""
    return PlannedLine(
        slot=slot, people=people, capacity=capacity, target=capacity, takes_people=takes, carries_people=carries
    )


@pytest.mark.parametrize(
    ("lines", "slots", "short_by", "is_bearable"),
    [
        ([line(0, 100), line(1, 100)], (0,), 0, True),
        ([line(0, 100), line(1, 200), line(2, 150)], (1,), 0, True),
        # The line with the room is the hard one to lose, though another has more people.
        ([line(0, 700), line(1, 600, capacity=2000)], (1,), 600, False),
        # Another line has people, but only one takes new ones.
        ([line(0, 10, takes=False), line(1, 0)], (1,), 0, False),
        ([line(0, 0)], (0,), 0, False),
        ([], (), 0, False),
    ],
)
def test_the_line_that_is_hardest_to_lose_is_found(
    lines: list[PlannedLine], slots: tuple[int, ...], short_by: int, *, is_bearable: bool
) -> None:
    """It is not always the one with the most people."""
    worst = worst_loss(lines, 1)
    assert (worst.slots, worst.short_by, worst.is_bearable) == (slots, short_by, is_bearable)


def test_two_lines_are_lost_at_once() -> None:
    """What three lines of 700 with 350 each bear, and what they do not."""
    one, two = losses([line(0, 350), line(1, 350), line(2, 350)])
    assert (one.is_bearable, one.room, one.count) == (True, 700, 1)
    assert (two.is_bearable, two.people, two.room, two.short_by, two.others) == (False, 700, 350, 350, 1)
    assert two.lines_to_survive(700) == 1
    assert one.lines_to_survive(700) == 0


def test_a_pool_of_one_line_can_lose_neither_one_nor_two() -> None:
    """There is no second line to lose, and the verdict stands."""
    one, two = losses([line(0, 5)])
    assert one.slots == two.slots == (0,)
    assert not one.is_bearable
    assert not two.is_bearable


LINES = st.lists(
    st.builds(
        lambda people, capacity, takes, carries: (people, capacity, takes and carries, carries),
        people=st.integers(0, 30),
        capacity=st.integers(1, 30),
        takes=st.booleans(),
        carries=st.sampled_from([True, True, True, False]),
    ),
    max_size=7,
)


@given(shapes=LINES, count=st.integers(1, 2))
@settings(max_examples=1000, deadline=None)
def test_no_other_choice_of_lines_is_harder_to_bear(shapes: list[tuple[int, int, bool, bool]], count: int) -> None:
    """Brute force over every choice agrees on the verdict and on how many people are left over."""
    lines = [
        line(slot, people, capacity, takes=takes, carries=carries)
        for slot, (people, capacity, takes, carries) in enumerate(shapes)
    ]
    live = [one for one in lines if one.carries_people]
    lost_already = sum(one.people for one in lines if not one.carries_people)
    every = []
    for gone in combinations(live, min(count, len(live))):
        others = [one for one in lines if one.takes_people and one not in gone]
        room = sum(max(0, one.capacity - one.people) for one in others) - lost_already
        every.append(
            LossOfAny(
                count=count,
                slots=tuple(one.slot for one in gone),
                people=sum(one.people for one in gone),
                room=max(0, room),
                others=len(others),
            )
        )
    worst = worst_loss(lines, count)
    assert worst.is_bearable is all(loss.is_bearable for loss in every)
    assert worst.short_by == max(loss.short_by for loss in every)
