"""The public pages in a real browser: a person's whole way, on a phone, on a desktop, without script.

The content security policy is on. There must be no complaint, and only the gateway may be asked for anything. Tools
judge what eyes would judge: a QR reader and axe.
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.kit.browsers import CHROMIUM, DESKTOP, INSTAGRAM, Scheme, Witness, browsing, chromium
from tests.kit.gateways import RunningGateway
from tests.kit.qr_readers import read_with_opencv, read_with_zxing
from tests.kit.sample_pools import SamplePool, draw_logo
from tests.kit.sms_link_readers import Draft, read_as_android, read_as_ios
from tests.kit.user_agents import CHROME, SAFARI

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing; `make install` as root installs it"),
    pytest.mark.xdist_group("browser"),  # one Chromium at a time is enough for two cores
]

OWN_PAGE = re.compile(r"/t/[\w-]+$")
BUTTON = re.compile("^(Text us|Get my number)$")
CONNECTED = "You’re connected"
WORST = {"serious", "critical"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one Chromium for all tests here."""
    with chromium() as running:
        yield running


def press(page: Page, pool: SamplePool) -> str:
    """Open the signup page, press its button and arrive at the personal page. Return the code of the signup."""
    page.goto(pool.gateway.base_url + pool.path)
    page.get_by_role("button", name=BUTTON).click()
    expect(page).to_have_url(OWN_PAGE)
    return page.locator(".hint b", has_text=re.compile(r"^[0-9A-Z]{6}$")).inner_text()


def assert_quiet(witness: Witness, pool: SamplePool) -> None:
    """Assert that there was no complaint, and that only the gateway was asked. An sms: link is for the phone."""
    assert witness.complaints == []
    ours = (f"{pool.gateway.base_url}/", "sms:")
    assert [address for address in witness.addresses if not address.startswith(ours)] == []


@pytest.mark.parametrize(("user_agent", "read"), [(SAFARI, read_as_ios), (CHROME, read_as_android)])
def test_on_a_phone_one_tap_leads_to_messages(
    browser: Browser, pool: SamplePool, user_agent: str, read: Callable[[str], Draft]
) -> None:
    """The tap opens a text with the code to a line of the pool. The page left behind is the person's own."""
    with browsing(browser, user_agent=user_agent) as (page, witness):
        code = press(page, pool)
        (opened,) = [address for address in witness.addresses if address.startswith("sms:")]
        assert read(opened).body == f"Hi Acme! {code}"
        assert read(opened).recipients[0] in pool.numbers
        assert page.get_by_role("link", name="Open Messages", exact=True).get_attribute("href") == opened
        assert_quiet(witness, pool)
    assert pool.people_so_far() == 1


def test_the_page_shows_the_text_by_itself(browser: Browser, pool: SamplePool) -> None:
    """The waiting page turns to "You're connected" when the text arrives, and still says so after a reload."""
    with browsing(browser) as (page, witness):
        code = press(page, pool)
        expect(page.get_by_text("Waiting for your text…")).to_be_visible()
        expect(page.get_by_role("heading", name=CONNECTED)).to_be_hidden()
        pool.confirm(code)
        expect(page.get_by_role("heading", name=CONNECTED)).to_be_visible()
        expect(page.get_by_role("link", name="Open Messages", exact=True)).to_be_hidden()
        expect(page.get_by_role("link", name="Back to Messages")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name=CONNECTED)).to_be_visible()
        assert_quiet(witness, pool)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_desktop_shows_a_code_to_scan(browser: Browser, pool: SamplePool, scheme: Scheme) -> None:
    """The code's pixels hold the page's address, also in dark mode. The phone then goes on as usual."""
    with browsing(browser, user_agent=DESKTOP, width=1280, scheme=scheme) as (page, witness):
        code = press(page, pool)
        page.wait_for_load_state("load")
        picture = Image.open(BytesIO(page.screenshot(animations="disabled")))
        assert read_with_zxing(picture) == read_with_opencv(picture) == page.url
        assert not [address for address in witness.addresses if address.startswith("sms:")]
        pool.confirm(code)
        expect(page.get_by_role("heading", name=CONNECTED)).to_be_visible()
        expect(page.get_by_role("img", name="QR code")).to_be_hidden()
        assert_quiet(witness, pool)


def test_scanned_from_the_desktop_the_phone_carries_on(browser: Browser, pool: SamplePool) -> None:
    """A phone that scans the page links Messages, and both screens turn together."""
    with (
        browsing(browser, user_agent=DESKTOP, width=1280) as (desktop, _),
        browsing(browser) as (phone, witness),
    ):
        code = press(desktop, pool)
        phone.goto(desktop.url)
        href = phone.get_by_role("link", name="Open Messages", exact=True).get_attribute("href")
        assert read_as_ios(href or "").body == f"Hi Acme! {code}"
        pool.confirm(code)
        for page in (phone, desktop):
            expect(page.get_by_role("heading", name=CONNECTED)).to_be_visible()
        assert_quiet(witness, pool)
    assert pool.people_so_far() == 1


@pytest.mark.parametrize(("user_agent", "width"), [(SAFARI, 375), (DESKTOP, 1280)])
def test_without_script_everything_works(browser: Browser, pool: SamplePool, user_agent: str, width: int) -> None:
    """The form leads to the page, the page links Messages, and a tap on "refresh" shows the result."""
    with browsing(browser, user_agent=user_agent, width=width, java_script_enabled=False) as (page, witness):
        code = press(page, pool)
        assert page.locator(f'a[href^="sms:"][href$="{code}"]').is_visible()
        expect(page.get_by_role("button", name="Copy")).to_have_count(0)
        pool.confirm(code)
        page.get_by_role("link", name="I’ve sent it – refresh").click()
        expect(page.get_by_role("heading", name=CONNECTED)).to_be_visible()
        assert_quiet(witness, pool)


