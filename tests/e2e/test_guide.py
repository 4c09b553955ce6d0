"""The commands of the guide work as written.

Every block of a page is fenced and names its language. A block of commands has a mark before it, which readers do not
see: `<!-- runs -->`, with its conditions, or `<!-- not run: … -->` with the reason. Pages are read in the order of a
story, next to one gateway, as a reader would.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from router.settings.loading import load_settings
from tests.kit.gateways import SWITCHYARD, RunningGateway, start_gateway
from tests.kit.sandboxes import APP_SECRET, RunningSandbox, start_sandbox
from tests.kit.servers import eventually, free_port
from tests.kit.terminal import Terminal, code_in

PROJECT = Path(__file__).parents[2]
GUIDE = PROJECT / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
COMMANDS, OTHERS = {"sh", "console", "python"}, {"csv", "html", "json", "nginx", "text", "toml", "vcard"}
REASON = re.compile(r"not run: \w.*")

LOCAL, SANDBOX, SINKS, MAIL = "127.0.0.1:8000", "127.0.0.1:8010", "127.0.0.1:8011", "127.0.0.1:8012"
_PATIENCE_S = 60
CODE, CAMPAIGN, FIRST_LINE = "K7M4QX", "main.0.flagged1", "+12025550101"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page. `mark` is the text of the comment before it."""

    page: str
    language: str
    mark: str
    text: str

    @property
    def runs(self) -> bool:
        """Return whether it is run here."""
        return self.mark.partition(":")[0] == "runs"

    @property
    def condition(self) -> str:
        """Return its conditions."""
        return self.mark.partition(": ")[2]


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    found = FENCE.finditer(page.read_text())
    return [Block(page.stem, each["language"], each["mark"] or "", each["text"]) for each in found]


def block_of(page: str, language: str) -> str:
    """Return the first block in a language on a page."""
    return next(block.text for block in blocks_of(GUIDE / f"{page}.md") if block.language == language)


@dataclass(slots=True)
class GuideReader:
    """A person who reads pages of the guide next to a gateway, at a terminal.

    Attributes:
        conditions: the preparation that some blocks need, by the words of their mark.
    """

    terminal: Terminal
    gateway: RunningGateway | None = None
    conditions: dict[str, Callable[[], None]] = field(default_factory=dict)

    def read(self, page: str) -> None:
        """Run the commands of a page, from top to bottom."""
        for block in blocks_of(GUIDE / f"{page}.md"):
            if not block.runs:
                continue
            if block.condition in self.conditions:
                self.conditions[block.condition]()
            if block.condition.startswith("until Ctrl+C"):
                self.terminal.start(block.text)
            elif block.language == "console":
                self._compare(block.text)
            elif block.language == "python":
                self.terminal.run_python(block.text)
            else:
                self._learn(self.terminal.type_in(block.text))

    def sign_up(self) -> None:
        """A person signs up. The next blocks use their code."""
        self._learn(json.dumps(self._api("POST", "/pools/main/signups", json={"user": "u-0", "prefer": FIRST_LINE})))

    def flag(self) -> None:
        """The first line is flagged with a person on it. The next blocks use its campaign."""
        path = f"/pools/main/lines/{FIRST_LINE}"
        if self._api("GET", path)["status"] != "FLAGGED":
            self.sign_up()
            self._api("POST", f"/pools/main/signups/{self.terminal.words[CODE]}/confirm")
            self._api("POST", f"{path}/flag", json={"reason": "a test"})
        eventually("a campaign of the flag", lambda: bool(self._live_campaigns()), within_s=_PATIENCE_S)
        (self.terminal.words[CAMPAIGN],) = self._live_campaigns()

    def pause(self) -> None:
        """Pause the campaign, so that it waits for a human."""
        path = f"/campaigns/{self.terminal.words[CAMPAIGN]}"
        if self._api("GET", path)["state"] != "paused":
            self._api("POST", f"{path}/pause", json={"reason": "a test"})

    def _live_campaigns(self) -> list[str]:
        found = self._api("GET", "/campaigns?live=true")
        return [each["id"] for each in found if each["line"] == FIRST_LINE]

    def _api(self, method: str, path: str, **more: Any) -> Any:
        assert self.gateway is not None
        return self.gateway.api(method, path, **more).json()

    def _learn(self, printed: str) -> None:
        code = code_in(printed)
        if code is not None:
            self.terminal.words[CODE] = code

    def _compare(self, block: str) -> None:
        """Run a sample's command and check the parts without figures: the headings, and the first cell of each row."""
        command, *promised = block.splitlines()
        printed = " ".join(self.terminal.type_in(command.removeprefix("$ ")).split())
        heading, *rows = ([cell for cell in re.split(r"\s{2,}", line.strip()) if cell] for line in promised)
        labels = [*heading, *(row[0] for row in rows)]
        assert [label for label in labels if not re.search(r"\d", label) and label not in printed] == []


