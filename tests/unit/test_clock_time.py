"""Times of day as operators write them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.clock_time import format_clock_time, parse_clock_time
from router.core.errors import InvalidInput


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_formatted_time_is_read_back(hours: int, minutes: int) -> None:
    """Every minute of a day is formatted and parsed back to itself."""
    assert parse_clock_time(format_clock_time(time(hours, minutes))) == time(hours, minutes)


@pytest.mark.parametrize("text", ["", "9", "9:00", "24:00", "12:60", "09:00:00", " 09:00", "09:00\n", "٠٩:٠٠", "-1:00"])
def test_anything_else_is_refused(text: str) -> None:
    """The refusal gives an example of a right value."""
    with pytest.raises(InvalidInput, match="such as 09:00"):
        parse_clock_time(text)
