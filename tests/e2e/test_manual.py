"""The guide of a running gateway: for people in a real browser, for programs over plain HTTP."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.kit.browsers import CHROMIUM, DESKTOP, Scheme, browsing, chromium
from tests.kit.gateways import RunningGateway
from tests.kit.visitors import Visitor

WORST = {"serious", "critical"}
# One page with pictures in a table, one with wide tables and code, the longest one, and one made by us.
PAGES = ["/docs", "/docs/guide/signup-page", "/docs/guide/operations", "/docs/guide/api", "/docs/reference"]

in_browser = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing; `make install` as root installs it"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one Chromium for all tests here."""
    with chromium() as running:
        yield running


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/docs", "text/html"),
        ("/docs/", "text/html"),
        ("/docs/guide/api", "text/html"),
        ("/docs/guide/api.md", "text/markdown"),
        ("/docs/reference", "text/html"),
        ("/docs/reference.md", "text/markdown"),
        ("/docs/decisions/0003-hot-routes", "text/html"),
        ("/docs/changelog", "text/html"),
        ("/docs/pictures/landing-375-light.png", "image/png"),
        ("/llms.txt", "text/plain"),
        ("/llms-full.txt", "text/plain"),
    ],
)
def test_a_page_is_sent_once(gateway: RunningGateway, path: str, kind: str) -> None:
    """Whoever holds a page hears that it is still the same. A HEAD gets the same headers."""
    visitor = Visitor(gateway.base_url)
    first = visitor.get(path)
    assert (first.status, first.headers.get_content_type()) == (200, kind)
    assert first.headers.get_content_charset() == (None if kind == "image/png" else "utf-8")
    etag = first.headers["ETag"]
    for held in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = visitor.get(path, headers={"If-None-Match": held})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    assert visitor.get(path, headers={"If-None-Match": '"other"'}).status == 200
    head = visitor.head(path)
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", etag)


def test_a_page_that_is_not_there_is_a_problem(gateway: RunningGateway) -> None:
    """A program gets problem+json, a person a page; a half address leads to the first page."""
    visitor = Visitor(gateway.base_url)
    missing = visitor.get("/docs/guide/nothing")
    assert (missing.status, missing.headers.get_content_type()) == (404, "application/problem+json")
    assert visitor.open("/docs/guide/nothing").headers.get_content_type() == "text/html"
    assert visitor.open("/docs/guide").location == "/docs"
    assert 'href="/docs"' in visitor.open("/").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
class TestInABrowser:
    """Each page at both widths, in both colour schemes."""

    pytestmark = in_browser

    @pytest.mark.parametrize("path", PAGES)
    def test_a_page_is_readable(
        self, browser: Browser, gateway: RunningGateway, path: str, width: int, scheme: Scheme
    ) -> None:
        """Nothing is cut off, nothing is blocked, every picture shows, and axe has no serious complaint."""
        agent = {"user_agent": DESKTOP} if width > 600 else {}
        with browsing(browser, width=width, scheme=scheme, **agent) as (page, witness):
            page.goto(gateway.base_url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            for picture in page.locator("main img").all():
                picture.scroll_into_view_if_needed()
                assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
                assert f"-{scheme}.png" in picture.evaluate("image => image.currentSrc")
            worst = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in WORST]
            assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in worst] == []
            assert witness.complaints == []

    def test_the_pages_are_reached_from_each_other(
        self, browser: Browser, gateway: RunningGateway, width: int, scheme: Scheme
    ) -> None:
        """A reader goes from the first page to another by the text, and on by the list of all pages."""
        with browsing(browser, width=width, scheme=scheme) as (page, _):
            page.goto(f"{gateway.base_url}/docs")
            page.get_by_role("main").get_by_role("link", name="Channels and alerts").click()
            page.wait_for_url("**/docs/guide/channels")
            page.get_by_role("navigation", name="All pages").get_by_role("link", name="Operations").click()
            page.wait_for_url("**/docs/guide/operations")
            assert page.locator("[aria-current=page]").inner_text() == "Operations"
