"""The form on the page that says that all lines are taken, in a real browser: with and without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_browser import BUTTON, OWN_PAGE, assert_quiet, worst_faults
from tests.kit.browsers import CHROMIUM, browsing, chromium
from tests.kit.sample_pools import SamplePool

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing; `make install` as root installs it"),
    pytest.mark.xdist_group("browser"),
]
FIELD = "Your phone number or e-mail"
ASK = "Put me on the list"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one Chromium for all tests here."""
    with chromium() as running:
        yield running


def assert_accessible_as_it_is(page: Page) -> None:
    """Assert that axe finds nothing serious on the page that is shown, in light and dark, and that it fits."""
    page.emulate_media(color_scheme="light")
    assert worst_faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert worst_faults(page, "color-contrast") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("width", [375, 1280])
def test_a_visitor_is_put_on_the_list(browser: Browser, pool: SamplePool, width: int, *, has_script: bool) -> None:
    """What is wrong is named beside the field, which has the focus; the second try leads to a page of their own."""
    pool.flag(*pool.numbers)
    with browsing(browser, width=width, java_script_enabled=has_script) as (page, witness):
        page.goto(f"{pool.gateway.base_url}{pool.path}?src=flyer")
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("heading", name="We’re very busy right now")).to_be_visible()
        field = page.get_by_label(FIELD)
        field.fill("ada@example")
        page.get_by_role("button", name=ASK).click()
        expect(page.get_by_role("alert")).to_contain_text("not a whole e-mail address")
        expect(field).to_have_value("ada@example")
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(
            "This is not a whole e-mail address. It looks like "
            "ada@example.com. We write to you once, when there is room for you. We use it for nothing else."
        )
        field.fill(f"ada.{width}.{has_script}@example.com".lower())
        page.get_by_role("button", name=ASK).click()
        expect(page).to_have_url(OWN_PAGE)
        expect(page.get_by_role("heading", name="You’re on our list")).to_be_visible()
        assert "example.com" not in page.content()
        # Chromium logs the status of the page that shows the mistake; nothing else.
        witness.complaints[:] = [complaint for complaint in witness.complaints if "status of 422" not in complaint]
        assert_quiet(witness, pool)


@pytest.mark.parametrize("width", [375, 1280])
def test_the_form_is_for_everybody(browser: Browser, pool: SamplePool, width: int) -> None:
    """As far as axe can test, before and after a mistake, in light and dark."""
    pool.flag(*pool.numbers)
    with browsing(browser, width=width) as (page, _):
        page.goto(pool.gateway.base_url + pool.path)
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_label(FIELD)).to_be_visible()
        assert_accessible_as_it_is(page)
        page.get_by_label(FIELD).fill("12")
        page.get_by_role("button", name=ASK).click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert_accessible_as_it_is(page)
