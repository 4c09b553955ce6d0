"""`switchyard linq` as operators run it, next to a local Linq: from an empty store to a subscription, and failures."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.e2e.test_cli import Shell
from tests.kit.commands import COMMAND
from tests.kit.linq_accounts import NUMBERS, start_over
from tests.kit.sandboxes import RunningSandbox, start_sandbox
from tests.kit.servers import start_valkey

BASE_URL = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run one local Linq for all tests."""
    with start_sandbox(tmp_path_factory.mktemp("linq"), "--speed", "100") as running:
        yield running


@pytest.fixture
def shell(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Shell]:
    """Open a terminal whose commands share a store with one pool, on an account of four lines."""
    start_over(sandbox, NUMBERS)
    with start_valkey(tmp_path) as server:
        environ = {
            "SWITCHYARD_REDIS_URL": server.url,
            "SWITCHYARD_LINQ_API_KEY": sandbox.api_key,
            "SWITCHYARD_LINQ_BASE_URL": sandbox.base_url,
            "SWITCHYARD_BASE_URL": BASE_URL,
        }
        shell = Shell(tmp_path, environ)
        shell.ask("pools", "create", "main", "--name", "Acme")
        yield shell


def test_an_account_from_nothing_to_a_subscription(shell: Shell, sandbox: RunningSandbox) -> None:
    """Lines are added, the subscription is made, cards are set. A second run of each finds nothing to do."""
    dry = shell.ask("linq", "sync", "--dry-run")
    assert (dry["is_dry_run"], [line["result"] for line in dry["lines"]]) == (True, [""] * 4)
    assert [line["number"] for line in dry["lines"]] == [*NUMBERS]
    assert shell.ask("lines", "list") == []
    assert {line["result"] for line in shell.ask("linq", "sync")["lines"]} == {"added"}
    assert shell.ask("linq", "sync")["same"] == 4

    made = shell.ask("linq", "subscribe")
    assert made["did"] == "created"
    assert made["secret"].startswith("whsec_")
    assert made["url"] == f"{BASE_URL}/webhooks/linq?version=2026-02-03"
    again = shell.ask("linq", "subscribe")
    assert (again["did"], again["secret"], again["secret_state"]) == ("nothing to do", None, "kept")
    renewed = shell.run("linq", "subscribe", "--renew")
    assert (renewed.returncode, len(renewed.stdout.split("whsec_"))) == (0, 2)
    assert "shown this once" in renewed.stderr

    cards = shell.ask("linq", "cards")
    assert {(card["name"], card["result"]) for card in cards} == {("Acme", "set")}
    assert {card["result"] for card in shell.ask("linq", "cards", "--pool", "main")} == {"as it should be"}


def test_remaining_work_is_an_exit_code(shell: Shell, sandbox: RunningSandbox) -> None:
    """A sync that left lines, cards that wait, a doctor with a fault: the exit code is 1, after the whole table."""
    shell.ask("linq", "sync")
    for number in NUMBERS[:3]:
        sandbox.control("DELETE", f"/lines/{quote(number)}")
    synced = shell.run("linq", "sync")
    assert (synced.returncode, synced.stdout.count("kept: 3 of the 4 lines")) == (1, 3)
    assert shell.run("linq", "sync", "--force").returncode == 0

    sandbox.control("POST", "/faults", {"path": "/v3/contact_card", "method": "POST", "status": 503, "code": 4004})
    waits = shell.run("linq", "cards", "--wait", "0")
    assert (waits.returncode, waits.stdout.count("not yet")) == (1, 1)

    sick = shell.run("linq", "doctor", "--json")
    assert sick.returncode == 1
    verdicts = {check["name"]: check["verdict"] for check in json.loads(sick.stdout)["checks"]}
    assert verdicts["key"] == "ok"
    assert verdicts["subscription"] == verdicts["reachability"] == "fail"
    assert "switchyard linq subscribe" in shell.run("linq", "doctor").stdout


def test_an_audit_of_a_flagged_line_says_what_to_do(shell: Shell, sandbox: RunningSandbox) -> None:
    """The command it names closes the line."""
    shell.ask("linq", "sync")
    sandbox.set_line(NUMBERS[0], status="FLAGGED")
    audited = shell.run("linq", "audit", NUMBERS[0], "--wait")
    assert audited.returncode == 0
    assert f"switchyard lines flag {NUMBERS[0]} --reason" in audited.stdout
    assert shell.ask("linq", "audit", NUMBERS[1], "--wait")["is_flagged"] is False


def test_a_failure_is_one_line(shell: Shell, sandbox: RunningSandbox) -> None:
    """The line has its code and its fix, on stderr."""
    sandbox.control("POST", "/faults", {"path": "/v3/phone_numbers", "status": 401, "code": 2004})
    code, fault = shell.fails("linq", "sync")
    assert (code, fault.count("\n")) == (1, 1)
    assert fault.startswith("error[provider_refused]: Linq says: the API key is not valid")
    code, fault = shell.fails("linq", "sync", "--environment", "staging")
    assert (code, "Known: production" in fault) == (1, True)
    code, fault = shell.fails("linq", "audit", "2025550101")
    assert (code, "invalid_number" in fault) == (2, True)
    code, fault = shell.fails("linq", "cards", "--pool", "ghost")
    assert (code, "not_found" in fault) == (1, True)
    shell.environ.pop("SWITCHYARD_LINQ_API_KEY")
    code, fault = shell.fails("linq", "subscribe")
    assert (code, "Set SWITCHYARD_LINQ_API_KEY." in fault) == (1, True)


def test_on_a_terminal_it_asks_first(shell: Shell) -> None:
    """The plan is shown. Only a yes, or --yes, carries it out."""
    assert "Do this?" in on_a_terminal(shell, "n", "linq", "sync")
    assert shell.ask("lines", "list") == []
    on_a_terminal(shell, "y", "linq", "sync")
    assert len(shell.ask("lines", "list")) == 4
    assert "Do this?" not in on_a_terminal(shell, "", "linq", "sync", "--yes")


def on_a_terminal(shell: Shell, answer: str, *words: str) -> str:
    """Run a command whose input is a terminal, give the answer, and return the output."""
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    done = subprocess.run(
        [COMMAND, *words],
        cwd=shell.directory,
        env=shell.whole_environ,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    os.close(keyboard)
    os.close(terminal)
    return done.stdout.decode()


def test_another_environment_has_its_own_key_and_pools(shell: Shell, sandbox: RunningSandbox) -> None:
    """A table of switchyard.toml is enough. Its pool's lines and webhook are its own."""
    (shell.directory / "switchyard.toml").write_text(
        f'[linq_environments.staging]\napi_key = "other"\nbase_url = "{sandbox.base_url}"\n'
    )
    assert shell.ask("pools", "create", "east", "--environment", "staging")["environment"] == "staging"
    assert len(shell.ask("linq", "sync", "--environment", "staging")["lines"]) == 4
    assert len(shell.ask("lines", "list", "--pool", "east")) == 4
    assert shell.ask("lines", "list", "--pool", "main") == []
    made = shell.ask("linq", "subscribe", "--environment", "staging")
    assert made["url"] == f"{BASE_URL}/webhooks/linq/staging?version=2026-02-03"
    code, fault = shell.fails("pools", "create", "west", "--environment", "nowhere")
    assert (code, "known: production, staging" in fault) == (2, True)
