"""Codes as people type, paste and dictate them, and texts that only look as if they held one."""

import pytest

from router.core.code import Code
from router.core.people.typed_codes import MAX_GUESSES, CodesRead, find_claimed, read_codes

POOL_TEXT = "Hi Acme! {code}"
QX, DX = Code("K7M4QX"), Code("K7M4DX")


def read_as(*certain: str, guesses: tuple[str, ...] = ()) -> CodesRead:
    """Return what a text is read as."""
    return CodesRead(tuple(map(Code, certain)), tuple(map(Code, guesses)))


@pytest.mark.parametrize(
    "text",
    [
        "Hi Acme! K7M4QX",
        "K7M4QX",
        "k7m4qx thanks",
        "Ｋ７Ｍ４ＱＸ",
        "K٧M٤QX",
        "K७M४QX",
        "K7M\N{ZERO WIDTH SPACE}4QX",
        "K7M\N{SOFT HYPHEN}4QX",
        "\N{LEFT-TO-RIGHT MARK}K7M4QX",
        "K7\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}M4QX",
        "𝐊𝟕𝐌𝟒𝐐𝐗",
        "Ⓚ⑦Ⓜ④ⓆⓍ",
        "\N{KELVIN SIGN}7M4QX",
        "Hi%20Acme%21%20K7M4QX",
        "Hi+Acme%21+K7M4QX",
        "%4B7M4QX",
        "HiAcme! K7M4QX",
        "Code K7M4QX.Thanks",
    ],
)
def test_what_stands_there_is_certain(text: str) -> None:
    """Width, script of the digits, invisible characters and percent-encoding do not change which code it is."""
    assert read_codes(text, POOL_TEXT) == read_as("K7M4QX")


@pytest.mark.parametrize(
    "text",
    [
        "VRX-J53",
        "Hi Acme! VRX-J53",
        "V R X J 5 3",
        "v r x j 5 3",
        "VRX J53 please",
        "V.R.X.J.5.3",
        "VR-XJ-53",
        "VRX – J53",
        "VRX\nJ53",
        "VRX_J53",
        "code:VRX-J53",
        "VRXJ53thanks",
        "myVRXJ53",
        "codevrxj53",
        "VRXJS3",
        "Hi Acme! VRXJS3",
        "УRХJ53".replace("У", "V"),
        "Hi%20Acme%21%20VRX-J53",
        "V R X J five 3",
        "victor romeo x-ray juliett five three",
        "Victor, Romeo, X-ray, Juliet, five, three",
        "it's V as in... victor romeo xray juliet 5 3",
        "V R X J cinco tres",
        "V R X J fünf drei",
    ],
)
def test_what_is_not_written_as_it_was_shown_is_a_guess(text: str) -> None:
    """Blanks, dashes, words glued to it, look-alikes and dictation lead to the code, with less trust."""
    read = read_codes(text, POOL_TEXT)
    assert read.certain == ()
    assert "VRXJ53" in read.guesses


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Hi Acme! KFSWWD", ("KF5WWD",)),
        ("Hi Acme! SSBZKG", ("5582K6",)),
        ("Hi Acme! K7M4OX", ("K7M4QX", "K7M4DX")),
        ("Hi Acme! K7M40X", ("K7M4QX", "K7M4DX")),
        ("Hi Acme! K7M4IX", ("K7M4LX",)),
        ("Hi Acme! К7М4QХ", ("K7M4QX",)),
        ("Hi Acme! Κ7Μ4QΧ", ("K7M4QX",)),
        ("Hi Acme! K7MAQX", ()),
    ],
)
def test_look_alikes_of_the_alphabet_are_read(typed: str, codes: tuple[str, ...]) -> None:
    """A character that is not in the alphabet means the one it looks like, or one of two."""
    assert read_codes(typed, POOL_TEXT) == read_as(guesses=codes)


@pytest.mark.parametrize("code", ["736492", "RHYTHM", "HHHHHM", "222223"])
def test_a_code_that_looks_like_none_is_certain_only_where_it_belongs(code: str) -> None:
    """A one-time password, a word or laughter may be a code. After the pool's own words it is."""
    assert read_codes(f"Hi Acme! {code}", POOL_TEXT).certain == (code,)
    assert read_codes(f"hi acme: {code.lower()}!", POOL_TEXT).certain == (code,)
    shown = code.lower()
    assert read_codes(f"Your number is {shown}", POOL_TEXT) == read_as(guesses=(code,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello there",
        "I am boring, strong and sorry",
        "call 202-555-7766",
        "+1 202 555 0144",
        "order RF7-P73-2291",
        "3f2594e7-4f89-47d3-9a6c-3395e82c3391",
        "4471-2298-3365",
        "2026-12-24",
        "24.12.2026, 9:30",
        "u 2 do it",
        "čtvrtky",
        "TVRTKYě",
        "1Z999AA10123456784",
        "K7M4QX1",
        "K7M4QW9X",
        "три плюс два",
        "我明天下午3点来",
        "one two three four five six",
        "WHY DO YOU TRY",
        "%%% 100%25",
    ],
)
def test_ordinary_texts_hold_no_code(text: str) -> None:
    """Words, numbers, dates, orders and other people's codes are not read as ours."""
    assert read_codes(text, POOL_TEXT) == CodesRead()


def test_there_are_at_most_six_guesses() -> None:
    """A text that could mean more codes than that means none, and the length of a text is bounded."""
    assert MAX_GUESSES == 6
    few = " and ".join(f"K{n}-M{n}-QX" for n in range(2, 8))
    assert len(read_codes(few).guesses) == 6
    many = " and ".join(f"K{n}-M{n}-QX" for n in range(2, 10))
    assert read_codes(many) == CodesRead()
    assert len(read_codes("K7M4QX W9XTY3 PQR234 CCC234 " * 200).certain) == 3


def test_percent_encoding_is_undone_once() -> None:
    """What was encoded twice is not ours."""
    assert read_codes("%254B7M4QX").certain == ()


def test_a_guess_binds_only_alone_and_on_its_line() -> None:
    """A certain code binds on any line. A guess that fits two live codes, or another line, binds nobody."""
    live = {QX: 1, DX: 2}
    assert find_claimed((QX,), (), live, 9) == QX
    assert find_claimed((), (QX, DX), live, 1) is None
    assert find_claimed((), (QX, Code("CCC222")), live, 1) == QX
    assert find_claimed((), (QX,), live, 2) is None
