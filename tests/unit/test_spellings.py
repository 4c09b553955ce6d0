"""One person under two spellings of a number: the one they are known by, and those they may be stored under."""

import pytest

from router.core.numbers.number_check import Likelihood, check_number
from router.core.numbers.plan_changes import PLAN_CHANGES
from router.core.numbers.spellings import canonical_spelling, spellings
from router.core.people.personal_data import IdentityKind, PersonalData

PAIRS = [
    ("+5215555550101", "+525555550101"),
    ("+541150505050", "+5491150505050"),
    ("+54111550505050", "+5491150505050"),
    ("+551187654321", "+5511987654321"),
    ("+22997000001", "+2290197000001"),
    ("+22507000001", "+2250707000001"),
    ("+22545000001", "+2250545000001"),
    ("+22541000001", "+2250141000001"),
    ("+23777123456", "+237677123456"),
    ("+24107123456", "+24177123456"),
    ("+24106123456", "+24166123456"),
    ("+841691234567", "+84391234567"),
    ("+841201234567", "+84701234567"),
    ("+841291234567", "+84821234567"),
    ("+4407700900123", "+447700900123"),
    ("+49015123456789", "+4915123456789"),
    ("+330639980001", "+33639980001"),
    ("+9109876543210", "+919876543210"),
    ("+8201012345678", "+821012345678"),
    ("+3606301234567", "+36301234567"),
    ("+789123456789", "+79123456789"),
]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_both_spellings_are_one_person(old: str, new: str) -> None:
    """The canonical spelling comes first, and a person who was stored under the other is found under both."""
    assert canonical_spelling(old) == canonical_spelling(new) == new
    assert spellings(old)[0] == spellings(new)[0] == new
    assert {old, new} <= set(spellings(old))
    assert check_number(new).likelihood is Likelihood.KNOWN


@pytest.mark.parametrize(("old", "new"), [pair for pair in PAIRS if not pair[0].startswith("+54111")])
def test_a_person_stored_under_the_old_spelling_is_found_by_the_new(old: str, new: str) -> None:
    """An earlier release took the number as it was given."""
    assert old in spellings(new)


@pytest.mark.parametrize(
    "number",
    [
        "+12025550101",
        "+390612345678",
        "+393331234567",
        "+551132654321",
        "+551178654321",
        "+78123456789",
        "+2250101020304",
        "+22920212345",
        "+85251234567",
        "+999123456789",
        "ada@example.com",
        "",
    ],
)
def test_a_number_with_one_spelling_stays(number: str) -> None:
    """A digit that belongs to the number is not cut, and landlines that no plan moved stay as they are."""
    assert canonical_spelling(number) in {number, "+2290120212345"}
    assert number in spellings(number)


def test_north_america_pays_for_no_second_lookup() -> None:
    """A number with one spelling has one fingerprint; the others have at most five."""
    data = PersonalData(b"s" * 32)
    assert len(data.lookups(IdentityKind.PHONE, "main", "+12025550101")) == 1
    assert len(data.lookups(IdentityKind.USER, "main", "+5215555550101")) == 1
    assert all(1 < len(data.lookups(IdentityKind.PHONE, "main", old)) <= 5 for old, _ in PAIRS)


def test_the_fingerprint_of_an_ordinary_number_is_the_one_of_earlier_releases() -> None:
    """People who are stored already stay found."""
    data = PersonalData(b"s" * 32)
    for number in ("+12025550101", "+447700900123", "+525555550101", "+2290197000001"):
        before = data.fingerprint(IdentityKind.PHONE, "main", number)
        assert data.lookups(IdentityKind.PHONE, "main", number)[0] == before


@pytest.mark.parametrize("change", PLAN_CHANGES, ids=lambda change: f"{change.country_code} {change.new}")
def test_every_change_has_its_date_and_source(change: object) -> None:
    """A rule about numbers can be checked only if it says where it comes from."""
    assert getattr(change, "source", "")
    assert getattr(change, "since", "") or getattr(change, "country_code", "") == "54"
