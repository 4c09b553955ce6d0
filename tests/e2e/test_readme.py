"""The commands of README.md work as written, and print what it says.

A block after `<!-- runs -->` is run by a shell in a folder that looks like the checkout; one after `<!-- answers -->`
is the output of the block before it. Only the words that README tells the reader to replace are replaced: the port, the
key, the code.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.servers import eventually

pytestmark = pytest.mark.timeout(900)  # it starts whole programs, many of them

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text()
BLOCK = re.compile(r"<!-- (runs|answers) -->\n```\w+\n(.*?)```", re.DOTALL)
ADDRESS, CODE, TOKEN = "http://localhost:8000", "K7M4QX", "TOKEN"


@dataclass(slots=True)
class Newcomer:
    """A person who follows README next to a gateway of their own.

    Attributes:
        words: the words in README that stand for something of theirs, and their values.
    """

    gateway: RunningGateway
    checkout: Path
    words: dict[str, str] = field(default_factory=dict)

    def type_in(self, block: str) -> str:
        """Run a block of commands unchanged, and return its output."""
        for word, own in self.words.items():
            block = block.replace(word, own)
        others = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=self.checkout,
            env=others | {"KEY": self.gateway.admin_key},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), block
        return done.stdout

    def compare(self, printed: str, promised: str) -> None:
        """Compare an answer with the one in README, and read the code from it."""
        given, shown = json.loads(printed), json.loads(promised)
        self.words[CODE] = given["code"]
        token = given["page_url"].rpartition("/")[2]
        as_in_readme = {token: TOKEN, given["code"]: CODE, self.gateway.base_url: ADDRESS}
        assert _without_moment(_reworded(given, as_in_readme)) == _without_moment(shown)


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    """Start a gateway whose data is where a checkout has it, with our environment as its `.venv`."""
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    with start_gateway(tmp_path / "data") as gateway:
        yield Newcomer(gateway, tmp_path, {ADDRESS: gateway.base_url})


def test_readme_from_top_to_bottom(newcomer: Newcomer) -> None:
    """Pool and lines are made, the page opens, the trial spreads, the API answers as shown, a text is confirmed."""
    printed, kinds = "", []
    for kind, block in BLOCK.findall(README):
        kinds.append(kind)
        if kind == "answers":
            newcomer.compare(printed, block)
            continue
        printed = newcomer.type_in(block)
        eventually("the page that README says to open", lambda: _opens(f"{newcomer.gateway.base_url}/j/main"))
    assert kinds == ["runs", "runs", "runs", "answers", "runs"]
    code = newcomer.words[CODE]
    assert newcomer.gateway.api("GET", f"/pools/main/signups/{code}").json()["state"] == "confirmed"


def test_repeating_the_request_changes_nothing(newcomer: Newcomer) -> None:
    """README promises the same person on the same line, and one person counted."""
    make, _, ask, *_ = (block for kind, block in BLOCK.findall(README) if kind == "runs")
    newcomer.type_in(make)
    eventually("the pool known to the gateway", lambda: _opens(f"{newcomer.gateway.base_url}/j/main"))
    first, again = (json.loads(newcomer.type_in(ask)) for _ in range(2))
    assert (first["id"], first["line"]) == (again["id"], again["line"])
    assert sum(line["people_so_far"] for line in newcomer.gateway.api("GET", "/pools/main/lines").json()) == 1


def _opens(url: str) -> bool:
    return httpx.get(url, timeout=10).is_success


def _reworded(given: dict[str, Any], wording: dict[str, str]) -> dict[str, Any]:
    text = json.dumps(given)
    for own, shown in wording.items():
        text = text.replace(own, shown)
    respelt: dict[str, Any] = json.loads(text)
    return respelt


def _without_moment(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "expires_at"}
