"""Where people come from and what they agreed to: which words are safe, and that their bytes lose nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.errors import InvalidField
from router.core.people.origin import (
    MAX_ORIGIN_BYTES,
    NOWHERE,
    ConsentGiven,
    Origin,
    check_source,
    check_version,
    decode_origin,
    encode_origin,
    is_our_version,
    read_source,
)

SOURCES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,31}", fullmatch=True)
NAMES = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,31}", fullmatch=True)
SECONDS = st.integers(0, 2**32 - 1)
OURS = st.binary(min_size=4, max_size=4).map(bytes.hex)
CONSENTS = st.one_of(
    st.none(),
    st.builds(ConsentGiven, version=OURS, is_ours=st.just(True), at_s=SECONDS),
    st.builds(ConsentGiven, version=NAMES, is_ours=st.just(False), at_s=SECONDS),
)
LONGEST = Origin(source="z" + "-" * 31, consent=ConsentGiven(version="Z" * 32, is_ours=False, at_s=2**32 - 1))


@given(origin=st.builds(Origin, source=st.one_of(st.just(""), SOURCES), consent=CONSENTS))
def test_an_origin_comes_back_as_it_was(origin: Origin) -> None:
    """Its bytes lose nothing and fit the record."""
    packed = encode_origin(origin)
    assert decode_origin(packed) == origin
    assert packed.isascii()
    assert len(packed) <= MAX_ORIGIN_BYTES


def test_the_longest_fits_and_nothing_takes_nothing() -> None:
    """A person of whom nothing is known costs no byte."""
    assert len(encode_origin(LONGEST)) <= MAX_ORIGIN_BYTES
    assert decode_origin(encode_origin(LONGEST)) == LONGEST
    assert encode_origin(NOWHERE) == ""
    assert decode_origin("") == NOWHERE


@pytest.mark.parametrize("text", ["\x09", "\x04", "\x12" + "a" * 7, "\x0b" + "~" * 8])
def test_text_of_a_later_release_says_nothing(text: str) -> None:
    """An older process meets it while a release is rolled out."""
    assert decode_origin(text) == NOWHERE


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("flyer", "flyer"),
        ("Flyer-Berlin.2026_11", "flyer-berlin.2026_11"),
        ("7", "7"),
        ("a" * 32, "a" * 32),
        ("a" * 33, ""),
        ("", ""),
        ("-flyer", ""),
        (".htaccess", ""),
        ("fly er", ""),
        ("flyer\n", ""),
        ("<script>", ""),
        ("müller", ""),
        ("\N{KELVIN SIGN}iosk", ""),
        ("fl\N{LATIN SMALL LETTER DOTLESS I}er", ""),
        ("flyer%20x", ""),
        ("a/b", ""),
        ("a\x00b", ""),
        ("٣", ""),
    ],
)
def test_a_source_is_a_short_safe_word(text: str, source: str) -> None:
    """A link's word is read or ignored; a back end's is read or refused with the rule."""
    assert read_source(text) == source
    if source:
        assert check_source(text) == source
    else:
        with pytest.raises(InvalidField, match=r"1 to 32 of the letters") as refused:
            check_source(text)
        assert refused.value.field == "source"


@pytest.mark.parametrize("version", ["v3", "2026-11-01", "Terms_4.2", "A" * 32])
def test_a_customers_version_keeps_its_letters(version: str) -> None:
    """It is their name for their words, so its case stays."""
    assert check_version(version) == version


@pytest.mark.parametrize("version", ["", "v 3", "v3!", "A" * 33, "_v", "ü"])
def test_a_version_that_is_no_word_is_refused(version: str) -> None:
    """The refusal names the field and the rule."""
    with pytest.raises(InvalidField, match="1 to 32") as refused:
        check_version(version)
    assert refused.value.field == "consent_version"


@pytest.mark.parametrize(("text", "is_one"), [("0a1b2c3d", True), ("0A1B2C3D", False), ("0a1b2c3", False), ("", False)])
def test_our_versions_are_eight_digits(text: str, is_one: bool) -> None:
    """Anything else in the form is not asked of the store."""
    assert is_our_version(text) is is_one
