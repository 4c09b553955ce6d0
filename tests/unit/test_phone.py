"""Phone numbers: strict E.164, and how much of one is shown."""

import pytest

from router.core.errors import InvalidNumber
from router.core.phone import mask, parse_e164


@pytest.mark.parametrize("text", ["+12025550101", "+12345678", "+123456789012345"])
def test_a_number_of_8_to_15_digits_is_taken(text: str) -> None:
    """The number is accepted as it is."""
    assert parse_e164(text) == text


@pytest.mark.parametrize(
    "text", ["", "12025550101", "+1234567", "+1234567890123456", "+02025550101", "+1 2025550101", "+1202555010１"]
)
def test_what_needs_cleaning_is_refused(text: str) -> None:
    """A wrong guess would send a person to a stranger's phone."""
    with pytest.raises(InvalidNumber):
        parse_e164(text)


def test_logs_show_four_digits() -> None:
    """Four digits are enough to distinguish an operator's lines."""
    assert mask("+12025550101") == "••••••••0101"
