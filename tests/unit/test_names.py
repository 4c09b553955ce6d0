"""Names that operators give: what of them is seen, and the letter that stands for a logo."""

import pytest

from router.core.errors import InvalidField
from router.core.field_rules import check_words
from router.core.plain_text import first_letter

SEEN = (
    "Acme",
    "ßtraße & Söhne",
    "東京テキスト",
    "한국어 상담",
    "مكتبة النور",
    "ספרים",
    "क्षेत्र सेवा",
    "क्\N{ZERO WIDTH JOINER}ष",
    "می\N{ZERO WIDTH NON-JOINER}خواهم",
    "👩‍👩‍👧 Family",
    "🇨🇭 Swiss",
    "!",
    "7",
)
UNSEEN = (
    "\N{HANGUL FILLER}",
    "\N{HALFWIDTH HANGUL FILLER}",
    "\N{HANGUL CHOSEONG FILLER}",
    "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}",
    "\N{BRAILLE PATTERN BLANK}",
    "\N{ZERO WIDTH SPACE}",
    "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}",
    "\N{WORD JOINER}",
    "\N{SOFT HYPHEN}",
    "\N{COMBINING GRAPHEME JOINER}",
    "\N{VARIATION SELECTOR-16}",
    "\N{MONGOLIAN VOWEL SEPARATOR}",
    "\N{IDEOGRAPHIC SPACE}",
    "\N{NO-BREAK SPACE}",
    "\N{HANGUL FILLER} \N{BRAILLE PATTERN BLANK}",
    "\N{KHMER VOWEL INHERENT AQ}",
)


@pytest.mark.parametrize("name", SEEN)
def test_a_name_that_shows_something_is_accepted(name: str) -> None:
    """In every script, with the joiners that some of them need."""
    check_words("name", name, max_characters=60, may_be_empty=False)


@pytest.mark.parametrize("name", UNSEEN, ids=ascii)
def test_a_name_that_shows_nothing_is_refused(name: str) -> None:
    """The reason names the characters, because nobody can see them."""
    with pytest.raises(InvalidField, match=r"\\|empty"):
        check_words("name", name, max_characters=60, may_be_empty=False)


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("acme", "A"),
        ("Ärzte", "Ä"),
        ("A\N{COMBINING DIAERESIS}rzte", "A\N{COMBINING DIAERESIS}"),
        ("ßtraße", "ß"),
        ("ﬁne", "ﬁ"),
        ("🇨🇭 Swiss", "🇨🇭"),
        ("👩‍👩‍👧 Family", "👩‍👩‍👧"),
        ("👍🏽 Yes", "👍🏽"),
        ("각 상담", "각"),
        ("क्षेत्र", "क्षे"),
        ("東京", "東"),
        ("\N{ZERO WIDTH SPACE}Acme", "A"),
        ("1st", "1"),
    ],
)
def test_the_letter_of_a_logo_is_what_a_reader_counts_as_one(name: str, letter: str) -> None:
    """A flag, a family or a letter with its marks stays whole; a capital that would be two letters is not taken."""
    assert first_letter(name) == letter
