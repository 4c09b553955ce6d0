"""What people and operators type for a phone number: what is read, what is refused, and what is proposed instead."""

import pytest

from router.core.errors import InvalidNumber
from router.core.numbers.number_check import Likelihood, check_number
from router.core.numbers.typed_number import (
    read_handle_number,
    read_line_number,
    read_person_number,
    read_provider_number,
    read_strict,
)

GOOD = "+12025550144"


@pytest.mark.parametrize(
    "number",
    [
        GOOD,
        "+12025550001",
        "+447700900124",
        "+33639980001",
        "+61491570006",
        "+4915123456789",
        "+390612345678",
        "+18005550199",
        "+14413701234",
        "+525555550101",
        "+5491150505050",
        "+78123456789",
        "+8613812345678",
    ],
)
def test_a_number_that_can_exist_is_a_line_without_a_doubt(number: str) -> None:
    """It is accepted as it is. That holds for the fictional numbers of tests and guides."""
    read = read_line_number(number)
    assert (read.number, read.warning) == (number, "")
    assert read_person_number(number) == number


@pytest.mark.parametrize("area", ["621", "679", "861", "436", "837", "457", "471", "483", "565", "624", "729", "924"])
def test_an_area_code_that_is_younger_than_our_tables_gets_a_warning(area: str) -> None:
    """Area codes in service that phonenumbers does not know are accepted, and the answer names the doubt."""
    read = read_line_number(f"+1{area}2345678")
    assert f"area code {area} is in no table" in read.warning
    assert read_person_number(f"+1{area}2345678") == f"+1{area}2345678"


WRONG = [
    ("+112125550144", "the country code 1 is there twice", "+12125550144"),
    ("+999999999999", "no country code begins like this", None),
    ("+121255501", "8 digits after the country code 1, and 10 are right", None),
    ("+1212555014455", "12 digits after the country code 1", None),
    ("+11111111111", "111 cannot be an area code", None),
    ("+10125550144", "012 cannot be an area code", None),
    ("+19115550144", "911 cannot be an area code", None),
    ("+12021550144", "155 cannot follow an area code", None),
    ("+12029110144", "911 cannot follow an area code", None),
    ("+19005550144", "a premium-rate number", None),
    ("+44770090012", "9 digits after the country code 44, and 10 are right", None),
    ("+4477009001244", "11 digits after the country code 44, and 10 are right", None),
    ("+44447700900123", "12 digits after the country code 44", "+447700900123"),
    ("+449098790000", "a premium-rate number", None),
    ("+3630123456", "8 digits after the country code 36, and 9 are right", None),
    ("+97412345678901", "digits after the country code 974", None),
    ("+210123456789", "no country code begins like this", None),
]


@pytest.mark.parametrize(("number", "why", "likely"), WRONG)
def test_a_number_that_cannot_exist_is_refused_with_the_reason(number: str, why: str, likely: str | None) -> None:
    """The message says what is wrong, and proposes the likely right number. An operator who insists gets a warning."""
    for read in (read_line_number, read_person_number):
        with pytest.raises(InvalidNumber) as caught:
            read(number)
        assert why in str(caught.value)
        assert (f"Did you mean {likely}?" in str(caught.value)) == (likely is not None)
    unchecked = read_line_number(number, unchecked=True)
    assert (unchecked.number, why in unchecked.warning) == (number, True)


