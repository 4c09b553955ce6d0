"""A running gateway and a local Linq, connected by the commands of the guide: Linq's events take effect at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_cli import Shell
from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.linq_accounts import NUMBERS, start_over
from tests.kit.sandboxes import RunningSandbox, start_sandbox
from tests.kit.servers import eventually


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run one local Linq for all tests."""
    with start_sandbox(tmp_path_factory.mktemp("linq"), "--speed", "100") as running:
        start_over(running, NUMBERS)
        yield running


def start_connected(tmp_path: Path, sandbox: RunningSandbox) -> RunningGateway:
    """Start a gateway that has the sandbox's key."""
    return start_gateway(tmp_path, LINQ_API_KEY=sandbox.api_key, LINQ_BASE_URL=sandbox.base_url)


def open_shell(gateway: RunningGateway, sandbox: RunningSandbox) -> Shell:
    """Open a terminal with the gateway's settings."""
    settings = {
        "LINQ_API_KEY": sandbox.api_key,
        "LINQ_BASE_URL": sandbox.base_url,
        "DATA_DIR": str(gateway.data_dir),
        "BASE_URL": gateway.base_url,
    }
    return Shell(gateway.data_dir, {f"SWITCHYARD_{name}": value for name, value in settings.items()})


def lines_of(gateway: RunningGateway) -> dict[str, dict[str, Any]]:
    """The lines of the pool, by number."""
    return {line["number"]: line for line in gateway.api("GET", "/pools/main/lines").json()}


def test_from_the_guide_s_five_commands_to_a_flag_in_force(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Afterwards the doctor finds nothing to fix, and a line that Linq flags gets no new person."""
    with start_connected(tmp_path, sandbox) as gateway:
        shell = open_shell(gateway, sandbox)
        shell.ask("pools", "create", "main", "--name", "Acme")
        shell.ask("linq", "sync")
        assert shell.ask("linq", "subscribe")["did"] == "created"
        shell.ask("linq", "cards")
        sandbox.set_line(NUMBERS[0], status="FLAGGED")
        eventually("a flag in force", lambda: lines_of(gateway)[NUMBERS[0]]["gate"] == "flagged")
        # Counts are added to the store once a second.
        eventually("nothing to fix", lambda: _verdicts(shell) == {"ok"})
        shell.ask("linq", "subscribe", "--renew")
        sandbox.set_line(NUMBERS[0], status="ACTIVE")
        eventually("a line that is back", lambda: lines_of(gateway)[NUMBERS[0]]["gate"] == "open")


def test_missed_changes_are_seen_at_the_next_start(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """The worker asks for the list when it starts, and then every few minutes."""
    start_over(sandbox, NUMBERS)
    with start_gateway(tmp_path) as gateway:
        gateway.api("POST", "/pools", json={"id": "main"})
        for number in NUMBERS:
            gateway.api("POST", "/pools/main/lines", json={"number": number})
    sandbox.set_line(NUMBERS[1], reputation="CRITICAL")
    with start_connected(tmp_path, sandbox) as gateway:
        eventually("a reputation in force", lambda: lines_of(gateway)[NUMBERS[1]]["gate"] == "critical")


def _verdicts(shell: Shell) -> set[str]:
    return {check["verdict"] for check in shell.ask("linq", "doctor")["checks"]}
