"""The consent line under a signup page's button: what a person agrees to, and the version of what they were shown.

Our own words are message ids: the catalogues translate them. `{brand}` in them is the pool's name. The US form holds
what the carriers' rules for registered senders (10DLC, CTIA) ask of a call to action: who texts, what about, how often,
what it may cost, STOP, HELP, and that nobody has to agree in order to buy. The EU form holds what GDPR, articles 7 and
13, asks to be said at once: who is responsible, what is stored and what for, and that consent can be withdrawn.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256

from router.core.errors import InvalidField
from router.core.language import Language
from router.core.pool import Consent, Pool
from router.core.pools.page_texts import PageTextKey, text_for

VERSION_DIGITS = 8
_BRAND = "{brand}"


DEFAULT_WORDS = {
    Consent.US: (
        "By texting us you agree to get texts from {brand} that answer you and tell you about our service. How often "
        "varies. Message and data rates may apply. Reply STOP to stop, HELP for help. Consent is not a condition of "
        "purchase."
    ),
    Consent.EU: (
        "If you text us, {brand} is responsible for your data. We store your number and your messages so that we can "
        "answer you. You can withdraw your consent at any time: reply STOP, and we stop."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWords:
    """Everything that a person was shown as consent.

    Attributes:
        text: the consent line as shown, in this language; empty for none.
        terms_url: where the link to the terms leads; empty for no link.
        privacy_url: where the link to the privacy policy leads; empty for no link.
    """

    language: Language
    text: str
    terms_url: str = ""
    privacy_url: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is shown."""
        return not (self.text or self.terms_url or self.privacy_url)

    def as_json(self) -> str:
        """Return the words as JSON, always the same for the same words."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def words_version(words: ConsentWords) -> str:
    """Return eight hexadecimal digits that stand for these very words; another letter or link is another version."""
    return sha256(words.as_json().encode()).hexdigest()[:VERSION_DIGITS]


def consent_of(pool: Pool, language: Language, translate: Callable[[str], str]) -> ConsentWords:
    """Return what the signup page shows as consent in one language.

    A pool's own line is shown in every language that it was written in, and elsewhere in the pool's main language:
    foreign words of the pool's lawyer are better than words of ours that they never saw.

    Args:
        pool: whose page it is.
        language: of the page.
        translate: returns one of our own texts in this language.
    """
    text = ""
    if pool.consent is not Consent.NONE:
        text = text_for(pool.texts, PageTextKey.CONSENT, language)
    if pool.consent is Consent.OWN:
        text = text or text_for(pool.texts, PageTextKey.CONSENT, main_language(pool))
    elif pool.consent is not Consent.NONE:
        text = text or translate(DEFAULT_WORDS[pool.consent]).replace(_BRAND, pool.name)
    return ConsentWords(language=language, text=text, terms_url=pool.terms_url, privacy_url=pool.privacy_url)


def main_language(pool: Pool) -> Language:
    """Return the language that a pool's pages have when the browser says nothing."""
    return pool.language.choose(None, pool.default_language)


def check_consent(pool: Pool) -> None:
    """Refuse a consent line that would be empty.

    Raises:
        InvalidField: the pool wants its own words, and has none in its main language.
    """
    language = main_language(pool)
    if pool.consent is Consent.OWN and not text_for(pool.texts, PageTextKey.CONSENT, language):
        raise InvalidField("consent", f"{Consent.OWN!r} needs your words in texts.consent.{language}; give them too")