def open_terminal(directory: Path, gateway: RunningGateway | None, words: dict[str, str], **more: str) -> Terminal:
    """Open a terminal in a folder that looks like the checkout."""
    (directory / ".venv").symlink_to(PROJECT / ".venv")
    shutil.copy(PROJECT / "docs" / "pictures" / "person-phone-375-light.png", directory / "logo.png")
    (directory / "lines.csv").write_text(block_of("api", "csv"))
    others = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
    key = {} if gateway is None else {"KEY": gateway.admin_key}
    return Terminal(directory, others | key | more, words)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[GuideReader]:
    """Start a gateway without an account of the provider."""
    (tmp_path / "data").mkdir(mode=0o700)
    port = free_port()
    with start_gateway(tmp_path / "data", PORT=str(port)) as gateway:
        words = {"http://localhost:8000": gateway.base_url, "sy_admin_…": gateway.admin_key}
        terminal = open_terminal(tmp_path, gateway, words, SWITCHYARD_PORT=str(port), SWITCHYARD_HOST="127.0.0.1")
        reader = GuideReader(terminal, gateway)
        reader.conditions = {
            "after a signup": reader.sign_up,
            "with a flagged line": reader.flag,
            "with the gateway stopped": gateway.stop,
        }
        try:
            yield reader
        finally:
            terminal.end()


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[GuideReader]:
    """Start a gateway next to the sandbox, with an account and all channels."""
    (tmp_path / "data").mkdir(mode=0o700)
    with start_sandbox(tmp_path, "--speed", "100") as sandbox:
        words = _sandbox_words(sandbox)
        port = free_port()
        words["https://go.example.com"] = f"http://127.0.0.1:{port}"
        settings = sandbox.channel_settings | {
            "SWITCHYARD_LINQ_API_KEY": sandbox.api_key,
            "SWITCHYARD_LINQ_BASE_URL": sandbox.base_url,
        }
        for_gateway = {name.removeprefix("SWITCHYARD_"): value for name, value in settings.items()}
        with start_gateway(tmp_path / "data", program=SWITCHYARD, PORT=str(port), **for_gateway) as gateway:
            reader = GuideReader(open_terminal(tmp_path, gateway, words, **settings), gateway)
            reader.conditions = {"with a flagged line": reader.flag, "with a paused campaign": reader.pause}
            try:
                yield reader
            finally:
                reader.terminal.end()


def _sandbox_words(sandbox: RunningSandbox) -> dict[str, str]:
    """Return the words that stand for an account, and for the services behind the channels."""
    return {
        "SWITCHYARD_LINQ_API_KEY=…": f"SWITCHYARD_LINQ_API_KEY={sandbox.api_key}",
        "https://api.acme.example/hooks/switchyard": f"{sandbox.sinks['app']}/hooks",
        "smtp://user:password@mail.example.com:587": sandbox.sinks["email"],
        "SWITCHYARD_TWILIO_AUTH_TOKEN=…": "SWITCHYARD_TWILIO_AUTH_TOKEN=any",
        "slack://token-a/token-b/token-c/#ops,pagerduty://integration-key@api-key/router": sandbox.sinks["app"].replace(
            "http://", "json://"
        ),
    }


ALONE = ["getting-started", "signup-page", "lines-and-capacity", "simulation", "api", "operations"]
CONNECTED = ["linq", "campaigns", "channels"]


def test_a_reader_without_an_account(alone: GuideReader) -> None:
    """Lines are made, people sign up, capacity is read, and the data is backed up and served again."""
    for page in ALONE:
        alone.read(page)


def test_a_reader_with_an_account(connected: GuideReader) -> None:
    """The account is connected, a campaign is watched and stopped, and each channel is tried."""
    for page in CONNECTED:
        connected.read(page)


def test_a_reader_of_the_sandbox(tmp_path: Path) -> None:
    """The sandbox and the gateway start by their own commands, and a text goes to a sink."""
    ports = [free_port() for _ in range(4)]
    local, sandbox, sinks, mail = (f"127.0.0.1:{port}" for port in ports)
    options = f"switchyard sandbox --port {ports[1]} --sink-port {ports[2]} --smtp-port {ports[3]} --webhook "
    words = {"switchyard sandbox --webhook ": options, LOCAL: local, SANDBOX: sandbox, SINKS: sinks, MAIL: mail}
    terminal = open_terminal(
        tmp_path, None, words, SWITCHYARD_PORT=str(ports[0]), SWITCHYARD_HOST="127.0.0.1", SWITCHYARD_DATA_DIR="data"
    )
    try:
        GuideReader(terminal).read("sandbox")
        eventually(
            "the gateway that the page starts",
            lambda: httpx.get(f"http://{local}/readyz").is_success,
            within_s=_PATIENCE_S,
        )
    finally:
        terminal.end()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_names_its_language(page: Path) -> None:
    """No block is marked by its indent alone, so no command is overlooked."""
    text = page.read_text()
    assert {block.language for block in blocks_of(page)} <= COMMANDS | OTHERS
    assert re.findall(r"^ {4}.*$", FENCE.sub("", text), re.MULTILINE) == []
    assert text.count("```") == 2 * len(blocks_of(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_runs_or_says_why_not(page: Path) -> None:
    """A block of commands is run by one of the stories above, or gives a reason."""
    for block in blocks_of(page):
        if block.language in COMMANDS:
            assert block.runs or REASON.fullmatch(block.mark), block.text
        if block.runs:
            assert page.stem in {*ALONE, *CONNECTED, "sandbox"}, block.text


@pytest.mark.parametrize(
    "block",
    [block for page in PAGES for block in blocks_of(page) if block.language == "toml"],
    ids=lambda block: block.page,
)
def test_every_settings_file_is_accepted(block: Block, tmp_path: Path) -> None:
    """A file copied from the guide starts the gateway, once its secrets are filled in."""
    text = block.text.replace("whsec_…", APP_SECRET)
    (tmp_path / "switchyard.toml").write_text(text)
    load_settings({}, directory=tmp_path)
