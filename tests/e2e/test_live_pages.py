"""Open pages follow what is true, in a real browser: within two seconds, after sleep, and while the store is away."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.kit.browsers import CHROMIUM, DESKTOP, INSTAGRAM, browsing, chromium
from tests.kit.deliveries import SECRET, Linq, new_person, text
from tests.kit.gateways import start_gateway
from tests.kit.outages import hung_store
from tests.kit.sample_pools import SamplePool, open_pool
from tests.kit.user_agents import SAFARI

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing; `make install` as root installs it"),
    pytest.mark.xdist_group("browser"),
]

CONNECTED, CHANGED, BUSY = "You’re connected", "Our number has changed", "We’re very busy right now"
STOPPED = "We’ve stopped texting you"
# What the translators in browsers do: they replace the text of each node, but not below translate="no", and wrap it.
_TRANSLATE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, {acceptNode: (node) =>
    node.parentElement.closest("[translate=no], .notranslate, script, style") || !node.data.trim()
      ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT});
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  for (const node of found) {
    const font = document.createElement("font");
    font.textContent = "[x]";
    node.replaceWith(font);
  }
  document.documentElement.lang = "xx";
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one Chromium for all tests here."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamplePool]:
    """Open a pool in a separate gateway, whose store can be made to hang."""
    with start_gateway(tmp_path_factory.mktemp("frail")) as gateway:
        yield open_pool(gateway, "frail")


@pytest.fixture(scope="module")
def texted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamplePool]:
    """Open a pool in a separate gateway that trusts our deliveries."""
    with start_gateway(tmp_path_factory.mktemp("texted"), LINQ_WEBHOOK_SECRETS=SECRET) as gateway:
        yield open_pool(gateway, "texted")


def expect_headline(page: Page, words: str) -> None:
    """Wait until the page says this first."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def sleep_and_wake(page: Page, change: Callable[[], None]) -> None:
    """Let something happen while the page is hidden and its stream is closed, then show it again."""
    hide = """hidden => {
      Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    change()
    page.evaluate(hide, False)


@pytest.mark.parametrize("user_agent", [SAFARI, DESKTOP, INSTAGRAM])
def test_an_open_page_follows_the_line(browser: Browser, pool: SamplePool, user_agent: str) -> None:
    """Connected, flagged, recovered: the page says each by itself, with the number that is right then."""
    person = pool.sign_up("u-1")
    with browsing(browser, user_agent=user_agent, width=1280 if user_agent == DESKTOP else 375) as (page, witness):
        page.goto(person["page_url"])
        pool.confirm(person["code"])
        expect_headline(page, CONNECTED)
        pool.flag(person["line"])
        expect_headline(page, CHANGED)
        moved_to = pool.sign_up("u-1")["line"]
        assert moved_to != person["line"]
        expect(page.locator(f'a[href*="{moved_to}"], a[href*="{moved_to.replace("+", "%2B")}"]').first).to_be_visible()
        expect(page.get_by_role("button", name="Copy the number")).to_be_visible()
        expect(page.locator("[data-announce]")).to_contain_text(CHANGED)
        pool.unflag(person["line"])
        expect_headline(page, CONNECTED)
        assert witness.complaints == []


def test_an_open_page_follows_what_a_person_texts(browser: Browser, texted: SamplePool) -> None:
    """Their first text, STOP in their own words and START: the page says each by itself."""
    linq, number = Linq(texted.gateway.base_url), new_person()
    person = texted.sign_up("u-1")
    with browsing(browser) as (page, witness):
        page.goto(person["page_url"])
        for words, headline in (
            (person["text"], CONNECTED),
            ("please stop texting me", STOPPED),
            ("START", CONNECTED),
        ):
            assert linq.deliver(text(person["line"], number, words, further="")).status == 200
            expect_headline(page, headline)
        assert witness.complaints == []


def test_a_translated_page_keeps_what_must_be_typed(browser: Browser, pool: SamplePool) -> None:
    """A browser that translates changes every word but those that must stay; a renewed page says what is true."""
    person = pool.sign_up("u-1")
    with browsing(browser) as (page, _):
        page.goto(person["page_url"])
        page.evaluate(_TRANSLATE)
        number = page.locator("dd .number").first
        expect(number).to_contain_text(person["line"][-4:])
        shown = page.locator("main").inner_text()
        assert person["code"] in shown
        assert person["text"] in shown
        assert "Open Messages" not in shown
        expect(page.get_by_role("button", name="[x]").first).to_be_visible()
        page.get_by_role("button").first.click()
        assert "Copied" not in page.locator("main").inner_text()
        pool.flag(person["line"])
        expect_headline(page, CHANGED)


def test_a_page_that_slept_catches_up(browser: Browser, pool: SamplePool) -> None:
    """Whatever happened while it was hidden, it shows what is true when it is seen again, once."""
    person = pool.sign_up("u-1")
    with browsing(browser) as (page, witness):
        page.goto(person["page_url"])
        expect(page.get_by_text("Waiting for your text…")).to_be_visible()
        fetched: list[str] = []

        def record(request: Request) -> None:
            if request.url == person["page_url"]:
                fetched.append(request.url)

        page.on("request", record)
        sleep_and_wake(page, lambda: pool.flag(person["line"]))
        expect_headline(page, CHANGED)
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.get_by_text("Waiting for your text…")).to_be_visible()
        page.wait_for_timeout(2500)  # a page that renewed itself for ever would do it again in this time
        assert len(fetched) == 1
        assert witness.complaints == []


def test_going_back_shows_what_is_true(browser: Browser, pool: SamplePool) -> None:
    """The browser may bring the page back from its cache, as it was left."""
    person = pool.sign_up("u-1")
    with browsing(browser) as (page, _):
        page.goto(person["page_url"])
        page.goto(f"{person['page_url']}/quiet")
        pool.flag(person["line"])
        page.go_back()
        expect_headline(page, CHANGED)


def test_the_focus_stays_where_it_was(browser: Browser, pool: SamplePool) -> None:
    """A button that is still there keeps the focus; if it is gone, the focus goes to the news."""
    person = pool.sign_up("u-1")
    with browsing(browser) as (page, _):
        page.goto(person["page_url"])
        page.get_by_role("button", name="Copy the number").focus()
        pool.flag(person["line"])
        expect_headline(page, CHANGED)
        expect(page.get_by_role("button", name="Copy the number")).to_be_focused()
        page.get_by_role("link", name="Open Messages", exact=True).focus()
        pool.unflag(person["line"])
        pool.confirm(person["code"])
        expect_headline(page, CONNECTED)


def test_the_waitlist_ends_before_their_eyes(browser: Browser, new_pool: Callable[..., SamplePool]) -> None:
    """Every line is out: the page waits, and has a number as soon as a line works."""
    pool = new_pool(lines=1)
    person = pool.sign_up("u-1")
    pool.flag(*pool.numbers)
    with browsing(browser) as (page, witness):
        page.goto(person["page_url"])
        expect_headline(page, BUSY)
        pool.unflag(*pool.numbers)
        expect_headline(page, "Your text is ready")
        expect(page.get_by_role("button", name="Copy the number")).to_be_visible()
        assert witness.complaints == []


def test_the_page_of_a_hung_store_goes_on_by_itself(browser: Browser, frail: SamplePool) -> None:
    """The press is repeated with its own form, so it is one signup; a page that was opened opens after all."""
    before = frail.people_so_far()
    base = frail.gateway.base_url
    own = frail.sign_up("u-own")["page_url"]
    with browsing(browser) as (page, _), browsing(browser) as (other, _):
        page.goto(base + frail.path)
        nonce = page.locator("input[name=nonce]").get_attribute("value")
        with hung_store(frail.gateway):
            page.get_by_role("button", name="Text us").click()
            other.goto(own)
            for shown in (page, other):
                expect_headline(shown, "One moment, please")
                expect(shown.get_by_text("We are very busy")).to_be_visible()
                expect(shown.get_by_text("This page tries again by itself.")).to_be_visible()
                assert shown.locator('a[href="/"]').count() == 0
            assert page.locator("form input[name=nonce]").get_attribute("value") == nonce
        for shown in (page, other):
            expect(shown).to_have_url(re.compile(r"/t/[\w-]+$"), timeout=30_000)
            expect_headline(shown, "Your text is ready")
    assert frail.people_so_far() == before + 2


def test_without_script_the_button_repeats_the_press(browser: Browser, frail: SamplePool) -> None:
    """It posts the same form again, also after a second failure."""
    before = frail.people_so_far()
    with browsing(browser, java_script_enabled=False) as (page, _):
        page.goto(frail.gateway.base_url + frail.path)
        with hung_store(frail.gateway):
            page.get_by_role("button", name="Text us").click()
            page.get_by_role("button", name="Try again").click()
            expect_headline(page, "One moment, please")
        page.get_by_role("button", name="Try again").click()
        expect(page).to_have_url(re.compile(r"/t/[\w-]+$"))
    assert frail.people_so_far() == before + 1
