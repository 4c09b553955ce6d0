"""Tell a person who asks not to be written to: by the provider's rule, and by what people say.

The provider's rule decides whether it refuses a message to them, ours whether we ask for one. Ours is broader on
purpose: a prompt that somebody did not get costs less than one they had asked not to get. Only a whole message counts,
so that nobody is lost who asks for the bus stop.
"""

import re
import unicodedata
from functools import cache

from router.core.opt_out_words import REQUESTS

_MAX_REQUEST_LENGTH = 80

_PROVIDER_KEYWORDS = frozenset({"STOP", "UNSUBSCRIBE", "OPTOUT", "CANCEL", "END", "QUIT"})
_PROVIDER_OPT_OUT = re.compile("opt[ -]?out", re.ASCII | re.IGNORECASE)

# All below is matched without blanks.
_POLITE = (
    "please|pls|plz|now|already|thanks|thankyou|just|okay|ok|hey|hello|hi|isaid|bitte|danke|porfavor|gracias|obrigado|"
    "svp|silvousplaît|silvousplait|silteplaît|silteplait|merci|perfavore|grazie|alsjeblieft|proszę|prosze|prosím|prosim|"
    "lütfen|пожалуйста|будьласка|tolong|mohon|من فضلك|رجاء|कृपया|请|請|ください|주세요"
).replace(" ", "")
_AT_EITHER_END = re.compile(f"^(?:{_POLITE})+|(?:{_POLITE})+$")
_IN_ENGLISH = re.compile(
    "(?:stop)+"
    "|(?:stop|quit)(?:texting|messaging|contacting|writing|spamming|bothering|sending)"
    "(?:to|me|us|any|more|these|this|messages|message|texts|text|sms|spam|stuff|again)*"
    "|(?:dont|donot|never)(?:text|message|contact|writeto|write|sms|spam|bother)(?:me|us)(?:again|any|more|ever|please)*"
    "|(?:dont|donot|never)send(?:me|us)?(?:any|more)*(?:messages|texts|sms|spam)(?:again|any|more|ever)*"
)
_NOT_PART_OF_A_WORD = re.compile("[\u0307\u0640\u064b-\u0652\u20e3\ufe00-\ufe0f]")  # dots, vowel signs, variants


def is_provider_opt_out(text: str) -> bool:
    """Whether the provider refuses every message to a person from this one of theirs on, until they write again.

    Linq's rule since August 2026: one of six words in capitals, or "opt out" in any. Source: linq-python 0.65.0.
    """
    message = text.strip()
    return message in _PROVIDER_KEYWORDS or _PROVIDER_OPT_OUT.fullmatch(message) is not None


def asks_to_stop(text: str) -> bool:
    """Whether a whole message means "do not write to me again", in one of the languages we know it in."""
    message = text.strip()
    if len(message) > _MAX_REQUEST_LENGTH:
        return False
    said = _fold(message)
    meant = _AT_EITHER_END.sub("", said)
    return said in _requests() or meant in _requests() or _IN_ENGLISH.fullmatch(meant) is not None


@cache
def _requests() -> frozenset[str]:
    return frozenset(_fold(request) for requests in REQUESTS.values() for request in requests.split(","))


def _fold(text: str) -> str:
    """Return the letters and digits alone, the same for every way to write them."""
    folded = _NOT_PART_OF_A_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
    folded = folded.replace("ı", "i")  # in capitals the Turkish i without a dot looks like ours
    return "".join(character for character in folded if unicodedata.category(character)[0] in "LMN")
