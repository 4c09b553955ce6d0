"""Which prefilled texts are accepted, and how the others are refused."""

import pytest

from router.core.errors import InvalidText
from router.core.links.message_text import check_text, render_text


def refusal(template: str) -> InvalidText:
    """Return the error that refuses this text."""
    with pytest.raises(InvalidText) as caught:
        check_text(template)
    return caught.value


@pytest.mark.parametrize(
    "template",
    [
        "{code}",
        "Hi! {code}",
        "{code} is my code\nHello Acme",
        "Hi Acme! I'm in: {code} (sent from acme.com, 1=1; what's next?)",
        "¿Grüße von Ærø? £5 à {code}",
        "~{code}~ [x] €5",
        "Please stop by our shop {code}",
        "The end of {code}",
    ],
)
def test_a_plain_text_with_its_code_is_accepted(template: str) -> None:
    """Texts of the SMS alphabet with one place for the code are accepted."""
    check_text(template)


@pytest.mark.parametrize(
    ("template", "position", "said"),
    [
        ("", None, "must contain {code}"),
        ("Hello", None, "must contain {code}"),
        ("Hello {CODE}", None, "must contain {code}"),
        ("{code} and {code}", 11, "only once"),
        ("{code} {name}", 7, "braces"),
        ("{{code}}", 0, "braces"),
        ("{code}}", 6, "braces"),
        ("A & B {code}", 2, "AMPERSAND"),
        ("1+1 {code}", 1, "PLUS SIGN"),
        ("{code} 50% off", 9, "PERCENT SIGN"),
        ("We're #1 {code}", 6, "NUMBER SIGN"),
        ("Hi 👋 {code}", 3, "WAVING HAND SIGN"),
        ("It\N{RIGHT SINGLE QUOTATION MARK}s {code}", 2, "write ' instead"),
        ("Gar\N{LATIN SMALL LETTER C WITH CEDILLA}on {code}", 3, "GSM-7"),
        ("`{code}`", 0, "GRAVE ACCENT"),
        ("a\tb {code}", 1, "control character"),
        ("a\r\nb {code}", 1, "control character"),
        ("\x00{code}", 0, "control character"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}{code}", 0, "GSM-7"),
        ("\ud800{code}", 0, "U+D800"),
    ],
)
def test_a_refusal_says_where_and_why(template: str, position: int | None, said: str) -> None:
    """The first bad character is named with its position; a fault of the whole text has no position."""
    error = refusal(template)
    assert error.position == position
    assert said in str(error)
    assert error.code == "invalid_text"
    str(error).encode()  # the message can be printed anywhere, whatever was in the text


def test_the_position_counts_from_one_for_people_and_from_zero_for_programs() -> None:
    """The message counts characters as an editor does, the attribute as Python does."""
    error = refusal("A & B {code}")
    assert str(error) == "Character 3, '&' (AMPERSAND): Android phones cut the text there; write 'and'."
    assert error.position == 2


def test_the_text_and_its_code_fit_120_characters() -> None:
    """114 characters and a code of six are accepted, one more is not."""
    check_text("x" * 114 + "{code}")
    error = refusal("x" * 115 + "{code}")
    assert error.position is None
    assert "121" in str(error)


def test_characters_of_the_extension_table_count_double() -> None:
    """57 euro signs fill the text; the refusal says why so few fit."""
    check_text("€" * 57 + "{code}")
    assert "counts double" in str(refusal("€" * 58 + "{code}"))


@pytest.mark.parametrize(
    "keyword",
    [
        "STOP",
        "stop",
        "Stop!",
        "UNSUBSCRIBE",
        "OPTOUT",
        "opt out",
        "Opt-Out",
        "CANCEL",
        "...end...",
        "Quit.",
        "stop all",
    ],
)
@pytest.mark.parametrize(
    "template", ["{keyword} {{code}}", "{{code}} {keyword}", "{keyword}{{code}}", "({{code}})\n{keyword}"]
)
def test_a_text_never_equals_an_opt_out_keyword(keyword: str, template: str) -> None:
    """A person who deletes the code must not unsubscribe by that, wherever the code was."""
    error = refusal(template.format(keyword=keyword))
    assert error.position is None
    assert "never write to me again" in str(error)


def test_a_keyword_split_by_the_code_is_seen() -> None:
    """Deleting the code may join the words around it."""
    assert "never write" in str(refusal("ST{code}OP"))


def test_the_code_stands_where_the_template_says() -> None:
    """Rendering puts the code in its place and changes nothing else."""
    assert render_text("Hi Acme! {code}\nSee you", "K7M4QX") == "Hi Acme! K7M4QX\nSee you"
