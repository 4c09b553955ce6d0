"""Recognise a text that asks us to stop, by the provider's rule and by what people say, and one that takes it back.

The provider's rule decides whether the provider refuses messages to that person. Our own decides whether we prompt
them. Ours is broader on purpose: a missed prompt costs less than an unwanted one. A bare word counts if it is all that
was said, so a question about the bus stop is not an opt-out. A whole request counts in any message.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from router.core.people.opt_in_words import RETURNS
from router.core.people.opt_out_grammar import is_about_texts, is_request, is_said_besides
from router.core.people.opt_out_text import (
    Piece,
    cut,
    fold_letters,
    letters_only,
    read_figures,
    said_lines,
    shorten,
)
from router.core.people.opt_out_words import ACCENTED, REQUESTS, SHOUTED

_PROVIDER_KEYWORDS = frozenset({"STOP", "UNSUBSCRIBE", "OPTOUT", "CANCEL", "END", "QUIT"})
_PROVIDER_OPT_OUT = re.compile("opt[ -]?out", re.ASCII | re.IGNORECASE)

# Both are matched without blanks.
_POLITE = (
    "please|pls|plz|now|already|thanks|thankyou|thx|just|okay|ok|hey|hello|hi|isaid|bitte|danke|porfavor|"
    "gracias|obrigado|obrigada|aub|svp|stp|silvousplaît|silvousplait|silteplaît|silteplait|merci|perfavore|"
    "grazie|alsjeblieft|proszę|prosze|prosím|prosim|lütfen|пожалуйста|будьласка|спасибо|tolong|mohon|منفضلك|"
    "رجاء|कृपया|请|請|ください|下さい|お願いします|주세요|tack|tak|takk|kiitos"
)
_AT_EITHER_END = re.compile(f"^(?:{_POLITE})+|(?:{_POLITE})+$")
_AGAIN_AND_AGAIN = re.compile("(?:stop)+|(?:стоп)+")
_THRICE = re.compile(r"(.)\1{2,}")

_SOFT = re.compile(
    "ugh|jeez|geez|yikes|please|pls|plz|now|already|thanks|thank|you|ty|thx|tysm|just|okay|ok|hey|hello|hi|no|nope|"
    "right|"
    "immediately|asap|today|again|guys|man|dude|bro|sir|team|seriously|for|good|and|so|bitte|danke|porfavor|por|"
    "favor|ya|gracias|obrigado|obrigada|aub|svp|stp|merci|per|favore|grazie|alsjeblieft|alstublieft|prosze|"
    "dziekuje|prosim|dekuji|lutfen|tesekkurler|tolong|mohon|terima|kasih|dong|venligst|vennligst|tak|takk|tack|"
    "snalla|kiitos|пожалуйста|пожалуиста|спасибо|прошу|уже|будь|ласка|дякую"
)
_SIGNS = re.compile("[\U0001f6d1\u26d4\U0001f6ab\u270b]+")
_BLANK = re.compile("[\\s\ufe0f\u200d.!\U0001f3fb-\U0001f3ff]+")
_LAUGHTER = re.compile(
    "[\U0001f600-\U0001f60f\U0001f618-\U0001f61d\U0001f923\U0001f929\U0001f92a\U0001f970\U0001f979\U0001f62d\U0001f480\U0001f639"
    "\U0001f63b\U0001f648\U0001f495-\U0001f49f\u2764\u2665]|"
    r"(?<!\w)(?:lo+l+|lmao+|lmfao|rofl|(?:ha){2,}h?|(?:he){2,}|(?:ja){2,}|(?:je){2,}|k{3,}|xd+|jk|omg|mdr|ptdr|"
    r"(?:ха){2,}|"
    r"(?:wk){2,}|hihi)(?!\w)|[ㅋㅎ\u110f\u1112]{2,}|哈哈|笑$|(?<![a-z])w{2,}$"
)
_CLOSING = re.compile("(?:thank|thx|regards|best|cheers|merci|gracias|danke|sincerely).*")
_LONGEST_NAME = 2  # words
_MOST_BARE_WORDS = 3


def is_provider_opt_out(text: str) -> bool:
    """Whether this text makes the provider refuse all messages to its sender, until they write again.

    Linq's rule since August 2026: one of six words in capitals, or "opt out" in any case. Source: linq-python 0.65.0.
    """
    message = text.strip()
    return message in _PROVIDER_KEYWORDS or _PROVIDER_OPT_OUT.fullmatch(message) is not None


def asks_to_stop(text: str) -> bool:
    """Whether the text means "do not write to me again", in one of the languages we cover."""
    said = said_lines(shorten(text))
    is_laughing = _LAUGHTER.search(said.casefold()) is not None
    if _is_sign(said) or said.strip() in SHOUTED or _is_bare_request(said):
        return not is_laughing
    pieces = cut(_LAUGHTER.sub(" ", said.casefold()) if is_laughing else said)
    if any(is_request(words) for words in _sentences(pieces)):
        return True
    return _is_clear_among(pieces) and not is_laughing


def is_bare_opt_out(text: str) -> bool:
    """Whether the text is an opt-out and nothing else, as in a template that must not become one."""
    return _is_sign(text) or _is_bare_request(text)


def asks_to_return(text: str) -> bool:
    """Whether the whole text means "write to me again": START, UNSTOP, YES and their like."""
    said = said_lines(shorten(text))
    return _without_politeness(letters_only(said)) in _returns() or letters_only(said) in _returns()


def _sentences(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield each piece, and each with the one behind its comma."""
    for index, piece in enumerate(pieces):
        yield piece.words
        if piece.goes_on and " " in (first := pieces[index - 1].words):
            yield f"{first} {piece.words}"


