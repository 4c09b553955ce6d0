"""What visitors leave on the waitlist page: a number or an address however it is typed, or what is wrong with it."""

import pytest

from router.core.people.left_contact import ContactFault, read_contact, region_of
from router.core.people.personal_data import Identity
from router.core.phone import E164


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ("+12025550199", Identity(phone="+12025550199")),
        ("(202) 555-0199", Identity(phone="+12025550199")),
        ("202.555.0199", Identity(phone="+12025550199")),
        ("1 202 555 0199", Identity(phone="+12025550199")),
        ("+44 7700 900123", Identity(phone="+447700900123")),
        (" +1 202\N{NO-BREAK SPACE}555\N{EN DASH}0199 ", Identity(phone="+12025550199")),
        ("\N{LEFT-TO-RIGHT EMBEDDING}+1 202 555 0199\N{POP DIRECTIONAL FORMATTING}", Identity(phone="+12025550199")),
        ("２０２５５５０１９９", Identity(phone="+12025550199")),
        ("٢٠٢٥٥٥٠١٩٩", Identity(phone="+12025550199")),
        ("ada@example.com", Identity(email="ada@example.com")),
        (" Ada.L+x@Mail.Example.co.uk ", Identity(email="Ada.L+x@Mail.Example.co.uk")),
        ("ada@bücher.example", Identity(email="ada@bücher.example")),
    ],
)
def test_a_contact_is_read_however_it_is_typed(typed: str, contact: Identity) -> None:
    """People type separators, other digits and unseen marks; a number without a country is from the lines' region."""
    assert read_contact(typed, "US") == contact


def test_the_region_is_that_of_the_lines() -> None:
    """A British pool's visitors type British numbers."""
    assert region_of(E164("+447700900001")) == "GB"
    assert region_of(E164("+12025550101")) == "US"
    assert region_of(E164("+999999999999")) == "US"
    assert read_contact("07700 900123", "GB") == Identity(phone="+447700900123")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", ContactFault.EMPTY),
        ("   ", ContactFault.EMPTY),
        ("\N{ZERO WIDTH SPACE}", ContactFault.EMPTY),
        ("ada", ContactFault.EMAIL),
        ("ada@", ContactFault.EMAIL),
        ("ada@example", ContactFault.EMAIL),
        ("ada @example.com", ContactFault.EMAIL),
        ("a@b@example.com", ContactFault.EMAIL),
        ("ada@example.com\r\nBcc: x@example.com", ContactFault.EMAIL),
        ("x" * 250 + "@example.com", ContactFault.EMAIL),
        ("<script>", ContactFault.EMAIL),
        ("12", ContactFault.NUMBER),
        ("+", ContactFault.NUMBER),
        ("+0000000", ContactFault.NUMBER),
        ("1" * 300, ContactFault.NUMBER),
        ("202 555", ContactFault.NUMBER),
    ],
)
def test_what_nobody_can_be_written_to_at_is_named(typed: str, fault: ContactFault) -> None:
    """The form shows the reason beside the field."""
    assert read_contact(typed, "US") is fault
