"""What a line is owed, and what it owes: never more than one pick either way."""

import pytest

from router.core.picking.rotation import SCALE, lag_of

WEIGHT = 100
STRIDE = SCALE // WEIGHT


@pytest.mark.parametrize(
    ("behind", "lag"),
    [
        (STRIDE // 2, STRIDE // 2 * WEIGHT),
        (-(STRIDE // 2), -(STRIDE // 2) * WEIGHT),
        (STRIDE, SCALE),
        (-STRIDE, -SCALE),
        (50 * STRIDE, SCALE),
        (-50 * STRIDE, -SCALE),
    ],
)
def test_a_lag_is_clipped_to_one_pick(behind: int, lag: int) -> None:
    """A line that was away for long causes no burst when it returns, and one that was ahead causes no gap."""
    assert lag_of(behind, WEIGHT) == lag
