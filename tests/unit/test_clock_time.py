"""Times of day as operators write them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.clock_time import parse_clock_time, spell_clock_time
from router.core.errors import InvalidInput


@given(st.integers(0, 23), st.integers(0, 59))
def test_what_is_spelled_is_read_back(hours: int, minutes: int) -> None:
    """Every minute of a day."""
    assert parse_clock_time(spell_clock_time(time(hours, minutes))) == time(hours, minutes)


@pytest.mark.parametrize("text", ["", "9", "9:00", "24:00", "12:60", "09:00:00", " 09:00", "09:00\n", "٠٩:٠٠", "-1:00"])
def test_anything_else_is_refused(text: str) -> None:
    """With an example of what is right."""
    with pytest.raises(InvalidInput, match="such as 09:00"):
        parse_clock_time(text)
