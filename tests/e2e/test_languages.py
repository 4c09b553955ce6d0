"""Pages in six languages, the consent line and a pool's own texts, as browsers and the API see them."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from router.core.language import Language
from tests.kit.sample_pools import SamplePool
from tests.kit.visitors import NAVIGATION, Reply

NewPool = Callable[..., SamplePool]
CONNECTED = {
    "en": "You’re connected",
    "es": "Ya estás en contacto",
    "fr": "Vous êtes en contact",
    "de": "Sie sind verbunden",
    "pt": "Você está conectado",
    "ja": "つながりました",
}
BUSY = {
    "en": "in about 5 minutes.",
    "es": "en unos 5 minutos.",
    "fr": "dans environ 5\u00a0minutes.",
    "de": "in etwa 5 Minuten noch einmal.",
    "pt": "em cerca de 5 minutos.",
    "ja": "5分ほどたってから",
}
BUTTON = {
    "en": "Text us",
    "es": "Escríbenos",
    "fr": "Écrivez-nous",
    "de": "Schreiben Sie uns",
    "pt": "Fale com a gente",
    "ja": "メッセージを送る",
}
PREFETCH = {"Sec-Purpose": "prefetch"}  # shows the page that a redirect pool has for all but people's taps
NUMBER_SIGN = "+1 202"


def asking(language: str) -> dict[str, str]:
    """Return the headers of a browser that opens a page and prefers a language."""
    return NAVIGATION | {"Accept-Language": language}


def assert_in(language: str, reply: Reply, words: str) -> None:
    """Assert that a page is in a language, and that it says so."""
    assert f'<html lang="{language}" dir="ltr">' in reply.text
    assert reply.headers["Content-Language"] == language
    assert reply.headers["Vary"].lower() == "accept-language"
    assert reply.headers["Cache-Control"] == "no-store"
    assert words in reply.text


@pytest.mark.parametrize("language", Language)
def test_every_page_is_in_the_language_of_the_browser(new_pool: NewPool, language: Language) -> None:
    """Signup, person's and waitlist page, and the page that stops messages."""
    pool = new_pool(greeting="", lines=1)
    visitor = pool.visitor()
    ask = asking(f"{language}-XX,it;q=0.3")
    assert_in(language, visitor.get(pool.path, ask), BUTTON[language])
    person = pool.sign_up("u-1")
    page = person["page_url"].removeprefix(pool.gateway.base_url)
    assert_in(language, visitor.get(page, ask), NUMBER_SIGN)
    assert_in(language, visitor.get(f"{page}/quiet", ask), "<form")
    assert_in(language, visitor.post(f"{page}/quiet", {}, ask), "<form")
    pool.confirm(person["code"])
    assert_in(language, visitor.get(page, ask), CONNECTED[language])
    pool.flag(*pool.numbers)
    newcomer = pool.visitor()
    nonce = newcomer.read_nonce(pool.path)
    assert_in(language, newcomer.post(pool.path, {"nonce": nonce}, ask), BUSY[language])


@pytest.mark.parametrize(
    ("settings", "header", "language"),
    [
        ({}, None, "en"),
        ({}, "it", "en"),
        ({}, "pt-BR,pt;q=0.9", "pt"),
        ({"default_language": "de"}, None, "de"),
        ({"default_language": "de"}, "it,*;q=0.1", "de"),
        ({"default_language": "de"}, "fr", "fr"),
        ({"language": "ja"}, "fr", "ja"),
        ({"language": "ja", "default_language": "de"}, None, "ja"),
    ],
)
def test_the_pool_and_the_browser_decide_together(
    new_pool: NewPool, settings: dict[str, Any], header: str | None, language: str
) -> None:
    """The browser first, then the pool's default, then English; or one language for everybody."""
    pool = new_pool(greeting="", **settings)
    reply = pool.visitor().get(pool.path, NAVIGATION if header is None else asking(header))
    assert_in(language, reply, BUTTON[language])


def test_many_kinds_of_browsers_share_six_pages(new_pool: NewPool) -> None:
    """However the wish is written, it leads to one of six pages that were rendered once."""
    pool = new_pool()
    pages = {
        re.sub(r'value="[^"]+"', "", pool.visitor().get(pool.path, asking(f"de-{region},x-{region};q=0.4")).text)
        for region in ("AT", "CH", "DE", "LI", "LU", "1996")
    }
    assert len(pages) == 1


def test_the_consent_line_stands_under_the_button_with_its_links(new_pool: NewPool) -> None:
    """The words for the United States are the default; terms and privacy lead to the pool's pages."""
    pool = new_pool(
        terms_url="https://acme.example/terms?a=1&b=2", privacy_url="https://acme.example/privacy", entry="redirect"
    )
    text = pool.visitor().get(pool.path, PREFETCH).text
    form = text[text.index("<form") : text.index("</form>")]
    assert form.index("<button") < form.index('<p class="consent"')
    assert "agree to get texts from Acme" in form
    assert '<a href="https://acme.example/terms?a=1&amp;b=2" rel="noreferrer nofollow">Terms</a>' in form
    assert '<a href="https://acme.example/privacy" rel="noreferrer nofollow">Privacy</a>' in form
    assert "HELP" in pool.visitor().get(pool.path, PREFETCH | {"Accept-Language": "ja"}).text


