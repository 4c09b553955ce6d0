"""Where attribution codes are found in what people write."""

import pytest

from router.core.code import codes_in, parse_code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("K7M4QX", ("K7M4QX",)),
        ("Hi Acme! K7M4QX", ("K7M4QX",)),
        ("hi acme k7m4qx thanks", ("K7M4QX",)),
        ("K7m4Qx", ("K7M4QX",)),
        ("(K7M4QX).", ("K7M4QX",)),
        ("code:K7M4QX,thanks", ("K7M4QX",)),
        ("*K7M4QX* _W9XTY3_", ("K7M4QX", "W9XTY3")),
        ("K7M4QX\nK7M4QX k7m4qx", ("K7M4QX",)),
        ("我的号码是K7M4QX谢谢", ("K7M4QX",)),
        ("https://go.example.com/?c=K7M4QX", ("K7M4QX",)),
        ("W9XTY3 K7M4QX", ("W9XTY3", "K7M4QX")),
        ("222222 333333 444444 555555 777777", ("222222", "333333", "444444")),
        ("", ()),
        ("Hello there", ()),
        ("K7M4Q", ()),
        ("K7M4QXW", ()),
        ("AK7M4QX", ()),
        ("K7M4QX1", ()),
        ("K7M4 QX", ()),
        ("K7M4OX", ()),
        ("\N{KELVIN SIGN}7M4QX", ()),
        ("čtvrtky", ()),
        ("TVRTKYě", ()),
        ("+12025550101", ()),
    ],
)
def test_a_code_stands_as_a_word_of_its_own(text: str, codes: tuple[str, ...]) -> None:
    """Codes are found in either case beside any punctuation, in their order, each once and at most three."""
    assert codes_in(text) == codes


def test_the_caller_says_how_many() -> None:
    """A limit cuts after the codes found first."""
    assert codes_in("222222 333333", limit=1) == ("222222",)


@pytest.mark.parametrize(
    ("text", "code"), [("K7M4QX", "K7M4QX"), ("k7m4qx", "K7M4QX"), ("K7M4Q", None), (" K7M4QX", None), ("K7M4OX", None)]
)
def test_a_code_alone_is_parsed(text: str, code: str | None) -> None:
    """Exactly six characters of the alphabet are a code, in either case."""
    assert parse_code(text) == code
