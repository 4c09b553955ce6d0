"""Where attribution codes are found in people's texts."""

from random import Random

import pytest

from router.core.code import ALPHABET, CODE_LENGTH, PREFIX_LENGTH, codes_in, parse_code, weigh
from router.services.people.new_codes import NewCodes


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
    """Codes are found in either case, next to any punctuation, in their order, each once and at most three."""
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


def test_no_error_of_typing_turns_one_new_code_into_another() -> None:
    """One wrong character, or two neighbours swapped, make no code that we would draw. Each code has a letter."""
    new_codes = NewCodes(Random(1).randbytes)
    for _ in range(200):
        prefix, drawn = new_codes.draw(None)
        suffixes = [drawn[at : at + PREFIX_LENGTH] for at in range(0, len(drawn), PREFIX_LENGTH)]
        assert len(set(suffixes)) == 4
        for code in (prefix + suffix for suffix in suffixes):
            assert (weigh(code), code.isdigit(), parse_code(code)) == (0, False, code)
            for at in range(CODE_LENGTH):
                assert all(weigh(code[:at] + wrong + code[at + 1 :]) for wrong in ALPHABET if wrong != code[at])
            for at in range(CODE_LENGTH - 1):
                swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
                assert swapped == code or weigh(swapped)


def test_a_crowded_bucket_still_has_room() -> None:
    """Once the chosen codes of a bucket are taken, all others of it are drawn from."""
    new_codes = NewCodes(Random(1).randbytes)
    drawn = {new_codes.redraw_suffixes()[:PREFIX_LENGTH] for _ in range(60_000)}
    assert len(drawn) > 14_000
    assert not any(suffix.isdigit() for suffix in drawn)
