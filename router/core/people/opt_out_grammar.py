"""Find whole requests, such as "please stop sending me these texts", in what was said between two breaks.

A request begins what is said, after words that change nothing, so "why did you stop texting me" and "he told me to stop
texting" are none. Each repetition is bounded or atomic: the time grows with the length of a piece, which has a limit.
"""

import re
from collections.abc import Iterator
from functools import cache

from router.core.people import opt_out_english as english
from router.core.people.opt_out_further import FURTHER
from router.core.people.opt_out_germanic import GERMANIC
from router.core.people.opt_out_phrases import BESIDES, Phrases
from router.core.people.opt_out_romance import ROMANCE
from router.core.people.opt_out_scripts import SPACED
from router.core.people.opt_out_text import fold_letters, simplify
from router.core.people.opt_out_unspaced import UNSPACED

_ENGLISH = Phrases(
    english.LEAD, english.CORES, "until|till|while driving|tomorrow|tonight|yet|(?:before|after) [0-9][^ ]*|unless"
)
_LATIN = {**ROMANCE, **GERMANIC, **FURTHER}
# Before a request in English may stand any words but these, which make it somebody else's, a question or its opposite.
_TURNS_IT = re.compile(
    "dont|not|never|cant|cannot|wont|didnt|doesnt|isnt|wouldnt|shouldnt|why|did|does|do|how|if|when|where|what|"
    "which|who|whose|he|she|they|him|her|them|told|tell|tells|telling|asked|asking|said|says|saying|until|"
    "before|after|people|someone|somebody|everyone|to|you|it|that|almost|nearly|glad|sorry|accidentally|mistake|"
    "can|could|would|should|will"
)
_MOST_WORDS_BEFORE = 12


def is_request(words: str) -> bool:
    """Whether these words ask for no more messages, in any of the languages."""
    if words.isascii():
        return any(_matches(matcher, words) for matcher in _latin()) or any(
            _matches(_latin()[0], rest) for rest in _restarts(words)
        )
    return any(_matches(matcher, words) for matcher in (*_other(), *_latin())) or any(
        _matches(matcher, simplify(words)) for matcher in _unspaced()
    )


def is_said_besides(words: str) -> bool:
    """Whether these words leave a bare "stop" beside them as clear as it is."""
    return _besides().fullmatch(words) is not None


def is_about_texts(words: str) -> bool:
    """Whether these words are about texts, numbers and lists, so that a bare "stop" beside them is about them too."""
    return _ABOUT_TEXTS.search(words) is not None


_ABOUT_TEXTS = re.compile(
    "(?:^| )(?:text|texts|texting|txt|message|messages|messaging|msg|msgs|sms|number|list|spam|spamming|contacting|"
    "unsubscribed?|opt|opted)(?: |$)"
)
_Matcher = tuple[re.Pattern[str], re.Pattern[str]]


def _matches(matcher: _Matcher, words: str) -> bool:
    request, unless = matcher
    return request.fullmatch(words) is not None and unless.search(words) is None


def _restarts(words: str) -> Iterator[str]:
    """Yield what is left behind each of the first words, as long as they change nothing about a request."""
    before, asked, rest = words.rpartition(" please ")
    if asked and not _TURNS_IT.fullmatch(before.rpartition(" ")[2]):
        yield rest
    rest = words
    for _ in range(_MOST_WORDS_BEFORE):
        word, _, rest = rest.partition(" ")
        if not rest or _TURNS_IT.fullmatch(word):
            return
        yield rest


def _spaced(phrases: Phrases) -> _Matcher:
    request = f"(?>(?:{phrases.lead}) ){{0,12}}(?:{'|'.join(phrases.cores)})"
    return re.compile(fold_letters(request)), re.compile(f"(?:^| )(?:{fold_letters(phrases.unless)})(?: |$)")


@cache
def _latin() -> tuple[_Matcher, ...]:
    return (_spaced(_ENGLISH), *(_spaced(phrases) for phrases in _LATIN.values()), _spaced(SPACED["hi"]))


@cache
def _other() -> tuple[_Matcher, ...]:
    return tuple(_spaced(phrases) for phrases in SPACED.values())


@cache
def _unspaced() -> tuple[_Matcher, ...]:
    matchers = []
    for phrases in UNSPACED.values():
        request = f"(?>{phrases.lead}){{0,12}}(?:{'|'.join(phrases.cores)})(?:{phrases.lead}){{0,6}}+"
        matchers.append((re.compile(simplify(fold_letters(request))), re.compile(fold_letters(phrases.unless))))
    return tuple(matchers)


@cache
def _besides() -> re.Pattern[str]:
    leads = "|".join(
        f"(?:(?:{lead}) )*(?:{lead})" for lead in (one.lead for one in (_ENGLISH, *_LATIN.values(), *SPACED.values()))
    )
    unspaced = "|".join(f"(?:{phrases.lead})+" for phrases in UNSPACED.values())
    return re.compile(fold_letters("|".join((*english.BESIDES, *BESIDES, leads, unspaced))))
