"""The consent line: which words a pool shows in which language, and the version that stands for them."""

import re
from dataclasses import replace

import pytest

from router.core.errors import InvalidField
from router.core.language import Language, LanguageRule
from router.core.pool import Consent, Pool, PoolId
from router.core.pools.consent import DEFAULT_WORDS, ConsentWords, consent_of, words_version
from router.core.pools.pool_rules import check_pool

POOL = Pool(id=PoolId("main"), name="Acme")
EN, DE, JA = Language.EN, Language.DE, Language.JA
TERMS, PRIVACY = "https://acme.example/terms", "https://acme.example/privacy"


def spoken(text: str) -> str:
    """Translate, in a way that shows."""
    return f"<{text}>"


def test_the_line_for_the_united_states_says_all_that_carriers_ask() -> None:
    """Who texts, what about, how often, the cost, STOP, HELP, no condition of purchase; and it is the default."""
    text = consent_of(POOL, EN, str).text
    for words in (
        "you agree to get texts from Acme",
        "our service",
        "How often varies",
        "Message and data rates may apply",
        "STOP",
        "HELP",
        "not a condition of purchase",
    ):
        assert words in text


def test_the_line_for_the_european_union_says_all_that_its_law_asks() -> None:
    """Who is responsible, what is stored and why, and the way to withdraw."""
    text = consent_of(replace(POOL, consent=Consent.EU), EN, str).text
    for words in ("Acme is responsible", "We store your number and your messages", "withdraw", "STOP"):
        assert words in text


@pytest.mark.parametrize(
    ("consent", "texts", "shown"),
    [
        (Consent.US, {}, {EN: spoken(DEFAULT_WORDS[Consent.US]).replace("{brand}", "Acme")}),
        (Consent.US, {"consent": {"de": "Nein."}}, {DE: "Nein.", EN: spoken(DEFAULT_WORDS[Consent.US])}),
        (Consent.OWN, {"consent": {"en": "Yes.", "de": "Ja."}}, {EN: "Yes.", DE: "Ja.", JA: "Yes."}),
        (Consent.NONE, {}, {EN: "", JA: ""}),
        (Consent.NONE, {"consent": {"en": "Yes."}}, {EN: ""}),
    ],
)
def test_a_pools_own_words_come_before_ours(
    consent: Consent, texts: dict[str, dict[str, str]], shown: dict[Language, str]
) -> None:
    """Where ours are not wanted, the words of the pool's main language serve everybody."""
    pool = replace(POOL, consent=consent, texts=texts)
    check_pool(pool)
    for language, text in shown.items():
        assert consent_of(pool, language, spoken).text == text.replace("{brand}", "Acme")


def test_own_words_must_exist_in_the_main_language() -> None:
    """Otherwise people would see no consent line at all."""
    own = replace(POOL, consent=Consent.OWN, texts={"consent": {"de": "Ja."}})
    check_pool(replace(own, language=LanguageRule.DE))
    check_pool(replace(own, default_language=DE))
    for pool in (own, replace(own, texts={}), replace(own, language=LanguageRule.FR)):
        with pytest.raises(InvalidField, match=r"texts\.consent\.(en|fr)"):
            check_pool(pool)


def test_a_version_stands_for_every_word_and_link() -> None:
    """Eight hexadecimal digits: the same for the same words, and another for any change."""
    words = ConsentWords(language=EN, text="Yes.", terms_url=TERMS, privacy_url=PRIVACY)
    assert re.fullmatch(r"[0-9a-f]{8}", words_version(words))
    assert words_version(replace(words)) == words_version(words) == "8c25d5b6"
    others = (
        replace(words, language=DE),
        replace(words, text="Yes!"),
        replace(words, terms_url=""),
        replace(words, privacy_url=TERMS),
        replace(words, terms_url=PRIVACY, privacy_url=TERMS),
    )
    assert len({words_version(other) for other in (words, *others)}) == len(others) + 1
    assert words.as_json() == (
        '{"language":"en","privacy_url":"https://acme.example/privacy","terms_url":"https://acme.example/terms",'
        '"text":"Yes."}'
    )


def test_nothing_shown_is_no_words() -> None:
    """A link alone is something."""
    assert ConsentWords(language=EN, text="").is_empty
    assert not ConsentWords(language=EN, text="", privacy_url=PRIVACY).is_empty
