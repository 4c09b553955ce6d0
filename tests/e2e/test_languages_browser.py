"""Every page in every language in a real browser: nothing is cut or too wide, and axe finds nothing serious."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from router.core.language import Language
from tests.kit.browsers import CHROMIUM, DESKTOP, INSTAGRAM, browsing, chromium
from tests.kit.sample_pools import SamplePool
from tests.kit.user_agents import SAFARI

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing; `make install` as root installs it"),
    pytest.mark.xdist_group("browser"),
]

WORST = {"serious", "critical"}
COPY = {
    Language.ES: ("Copiar el número", "Copiado el número"),
    Language.FR: ("Copier le numéro", "Copié\u00a0: le numéro"),
    Language.DE: ("Kopieren – Nummer", "Kopiert – Nummer"),
    Language.JA: ("コピー 番号", "コピー済み 番号"),
}
# Elements whose text is wider than they are. What is for screen readers only is one pixel wide on purpose, and the
# turned arrow of a summary stands a little over its edge.
_CUT = """() => [...document.querySelectorAll("main *:not(.unseen, svg, svg *, summary)")]
    .filter((element) => getComputedStyle(element).display !== "inline")
    .filter((element) => element.scrollWidth > element.clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one Chromium for all tests here."""
    with chromium() as running:
        yield running


@pytest.mark.parametrize("language", Language)
def test_every_page_fits_a_phone_in_every_language(
    browser: Browser, new_pool: Callable[..., SamplePool], language: Language
) -> None:
    """At 375 and at 320 pixels, on a phone and inside an app."""
    pool = new_pool(
        greeting="", website="https://acme.example", terms_url="https://a.example/t", privacy_url="https://a.example/p"
    )
    full = new_pool(lines=1)
    waiting, connected, moved = (pool.sign_up(user) for user in ("u-1", "u-2", "u-3"))
    pool.confirm(connected["code"])
    full_page = full.sign_up("u-1")["page_url"]
    full.flag(*full.numbers)
    landing = pool.gateway.base_url + pool.path
    people = (waiting["page_url"], connected["page_url"], moved["page_url"], f"{waiting['page_url']}/quiet")
    for user_agent, urls in (
        (SAFARI, (landing, *people, full_page, f"{pool.gateway.base_url}/t/nothing")),
        (INSTAGRAM, (landing, waiting["page_url"])),
    ):
        for width in (375, 320):
            with browsing(browser, user_agent=user_agent, width=width, locale=language.value) as (page, _):
                for url in urls:
                    assert_fits(page, url, language, with_axe=width == 375)


def assert_fits(page: Page, url: str, language: Language, *, with_axe: bool) -> None:
    """Assert that a page is in its language, and that nothing on it is cut or wider than the screen."""
    page.goto(url)
    assert page.locator("html").get_attribute("lang") == language, url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{url} scrolls sideways"
    assert page.evaluate(_CUT) == [], url
    if with_axe:
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in WORST] == [], url


@pytest.mark.parametrize("language", COPY)
def test_buttons_that_change_speak_the_language_too(browser: Browser, pool: SamplePool, language: Language) -> None:
    """The words come from the page, not from the script."""
    name, done = COPY[language]
    with browsing(browser, user_agent=DESKTOP, width=1280, locale=language.value) as (page, witness):
        page.goto(pool.sign_up("u-1")["page_url"])
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("button", name=done)).to_be_visible()
        expect(page.locator("[data-announce]")).to_have_text(done)
        assert witness.complaints == []
