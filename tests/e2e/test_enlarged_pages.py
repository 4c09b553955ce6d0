"""The pages for people who enlarge them, measured in a real browser (WCAG 2.2, 1.4.4 and 1.4.10).

Zoomed to 200 %, a phone of 375 px has 188 px. Other people enlarge only the letters.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.kit.browsers import CHROMIUM, DESKTOP, INSTAGRAM, Scheme, browsing, chromium
from tests.kit.gateways import RunningGateway
from tests.kit.sample_pools import SamplePool
from tests.kit.user_agents import SAFARI

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing; `make install` as root installs it"),
    pytest.mark.xdist_group("browser"),
]

SIZES = {
    "375": (375, 100),
    "320": (320, 100),
    "zoomed to 200 %": (188, 100),
    "letters at 200 %": (320, 200),
}
WORDS: dict[str, dict[str, str]] = {
    "English": {"name": "Acme", "text": "Hi Acme! {code}", "greeting": "Questions about your order? Text us."},
    "German": {
        "name": "Kraftfahrzeughaftpflichtversicherung Nord",
        "text": "Guten Tag, Kundendienst! {code}",
        "greeting": "Fragen zur Lieferung? Unsere Mitarbeiterinnen und Mitarbeiter antworten.",
    },
    "Japanese": {
        "name": "東京お客様サポートセンター受付窓口",
        "text": "Hi {code}",
        "greeting": "ご注文についてのご質問は、テキストメッセージでお気軽にお問い合わせください。",
    },
}
MEASURE = """
() => {
  const box = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0);
    const { left, height, ...outer } = element.getBoundingClientRect().toJSON();
    // Also of words that stick out, but a button holds words for screen readers alone.
    const inner = element.matches(".button, .copy") ? [] : rects.map((rect) => rect.right);
    const right = Math.max(outer.right, ...inner);
    const lines = new Set(rects.map((rect) => Math.round(rect.top))).size;
    const px = parseFloat(getComputedStyle(element).fontSize);
    return { text: element.textContent.trim(), left, right, height, lines, px };
  };
  const isShown = (element) => element.checkVisibility() && !element.matches(".unseen");
  const all = (selector) => [...document.querySelectorAll(selector)].filter(isShown).map(box);
  for (const details of document.querySelectorAll("details")) details.open = true;
  return {
    width: document.documentElement.clientWidth,
    needed: document.documentElement.scrollWidth,
    numbers: all(".number"),
    words: all("h1, h2, p:not(.brand), .brand bdi, dt, .value:not(.number), li, summary"),
    buttons: all(".button, .copy"),
  };
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one Chromium for all tests here."""
    with chromium() as running:
        yield running


def measured(page: Page, url: str, root_percent: int) -> dict[str, Any]:
    """Open a page with letters of this size, and measure what is on it."""
    page.goto(url)
    if root_percent != 100:
        page.evaluate(f"document.documentElement.style.fontSize = '{root_percent}%'")
    found: dict[str, Any] = page.evaluate(MEASURE)
    return found


def assert_readable(found: dict[str, Any]) -> None:
    """Assert that nothing scrolls sideways, no number breaks, no word stands upright, and all buttons work."""
    width = found["width"]
    assert found["needed"] <= width
    for number in found["numbers"]:
        assert number["lines"] == 1, number
        assert number["px"] >= 14, number
    for each in (*found["numbers"], *found["words"], *found["buttons"]):
        assert -1 <= each["left"] < each["right"] <= width + 1, each
    for words in found["words"]:
        assert len(words["text"]) < 4 or len(words["text"]) / max(words["lines"], 1) >= 3, words
    for button in found["buttons"]:
        assert button["height"] >= 44, button


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", WORDS)
def test_an_enlarged_page_is_readable(
    browser: Browser, gateway: RunningGateway, new_pool: Callable[..., SamplePool], size: str, language: str
) -> None:
    """Number and message are whole on every page a person sees, at every size, whatever the language."""
    width, root_percent = SIZES[size]
    pool, full = new_pool(**WORDS[language]), new_pool(lines=1, **WORDS[language])
    waiting, connected = pool.sign_up("u-1"), pool.sign_up("u-2")
    pool.confirm(connected["code"])
    full_page = full.sign_up("u-1")["page_url"]
    full.flag(*full.numbers)
    signup_page = gateway.base_url + pool.path
    urls = {
        SAFARI: [signup_page, waiting["page_url"], connected["page_url"], full_page, waiting["page_url"] + "/quiet"],
        INSTAGRAM: [signup_page, waiting["page_url"]],
        DESKTOP: [signup_page, waiting["page_url"], gateway.base_url + "/"],
    }
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for user_agent, visited in urls.items():
        for scheme in schemes if user_agent == SAFARI else schemes[:1]:
            with browsing(browser, user_agent=user_agent, width=width, scheme=scheme) as (page, _):
                for url in visited:
                    found = measured(page, url, root_percent)
                    assert_readable(found)
                    if url == waiting["page_url"]:
                        assert {line["text"] for line in found["numbers"]} >= {"+1 202-555-" + pool.numbers[0][-4:]}
