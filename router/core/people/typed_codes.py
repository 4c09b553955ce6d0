"""Read the code in a person's text, however they type, paste or dictate it.

What stands there as a word of its own is *certain*: it binds as it always did. Anything else is a *guess*: a code with
blanks or dashes inside, glued to a word, dictated, or with a letter that looks like one of the alphabet. So is a word
that looks like no code, such as a one-time password of six digits. A guess binds only if it fits one reservation alone,
on the line that was texted, and if its sender is nobody we know by a signup; `find_guessed` in lua/events/ holds to
that. So a text that only happens to look like a code leads to nobody.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product
from typing import Final
from urllib.parse import unquote

from router.core.code import ALPHABET, CODE_LENGTH, Code, codes_in
from router.core.people.code_alphabet import DICTATED, LOOK_ALIKES, dictated_words

MAX_GUESSES: Final = 6
CODE_PLACE: Final = "{code}"

_MAX_CHARACTERS: Final = 4000
_MAX_READINGS: Final = 4  # of one word: O may be Q or D
_MAX_LOOK_ALIKES: Final = 3
_MAX_GAP: Final = 3
_MAX_GLUED: Final = 40
_FEWEST_CHARACTERS: Final = 3  # in a code that no word or laughter looks like
_ENCODED: Final = re.compile("%[0-9A-Fa-f]{2}")
_CHUNK: Final = re.compile(r"[^\W_]+")
_TIGHT: Final = re.compile(r"[-‐-―−._/·~]")
_INVISIBLE: Final = frozenset({"Cf", "Mn", "Me"})
_EXACT: Final = frozenset(ALPHABET + ALPHABET.lower())


@dataclass(frozen=True, slots=True)
class CodesRead:
    """The codes that a text may hold, in order, without repeats."""

    certain: tuple[Code, ...] = ()
    guesses: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """Characters that stand together, perhaps with dashes or dots between them.

    Attributes:
        typed: without what stands between the characters.
    """

    typed: str
    start: int
    end: int


def read_codes(text: str, pool_text: str = "") -> CodesRead:
    """Return the codes in a text.

    Args:
        text: a person's message.
        pool_text: the message that the pool prepares, with `{code}`. A code where it belongs is believed more readily.
    """
    plain = _normalise(text[:_MAX_CHARACTERS])
    expected = _place_of_code(plain, pool_text)
    exact = dict.fromkeys(chain(codes_in(text), codes_in(plain)))
    certain, weak = list[Code](), list[Code]()
    for code in exact:
        (certain if _looks_like_a_code(code, plain, expected) else weak).append(code)
    guesses = dict.fromkeys(chain(weak, _guess(plain, expected)))
    likely = tuple(code for code in guesses if code not in certain)
    return CodesRead(tuple(certain), likely if len(likely) <= MAX_GUESSES else ())


def _normalise(text: str) -> str:
    """Return a text with percent-encoding undone once, ASCII digits, plain letters, and nothing invisible."""
    if _ENCODED.search(text):
        text = unquote(text, errors="replace")
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(map(_plain_character, folded))[:_MAX_CHARACTERS]


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    value = unicodedata.decimal(character, None)
    if value is not None:
        return str(value)
    return "" if unicodedata.category(character) in _INVISIBLE else character


def _place_of_code(plain: str, pool_text: str) -> int | None:
    """Return where the code begins in a text that begins as the pool's own message does; else None."""
    before, place, _ = pool_text.partition(CODE_PLACE)
    greeting = _fold(before)
    if not place or not greeting:
        return None
    at = 0
    for index, character in enumerate(plain):
        if not character.isalnum():
            continue
        if at == len(greeting):
            return index
        folded = character.casefold()
        if not greeting.startswith(folded, at):
            return None
        at += len(folded)
    return None


@lru_cache(maxsize=256)
def _fold(text: str) -> str:
    return "".join(character for character in _normalise(text).casefold() if character.isalnum())


def _looks_like_a_code(code: Code, plain: str, expected: int | None) -> bool:
    """Whether a word of six characters of the alphabet is hardly anything else, or stands where the code belongs."""
    if expected is not None and plain[expected : expected + CODE_LENGTH].upper() == code:
        return True
    if len(set(code)) < _FEWEST_CHARACTERS or code.isdigit():
        return False
    return not code.isalpha() or code in plain