def _is_sign(said: str) -> bool:
    return _SIGNS.fullmatch(_BLANK.sub("", said)) is not None


def _is_bare(words: str) -> bool:
    """Whether these words are a request from our lists, and words that change nothing around it."""
    said = words.split(" ")
    while len(said) > 1 and _SOFT.fullmatch(said[0]):
        del said[0]
    while len(said) > 1 and _SOFT.fullmatch(said[-1]):
        del said[-1]
    return _is_bare_request(" ".join(said))


def _is_bare_request(said: str) -> bool:
    """Whether this is nothing but a word or sentence from our lists, however it is spaced and spelled."""
    with_accents = letters_only(said)
    without = letters_only(fold_letters(said))
    return any(
        compact in known or _AGAIN_AND_AGAIN.fullmatch(compact) is not None
        for spelled, known in ((with_accents, _requests()), (without, _plain_requests()))
        for compact in _spellings(spelled)
    )


def _spellings(compact: str) -> Iterator[str]:
    meant = _without_politeness(compact)
    yield compact
    yield meant
    yield _THRICE.sub(r"\1", meant)
    yield read_figures(meant)


def _is_clear_among(pieces: Sequence[Piece]) -> bool:
    """Whether a bare request stands among words that leave no doubt: "Stop. Wrong number", "STOP, Dave"."""
    if len(pieces) == 1:
        words = pieces[0].words
        return _is_bare(words) or any(_is_bare(first) and is_said_besides(rest) for first, rest in _halves(words))
    has_request = False
    for index, piece in enumerate(pieces):
        if _is_bare(piece.words):
            has_request = True
        elif is_about_texts(piece.words) and not piece.goes_on:
            continue
        elif not is_said_besides(piece.words) and not _is_name(pieces, index):
            return False
    return has_request


def _halves(words: str) -> Iterator[tuple[str, str]]:
    """Yield the first word and the rest, the first two and the rest, and so on."""
    said = words.split(" ")
    for count in range(1, min(len(said), _MOST_BARE_WORDS + 1)):
        yield " ".join(said[:count]), " ".join(said[count:])


def _is_name(pieces: Sequence[Piece], index: int) -> bool:
    piece = pieces[index]
    if index == 0 or index < len(pieces) - 1 or len(piece.words.split()) > _LONGEST_NAME:
        return False
    return piece.is_set_apart or _CLOSING.fullmatch(pieces[index - 1].words) is not None


def _without_politeness(compact: str) -> str:
    return _AT_EITHER_END.sub("", compact)


@cache
def _requests() -> frozenset[str]:
    return _listed(REQUESTS.values())


@cache
def _plain_requests() -> frozenset[str]:
    lists = [words for language, words in REQUESTS.items() if language not in ACCENTED]
    return frozenset(letters_only(fold_letters(request)) for request in _listed(lists))


@cache
def _returns() -> frozenset[str]:
    return _listed(RETURNS.values())


def _listed(lists: Iterable[str]) -> frozenset[str]:
    return frozenset(letters_only(request) for words in lists for request in words.split(","))