@pytest.mark.parametrize(
    ("number", "why", "likely"),
    [
        ("+4407700900124", "the 0 that people dial at home", "+447700900124"),
        ("+49015123456789", "the 0 that people dial at home", "+4915123456789"),
        ("+3606301234567", "the 06 that people dial at home", "+36301234567"),
        ("+789123456789", "the 8 that people dial at home", "+79123456789"),
        ("+5215555550101", "before its country changed its numbers", "+525555550101"),
        ("+22997000001", "before its country changed its numbers", "+2290197000001"),
        ("+22507000001", "before its country changed its numbers", "+2250707000001"),
        ("+551187654321", "before its country changed its numbers", "+5511987654321"),
        ("+54111550505050", "digits that are not dialled", "+5491150505050"),
    ],
)
def test_another_spelling_is_read_from_people_and_proposed_to_operators(number: str, why: str, likely: str) -> None:
    """It can mean only one number. A person is known by that one; an operator's line must be written so."""
    assert read_person_number(number) == likely
    with pytest.raises(InvalidNumber) as caught:
        read_line_number(number)
    assert caught.value.field == "number"
    assert why in str(caught.value)
    assert f"Did you mean {likely}?" in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+1 (202) 555-0144", GOOD),
        ("+1.202.555.0144", GOOD),
        (" +1 202 555 0144 ", GOOD),
        ("+1\N{NON-BREAKING HYPHEN}202\N{EN DASH}555\N{MINUS SIGN}0144", GOOD),
        ("+1\N{NO-BREAK SPACE}202\N{NARROW NO-BREAK SPACE}555\t0144", GOOD),
        ("\N{LEFT-TO-RIGHT EMBEDDING}+12025550144\N{POP DIRECTIONAL FORMATTING}", GOOD),
        ("+1202\N{ZERO WIDTH SPACE}5550144", GOOD),
        ("tel:+1-202-555-0144", GOOD),
        ("TEL: +12025550144", GOOD),
        ("sms:+12025550144", GOOD),
        ("tel:+1-202-555-0144;phone-context=example.com", GOOD),
        ("＋１２０２５５５０１４４", GOOD),
        ("+١٢٠٢٥٥٥٠١٤٤", GOOD),
        ("+۱۲۰۲۵۵۵۰۱۴۴", GOOD),
        ("+१२०२५५५०१४४", GOOD),
        ("'+12025550144", GOOD),
        ("0012025550144", GOOD),
        ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("+49 (0) 151 / 234 567 89", "+4915123456789"),
        ("+39 (0)6 12345678", "+390612345678"),
    ],
)
def test_how_people_write_a_number_does_not_matter(typed: str, number: str) -> None:
    """What can mean only one number is read. An operator who writes a line so is shown how to write it."""
    assert read_person_number(typed) == number
    with pytest.raises(InvalidNumber, match=f"Did you mean \\{number}\\?"):
        read_line_number(typed)


@pytest.mark.parametrize(
    ("typed", "why", "likely"),
    [
        ("12025550144", "start with + and the country code", GOOD),
        ("2025550144", "start with + and the country code", GOOD),
        ("07700 900123", "start with + and the country code", None),
        ("011 44 7700 900123", "start with + and the country code", "+447700900123"),
        ("++12025550144", "only the digits 0-9", GOOD),
        ("+1 202 555 0144 ext. 5", "extension", GOOD),
        ("+12025550144;ext=5", "extension", GOOD),
        ("+1 202 555 0144 x5", "extension", GOOD),
        ("+1-202-KL5-0144", "letters", None),
        ("call me", "letters", None),
        ("262966", "short code", None),
        ("112", "short code", None),
        ("+911", "3 digits, and 8 to 15", None),
        ("+44 44 7700 900123", "", "+447700900123"),
        ("+1 202 555 0144 / +1 202 555 0145", "", None),
        ("+0012025550144", "no country code starts with 0", None),
        ("", "empty", None),
        ("+", "", None),
        ("9" * 100, "100 characters", None),
        ("\N{ARABIC LIGATURE JALLAJALALOUHOU}" * 60, "", None),
    ],
)
def test_what_could_mean_several_numbers_is_refused(typed: str, why: str, likely: str | None) -> None:
    """Nobody guesses a person's number. The message says what is wrong, with a proposal where there is one."""
    for read in (read_person_number, read_strict):
        with pytest.raises(InvalidNumber) as caught:
            read(typed)
        if read is read_person_number:
            assert why in str(caught.value)
            assert (f"Did you mean {likely}?" in str(caught.value)) == (likely is not None)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (GOOD, GOOD),
        ("+999999999999", "+999999999999"),
        ("12025550144", GOOD),
        ("+1 202-555-0144", GOOD),
        ("tel:+12025550144", GOOD),
        ("262966", None),
        ("2025550144", None),
        ("ACME", None),
        ("", None),
    ],
)
def test_a_provider_s_number_is_not_lost(written: str, number: str | None) -> None:
    """Strict E.164 is the provider's own business. A known number in another form is read; all else is none."""
    assert read_provider_number(written) == number


@pytest.mark.parametrize(
    ("handle", "number"),
    [
        (GOOD, GOOD),
        ("+4407700900123", "+447700900123"),
        ("+5215555550101", "+525555550101"),
        ("12025550144", GOOD),
        ("ada@example.com", None),
        ("12025550144@example.com", None),
        ("VERIZON", None),
        ("+1234567", "+1234567"),
    ],
)
def test_a_handle_is_a_number_or_an_address(handle: str, number: str | None) -> None:
    """A person is known by one spelling of their number, however the provider writes it."""
    assert read_handle_number(handle) == number


def test_each_number_has_one_of_three_likelihoods() -> None:
    """The check never fails, whatever digits it gets."""
    for digits in range(1, 1000):
        for length in (8, 10, 11, 12, 15):
            number = f"+{str(digits).ljust(length, '2')}"
            assert check_number(number).likelihood in Likelihood
            assert bool(check_number(number).words) == (check_number(number).likelihood is not Likelihood.KNOWN)