def _guess(plain: str, expected: int | None) -> Iterator[Code]:
    words = list(_words(plain))
    for index, word in enumerate(words):
        yield from _glued(word)
        typed, end = "", word.start
        for following in words[index : index + CODE_LENGTH]:
            if following.start - end > _MAX_GAP or len(typed) + len(following.typed) > CODE_LENGTH:
                break
            typed, end = typed + following.typed, following.end
            if len(typed) == CODE_LENGTH:
                yield from _readings(typed, plain[word.start : end], is_expected=word.start == expected)
    yield from _dictated(plain)


def _words(plain: str) -> Iterator[_Word]:
    """Yield the words of a text; what single dashes or dots hold together is one word."""
    typed, start, end = "", 0, -1
    for chunk in _CHUNK.finditer(plain):
        is_tight = bool(typed) and chunk.start() - end == 1 and _TIGHT.fullmatch(plain, end, end + 1) is not None
        if typed and not is_tight:
            yield _Word(typed, start, end)
            typed = ""
        start = start if typed else chunk.start()
        typed, end = typed + chunk[0], chunk.end()
    if typed:
        yield _Word(typed, start, end)


def _readings(typed: str, shown: str, *, is_expected: bool) -> Iterator[Code]:
    """Yield the codes that six typed characters may mean, if they look like a code."""
    changed = sum(character not in _EXACT for character in typed)
    if not is_expected and not _is_likely(typed, shown, changed):
        return
    options = [LOOK_ALIKES.get(character, "") for character in typed]
    if not all(options):
        return
    readings = list(product(*options))
    if len(readings) <= _MAX_READINGS:
        yield from (Code("".join(reading)) for reading in readings)


def _is_likely(typed: str, shown: str, changed: int) -> bool:
    """Whether typed characters look like a code rather than like words, a number or a date."""
    if changed > _MAX_LOOK_ALIKES or typed.isdigit():
        return False
    if len(set(typed.upper())) < _FEWEST_CHARACTERS:
        return False
    is_split = " " in shown
    if is_split and any(character not in _EXACT and character.islower() for character in typed):
        return False  # "u 2 do it"
    has_digit = any(character.isdigit() for character in typed)
    return has_digit or (typed.isupper() and not changed)


def _glued(word: _Word) -> Iterator[Code]:
    """Yield the code that a longer word begins or ends with, when the rest of the word has letters only."""
    typed = word.typed
    if not CODE_LENGTH < len(typed) <= _MAX_GLUED or len(typed) != word.end - word.start:
        return
    for code, rest in ((typed[:CODE_LENGTH], typed[CODE_LENGTH:]), (typed[-CODE_LENGTH:], typed[:-CODE_LENGTH])):
        has_both = any(map(str.isdigit, code)) and any(map(str.isalpha, code))
        stands_out = has_both or (code.isupper() and rest.islower() and rest.isascii())
        if rest.isalpha() and stands_out and _EXACT.issuperset(code):
            yield Code(code.upper())


def _dictated(plain: str) -> Iterator[Code]:
    """Yield the code that is spoken one character after the other, as "kilo seven mike four quebec x-ray"."""
    words = dictated_words(plain)
    spoken, run = 0, ""
    for word in chain(words, ("",)):
        said = DICTATED.get(word)
        character = said or (word if len(word) == 1 or _is_mixed(word) else "")
        if character:
            run, spoken = run + character, spoken + (said is not None)
            continue
        if spoken and len(run) == CODE_LENGTH:
            yield from _spoken(run, spoken)
        spoken, run = 0, ""


def _spoken(run: str, spoken: int) -> Iterator[Code]:
    has_letter, has_digit = any(map(str.isalpha, run)), any(map(str.isdigit, run))
    if has_letter and (has_digit or spoken == CODE_LENGTH) and _EXACT.issuperset(run):
        yield Code(run.upper())


def _is_mixed(word: str) -> bool:
    return len(word) < CODE_LENGTH and any(map(str.isdigit, word)) and _EXACT.issuperset(word)


def find_claimed(certain: Sequence[Code], guesses: Sequence[Code], reserved: dict[Code, int], line: int) -> Code | None:
    """Return the code that binds a sender nobody knows, as lua/events/ decides it: the model that tests measure.

    Args:
        certain: codes that stand in the text as they are.
        guesses: other readings of it.
        reserved: the line of each live reservation.
        line: the one that was texted.
    """
    for code in certain:
        if code in reserved:
            return code
    fitting = [code for code in guesses if code in reserved]
    return fitting[0] if len(fitting) == 1 and reserved[fitting[0]] == line else None