def test_the_form_names_the_words_that_were_shown(new_pool: NewPool) -> None:
    """One version for each language; none where nothing is shown; another one after a change."""
    pool = new_pool()
    versions = {language: words_in(pool, language) for language in Language}
    assert len(set(versions.values())) == len(Language)
    assert all(re.fullmatch("[0-9a-f]{8}", version or "") for version in versions.values())
    change(pool, privacy_url="https://acme.example/p")
    assert words_in(pool, Language.EN) not in {None, *versions.values()}
    change(pool, privacy_url="", consent="eu")
    assert "is responsible for your data" in pool.visitor().get(pool.path).text
    assert words_in(pool, Language.EN) not in {None, *versions.values()}
    change(pool, consent="us")
    assert words_in(pool, Language.EN) == versions[Language.EN]
    change(pool, consent="none")
    assert words_in(pool, Language.EN) is None
    assert 'class="consent"' not in pool.visitor().get(pool.path).text


def words_in(pool: SamplePool, language: Language) -> str | None:
    """Return the version of the words on a signup page."""
    found = re.search(r'name="words" value="([^"]*)"', pool.visitor().get(pool.path, asking(language)).text)
    return found and found[1]


def change(pool: SamplePool, **settings: object) -> dict[str, Any]:
    """Change settings of a pool."""
    answer: dict[str, Any] = pool.gateway.api("PATCH", f"/pools/{pool.id}", json=settings).json()
    return answer


def test_a_pools_own_texts_come_before_ours(new_pool: NewPool) -> None:
    """In the languages that they were written in. A change of one text leaves the others."""
    pool = new_pool(
        texts={
            "greeting": {"de": "Fragen? Ein Mensch antwortet."},
            "button": {"en": "Text Acme & Co", "de": "Acme schreiben"},
            "hint": {"de": "Sie drücken nur noch auf Senden."},
            "consent": {"de": "Mit Ihrer Nachricht stimmen Sie zu."},
            "connected": {"de": "Wir melden uns von 9 bis 17 Uhr."},
        }
    )
    german, english = (pool.visitor().get(pool.path, asking(language)).text for language in ("de", "en"))
    for own in ("Ein Mensch antwortet", "Acme schreiben", "nur noch auf Senden", "stimmen Sie zu."):
        assert own in german
        assert own not in english
    assert "Text Acme &amp; Co" in english
    person = pool.sign_up("u-1")
    pool.confirm(person["code"])
    page = person["page_url"].removeprefix(pool.gateway.base_url)
    assert "von 9 bis 17 Uhr" in pool.visitor().get(page, asking("de")).text
    changed = change(pool, texts={"button": {"de": ""}, "hint": {"en": "Just press send."}})
    assert changed["texts"]["button"] == {"en": "Text Acme & Co"}
    assert changed["texts"]["hint"] == {"de": "Sie drücken nur noch auf Senden.", "en": "Just press send."}
    assert BUTTON["de"] in pool.visitor().get(pool.path, asking("de")).text


def test_the_api_refuses_unknown_words_and_says_what_there_is(new_pool: NewPool) -> None:
    """A good change first."""
    pool = new_pool()
    assert change(pool, language="de", default_language="fr", consent="eu", texts={"button": {"de": "Los"}}) | {
        "language": "de",
        "default_language": "fr",
        "consent": "eu",
        "texts": {"button": {"de": "Los"}},
    } == change(pool)
    for settings, words in (
        ({"language": "it"}, "'auto', 'en', 'es', 'fr', 'de', 'pt' or 'ja'"),
        ({"default_language": "auto"}, "'en', 'es', 'fr', 'de', 'pt' or 'ja'"),
        ({"consent": "uk"}, "'us', 'eu', 'own' or 'none'"),
        ({"texts": {"footer": {"de": "Los"}}}, "greeting|button|hint|consent|connected"),
        ({"texts": {"button": {"it": "Via"}}}, "en|es|fr|de|pt|ja"),
        ({"texts": {"button": {"de": "<b>Los</b>"}}}, "HTML"),
        ({"texts": {"button": {"de": "x" * 31}}}, "30"),
        ({"texts": {"button": "Los"}}, "texts.button"),
        ({"terms_url": "http://acme.example"}, "https://"),
        ({"privacy_url": "javascript:alert(1)"}, "https://"),
        ({"consent": "own", "texts": {}}, "texts.consent.de"),
    ):
        with pytest.raises(AssertionError) as refused:
            change(pool, **settings)
        assert ": 422 " in str(refused.value), settings
        assert words in str(refused.value), settings


def test_the_scripts_have_no_words_of_their_own(new_pool: NewPool) -> None:
    """What they show is in the page, in its language."""
    pool = new_pool()
    assert "<span data-busy hidden>Un instant…</span>" in pool.visitor().get(pool.path, asking("fr")).text
    page = pool.sign_up("u-1")["page_url"].removeprefix(pool.gateway.base_url)
    person = pool.visitor().get(page, asking("fr")).text
    for words in ("Copier", "Copié", "Sélectionné"):
        assert f'{words}<span class="unseen">' in person
