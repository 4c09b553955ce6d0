"""The sandbox's page, in a browser and without script; and the start of the command."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.kit.browsers import Scheme, browsing, chromium
from tests.kit.gateways import SWITCHYARD
from tests.kit.sandboxes import RunningSandbox, start_sandbox, webhook_sink
from tests.kit.servers import free_port

PERSON = "+12025559876"
ANY_SINKS = ("--sink-port", "0", "--smtp-port", "0")  # tests run side by side


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run one sandbox with a subscriber for the tests of this module."""
    with (
        webhook_sink() as sink,
        start_sandbox(tmp_path_factory.mktemp("sandbox"), "--speed", "100", "--webhook", sink.url) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser for the tests of this module."""
    with chromium() as started:
        yield started


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_clean(sandbox: RunningSandbox, browser: Browser, width: int, scheme: Scheme) -> None:
    """At both widths and in both schemes nothing overflows, there is no complaint, and axe finds no fault."""
    sandbox.text("a.very.long.address@some-company.example", sandbox.lines[0], "Words without end " * 20)
    with browsing(browser, width=width, scheme=scheme) as (page, witness):
        page.goto(sandbox.page_url)
        assert page.title() == "Sandbox: a local Linq, not the real one"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(page).violations_count == 0
        assert witness.complaints == []
        assert {httpx.URL(address).host for address in witness.addresses} == {"127.0.0.1"}


def test_a_person_texts_from_the_page(sandbox: RunningSandbox, browser: Browser) -> None:
    """The form sends, and message and deliveries appear. Other events appear by themselves."""
    first, second, *_ = sandbox.lines
    with browsing(browser) as (page, witness):
        page.goto(sandbox.page_url)
        page.get_by_label("To").select_option(second)
        page.get_by_label("Text", exact=True).fill("Hi <b>there</b>")
        page.get_by_role("button", name="Send").click()
        messages = page.locator("#live-messages")
        expect(messages.get_by_text("Hi <b>there</b>")).to_be_visible()
        expect(page.locator("#live-deliveries").get_by_text("message.received").first).to_be_visible()
        sandbox.text(PERSON, first, "From elsewhere")
        expect(messages.get_by_text("From elsewhere")).to_be_visible()
        assert witness.complaints == []


def test_a_line_is_flagged_and_recovers_without_script(sandbox: RunningSandbox, browser: Browser) -> None:
    """The buttons are plain forms. A text to a flagged line is refused in words, and the form still holds the text."""
    number = sandbox.lines[3]
    with browsing(browser, java_script_enabled=False) as (page, _):
        page.goto(sandbox.page_url)
        row = page.locator(".lines li").nth(3)
        row.get_by_role("button", name="Flag").click()
        expect(row.get_by_text("flagged")).to_be_visible()
        expect(row.get_by_text("critical")).to_be_visible()
        page.get_by_label("To").select_option(number)
        page.get_by_label("Text", exact=True).fill("Anybody there?")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_contain_text("is flagged")
        expect(page.get_by_label("Text", exact=True)).to_have_value("Anybody there?")
        page.goto(sandbox.page_url)
        row.get_by_role("button", name="At risk").click()
        expect(row.get_by_text("at risk", exact=True)).to_be_visible()
        row.get_by_role("button", name="Recover").click()
        expect(row.get_by_text("healthy")).to_be_visible()


def test_another_site_s_page_cannot_act(sandbox: RunningSandbox) -> None:
    """Neither page nor control API accepts a request that the browser marks as from another site."""
    number = sandbox.lines[0]
    for path in (f"sandbox/lines/{number}/flag", f"sandbox/api/lines/{number}/status"):
        answer = httpx.post(sandbox.page_url + path, content="{}", headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert sandbox.control("GET", "/world")["lines"][0]["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/texts", {"from": PERSON, "to": "+12025550101", "txt": "Hi"}, 422),
        ("POST", "/texts", {"from": PERSON, "text": "Hi"}, 422),
        ("POST", "/lines/+12025550101/status", {"status": "FLAGED"}, 422),
        ("POST", "/lines/+15005550100/status", {"status": "FLAGGED"}, 404),
        ("POST", "/lines", {"number": "12"}, 422),
        ("POST", "/lines", {"number": "+12025550101"}, 409),
        ("POST", "/replies", {"from": "+12025550101", "to": "+19995550100", "text": "Hi"}, 404),
        ("POST", "/replies", {"text": "Hi"}, 422),
        ("POST", "/failures", {"message": "nobody"}, 404),
        ("PATCH", "/settings", {"dupes": 1}, 422),
        ("POST", "/events/nobody/replay", None, 404),
        ("POST", "/nowhere", None, 404),
    ],
)
def test_a_mistake_is_reported(sandbox: RunningSandbox, method: str, path: str, body: object, status: int) -> None:
    """The control API answers a mistake with a status and a sentence."""
    answer = sandbox.ask(method, path, body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_the_command_greets_and_ends(tmp_path: Path) -> None:
    """It prints page, base URL and key. SIGTERM ends it with 0. Without --json it prints plain text."""
    port = str(free_port())
    with subprocess.Popen(
        [SWITCHYARD, "sandbox", "--port", port, *ANY_SINKS, "--webhook", "http://127.0.0.1:9/hook"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        output = ""
        while "secret" not in output:
            output += process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert "not the real one" in output
    assert f"http://127.0.0.1:{port}/api/partner" in output
    assert "whsec_" in output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--webhook", "http://acme.example/hook"], "webhook: "),
        (["--webhook", "http://127.0.0.1:9/", "--webhook-secret", "geheim"], "webhook-secret: "),
        (["--speed", "0"], "--speed"),
    ],
)
def test_unusable_options_are_refused(tmp_path: Path, options: list[str], complaint: str) -> None:
    """A bad option ends it with 2 and one line that names it."""
    run = subprocess.run(
        [SWITCHYARD, "sandbox", "--port", str(free_port()), *ANY_SINKS, *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (run.returncode, complaint in run.stderr, "Traceback" in run.stderr) == (2, True, False)


def test_a_port_in_use_is_reported(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """A second sandbox on the same port prints the port, and how to choose another."""
    port = str(httpx.URL(sandbox.page_url).port)
    run = subprocess.run(
        [SWITCHYARD, "sandbox", "--json", "--port", port],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert f"port {port}" in run.stderr
    assert "--port" in run.stderr