def test_a_double_tap_is_one_signup(browser: Browser, pool: SamplePool) -> None:
    """Two taps on the button lead to one page and use one place."""
    with browsing(browser) as (page, _):
        page.goto(pool.gateway.base_url + pool.path)
        page.get_by_role("button", name=BUTTON).dblclick()
        expect(page).to_have_url(OWN_PAGE)
    assert pool.people_so_far() == 1


def test_the_number_can_be_copied(browser: Browser, pool: SamplePool) -> None:
    """An app's own browser opens no other app. The buttons copy number and message, and say so."""
    with browsing(browser, user_agent=INSTAGRAM, permissions=["clipboard-read", "clipboard-write"]) as (page, witness):
        code = press(page, pool)
        page.get_by_role("button", name="Copy the number").click()
        expect(page.get_by_role("button", name="Copied the number")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") in pool.numbers
        page.get_by_role("button", name="Copy the message").click()
        expect(page.locator("[data-announce]")).to_have_text("Copied the message")
        assert page.evaluate("navigator.clipboard.readText()") == f"Hi Acme! {code}"
        assert not [address for address in witness.addresses if address.startswith("sms:")]
        assert_quiet(witness, pool)


def test_when_all_lines_are_flagged_the_button_leads_to_the_waitlist(browser: Browser, pool: SamplePool) -> None:
    """With or without script, the answer is that we are busy, and the way back works once a line does."""
    pool.flag(*pool.numbers)
    with browsing(browser) as (page, witness):
        page.goto(pool.gateway.base_url + pool.path)
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("heading", name="We’re very busy right now")).to_be_visible()
        pool.unflag(*pool.numbers)
        page.get_by_role("link", name="Try again").click()
        page.get_by_role("button", name=BUTTON).click()
        expect(page).to_have_url(OWN_PAGE)
        assert_quiet(witness, pool)


def test_a_reopened_tab_finds_its_page(browser: Browser, pool: SamplePool) -> None:
    """A second press on the signup link leads the browser to the page it had."""
    with browsing(browser, user_agent=DESKTOP, width=1280) as (page, _):
        press(page, pool)
        own = page.url
        page.go_back()
        page.get_by_role("button", name=BUTTON).click()
        expect(page).to_have_url(own)
    assert pool.people_so_far() == 1


@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing_serious(
    browser: Browser, gateway: RunningGateway, new_pool: Callable[..., SamplePool], width: int
) -> None:
    """As far as axe can test, every page works with a screen reader, a keyboard and weak eyes, in light and dark."""
    pool, full = new_pool(), new_pool(lines=1)
    pool.upload_photo(draw_logo())
    waiting, connected, moved = (pool.sign_up(user) for user in ("u-1", "u-2", "u-3"))
    pool.confirm(connected["code"])
    full_page = full.sign_up("u-1")["page_url"]
    full.flag(*full.numbers)
    signup_page = gateway.base_url + pool.path
    with browsing(browser, user_agent=INSTAGRAM, width=width) as (page, _):
        for url in (signup_page, waiting["page_url"]):
            assert_accessible(page, url)
    with browsing(browser, user_agent=DESKTOP if width == 1280 else SAFARI, width=width) as (page, _):
        for url in (signup_page, waiting["page_url"], connected["page_url"], full_page):
            assert_accessible(page, url)
        for path in ("/", "/schema", "/j/nothing-here"):
            assert_accessible(page, gateway.base_url + path)
        pool.flag(moved["line"])
        assert_accessible(page, moved["page_url"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_more_messages_with_one_tap_and_back(browser: Browser, pool: SamplePool, scheme: Scheme) -> None:
    """On a phone, without script: the page asks, the button confirms, undo takes it back. Both look right."""
    url = pool.sign_up("u-1")["page_url"] + "/quiet"
    with browsing(browser, scheme=scheme, java_script_enabled=False) as (page, witness):
        page.goto(url)
        page.get_by_role("button", name="No more messages about this").click()
        expect(page.get_by_role("heading", name="We won’t write to you about this again")).to_be_visible()
        page.get_by_role("button", name="Undo: write to me again").click()
        expect(page.get_by_role("heading", name="No more messages about this?")).to_be_visible()
        page.get_by_role("link", name="Back to your page").click()
        expect(page).to_have_url(OWN_PAGE)
        assert_quiet(witness, pool)
    for width in (375, 1280):
        with browsing(browser, width=width) as (page, _):
            assert_accessible(page, url)
            page.get_by_role("button", name="No more messages about this").click()
            assert_accessible(page, url)
            page.get_by_role("button", name="Undo: write to me again").click()


def assert_accessible(page: Page, url: str) -> None:
    """Assert that axe finds none of its two worst grades, no weak contrast in dark mode, and no sideways scroll."""
    page.emulate_media(color_scheme="light")
    page.goto(url)
    assert worst_faults(page) == [], url
    page.emulate_media(color_scheme="dark")
    assert worst_faults(page, "color-contrast") == [], f"{url} in the dark"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{url} scrolls sideways"


def worst_faults(page: Page, *rules: str) -> list[tuple[str, str]]:
    """Return rule and place of each serious or critical fault, for all rules or the named ones."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    return [(fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in WORST]
