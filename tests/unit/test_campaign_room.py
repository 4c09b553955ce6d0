"""Room for the people of a campaign: which lines are open, how many people fit, and which line each should text."""

from datetime import timedelta

import pytest

from router.core.campaigns.retries import NO_PAUSE, Pause
from router.core.campaigns.room import OpenLine, TargetPlan, open_line
from router.core.line import Line, LineLimits, LineLoad, Tier
from router.core.phone import E164
from router.core.picking.rotation import Rotation

LINE = Line(slot=1, number=E164("+12025550101"), weight=100)


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        (Tier.HEALTHY, OpenLine(weight=5000, warm_up_percent=50, places=15)),
        (Tier.RESERVE, OpenLine(weight=5000, warm_up_percent=50, places=15)),
        (Tier.AT_RISK, None),
        (Tier.NONE, None),
    ],
)
def test_a_line_is_open_in_the_two_tiers_that_backups_come_from(tier: Tier, expected: OpenLine | None) -> None:
    """A reservation takes a place by the share of reservations that become texts, rounded up."""
    limits = LineLimits(weight=5000, capacity=20, target=10, conversion_permille=500)
    assert open_line(LINE, limits, LineLoad(reserved=5, confirmed=2), tier) == expected


def rotation(*slots: int) -> Rotation:
    """Return a rotation of lines with one weight."""
    made = Rotation()
    for slot in slots:
        made.join(slot, 100)
    return made


def line(places: int, weight: int = 100) -> OpenLine:
    """Return an open line with some room."""
    return OpenLine(weight=weight, warm_up_percent=100, places=places)


def test_a_number_on_the_card_comes_before_the_rotation() -> None:
    """Among several numbers the line furthest behind its weight is chosen; a line without room never is."""
    plan = TargetPlan({1: line(9), 2: line(9, weight=200), 3: line(1)}, [rotation(1, 2, 3)], [])
    assert [plan.choose((1, 2)) for _ in range(3)] == [2, 1, 2]
    assert [plan.choose((3,)) for _ in range(2)] == [3, 1]


def test_a_full_line_is_passed_over_until_nobody_has_room() -> None:
    """The best tier is used first; a closed line, such as the one that people leave, is never used."""
    plan = TargetPlan({1: line(1), 2: line(2)}, [rotation(0, 1), rotation(2)], [0])
    assert [plan.choose(()) for _ in range(4)] == [1, 2, 2, None]
    assert plan.people == {1: 1, 2: 2}


def test_a_pause_ends_in_time_and_when_the_clock_is_set_back() -> None:
    """The rest of a pause is never longer than the pause."""
    pause = Pause.of(timedelta(seconds=2), now_ms=10_000)
    assert [pause.left_ms(now_ms) for now_ms in (10_000, 11_500, 12_000, 9_999)] == [2000, 500, 0, 0]
    assert NO_PAUSE.left_ms(0) == 0
