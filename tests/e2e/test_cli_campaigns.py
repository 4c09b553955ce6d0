"""`switchyard campaigns` as operators run it: show, preview, start, stop, watch and export."""

import csv
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path

import pytest

from tests.e2e.test_cli import Shell
from tests.kit.commands import COMMAND
from tests.kit.servers import eventually, start_valkey

ALPHA, BRAVO, CHARLIE = "+12025550101", "+12025550102", "+12025550103"
WHY = ("--reason", "a test")
DRAINED = "main.0.drain2"

# What other processes do meanwhile: make a pool with people on its first line, and run one step of the campaigns.
SCENE = """
    await gateway.pool_admin.create("main", {"prompts_from": time(0), "prompts_until": time(0)}, by=BY_SHELL)
    for number in sys.argv[1:]:
        await gateway.line_admin.add("main", LineSpec(number=number, warm=True), by=BY_SHELL)
    view = await gateway.pool_cache.get("main")
    for number in range(3):
        request = SignupRequest(identity=Identity(user=f"u-{number}"), prefer=sys.argv[1])
        signup = await gateway.signups.sign_up(view, request)
        await gateway.signups.confirm(view, signup.assignment.code)
"""
STEP = """
    await gateway.campaign_engine.step(await gateway.pool_cache.get("main"))
"""
PROGRAM = """
import asyncio, os, sys
from datetime import time
from pathlib import Path
from router.core.act import BY_SHELL
from router.core.lines.line_rules import LineSpec
from router.core.people.personal_data import Identity
from router.services.people.signups import SignupRequest
from router.settings.loading import load_settings
from router.wiring.open import open_gateway

async def act(gateway):
{acts}

async def main():
    async with open_gateway(load_settings(os.environ, directory=Path.cwd())) as gateway:
        await act(gateway)

asyncio.run(main())
"""


def act(shell: Shell, acts: str, *words: str) -> None:
    """Run another process on the same store."""
    program = PROGRAM.replace("{acts}", acts)
    subprocess.run([sys.executable, "-c", program, *words], cwd=shell.directory, env=shell.whole_environ, check=True)


@contextmanager
def open_shell(directory: Path) -> Iterator[Shell]:
    """Open a terminal on a pool of three lines, with three people on the first."""
    with start_valkey(directory) as server:
        environ = {"SWITCHYARD_REDIS_URL": server.url, "SWITCHYARD_BASE_URL": "http://127.0.0.1:9"}
        shell = Shell(directory, environ)
        act(shell, SCENE, ALPHA, BRAVO, CHARLIE)
        yield shell


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Open a terminal for this test alone."""
    with open_shell(tmp_path) as shell:
        yield shell


@pytest.fixture(scope="module")
def read_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Open a terminal for commands that change no campaign."""
    with open_shell(tmp_path_factory.mktemp("read_shell")) as shell:
        yield shell


def start(shell: Shell) -> None:
    """Drain the first line and start to move its people."""
    shell.ask("lines", "drain", ALPHA, *WHY)
    assert shell.ask("campaigns", "start", ALPHA, *WHY)["id"] == DRAINED


def test_a_preview_shows_who_where_and_how_long(read_shell: Shell) -> None:
    """It matches the API's answer, and has bars for people to read. Nothing has begun."""
    preview = read_shell.ask("campaigns", "preview", ALPHA)
    assert (preview["people"], preview["skipped"], preview["lines_missing"]) == (3, {"no_channel": 3}, 0)
    shown = read_shell.run("campaigns", "preview", ALPHA)
    assert (shown.returncode, shown.stderr) == (0, "")
    for expected in ("skipped: no_channel", BRAVO, CHARLIE, "█" * 24, *preview["first"]):
        assert expected in shown.stdout
    assert read_shell.ask("campaigns", "list") == []


def test_a_preview_says_how_many_lines_are_missing(shell: Shell) -> None:
    """A start is refused for this reason, unless it is forced."""
    for line in (BRAVO, CHARLIE):
        shell.ask("lines", "change", line, "--capacity", "1")
    shell.ask("lines", "drain", ALPHA, *WHY, "--force")
    assert "There is no room for all: 1 more lines" in shell.run("campaigns", "preview", ALPHA).stdout
    assert shell.fails("campaigns", "start", ALPHA, *WHY)[0] == 1
    assert shell.ask("campaigns", "start", ALPHA, *WHY, "--force")["state"] == "running"


def test_a_campaign_is_steered(shell: Shell) -> None:
    """Started, paused, resumed and cancelled, each with its reason. list and show print its state."""
    start(shell)
    assert shell.ask("campaigns", "pause", DRAINED, "--reason", "wait a little")["state"] == "paused"
    act(shell, STEP)
    (listed,) = shell.ask("campaigns", "list", "--live", "--pool", "main")
    assert (listed["id"], listed["line"], listed["people"]) == (DRAINED, ALPHA, 3)
    assert shell.ask("campaigns", "resume", DRAINED, "--reason", "go on")["state"] == "running"
    shown = shell.run("campaigns", "show", DRAINED).stdout
    for expected in (DRAINED, "running", "go on", ALPHA, "waiting", "to be prompted", "dealt with"):
        assert expected in shown
    assert DRAINED in shell.run("campaigns", "list").stdout
    assert "cancelled" in shell.run("campaigns", "cancel", DRAINED, *WHY).stdout
    assert shell.ask("campaigns", "list", "--live") == []
    assert shell.fails("campaigns", "resume", DRAINED, *WHY) == (
        1,
        f"error[refused]: Campaign {DRAINED} is cancelled already.\n",
    )


def test_a_campaign_is_exported(shell: Shell) -> None:
    """As CSV to stdout or to a file, as JSON, whole or by state."""
    start(shell)
    for _ in range(2):
        act(shell, STEP)
    printed = shell.run("campaigns", "export", DRAINED).stdout
    rows = list(csv.DictReader(StringIO(printed)))
    assert [(row["state"], row["reason"]) for row in rows] == [("skipped", "no_channel")] * 3
    assert shell.run("campaigns", "export", DRAINED, "--to", "people.csv").stdout == ""
    assert (shell.directory / "people.csv").read_bytes().decode() == printed
    people = shell.ask("campaigns", "export", DRAINED, "--state", "skipped")
    assert [person["signup"] for person in people] == [row["signup"] for row in rows]
    assert shell.ask("campaigns", "export", DRAINED, "--state", "moved") == []


def test_watching_ends_with_the_campaign(shell: Shell) -> None:
    """Piped, it prints a line for each change, as JSON if asked, and ends with the campaign."""
    start(shell)
    watching = subprocess.Popen(
        [COMMAND, "campaigns", "watch", DRAINED, "--json"],
        cwd=shell.directory,
        env=shell.whole_environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert watching.stdout is not None
    assert json.loads(watching.stdout.readline())["people"] == 0
    for _ in range(2):
        act(shell, STEP)
    *_, last = watching.stdout.read().splitlines()
    assert (json.loads(last)["state"], json.loads(last)["people"]) == ("done", 3)
    assert watching.wait(10) == 0
    watching.stdout.close()
    done = shell.run("campaigns", "watch", DRAINED)
    assert (done.returncode, done.stdout) == (0, f"{DRAINED}: done, 3 skipped, over\n")


def test_watching_on_a_terminal_is_live_and_ends_with_ctrl_c(shell: Shell) -> None:
    """It draws bars. Ctrl+C leaves the campaign as it is, without a complaint."""
    start(shell)
    ours, theirs = pty.openpty()
    watching = subprocess.Popen(
        [COMMAND, "campaigns", "watch", DRAINED],
        cwd=shell.directory,
        env=shell.whole_environ | {"TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(theirs)
    seen = bytearray()

    def has_drawn() -> bool:
        seen.extend(os.read(ours, 4096))
        return b"dealt with" in seen and b"skipped" in seen

    eventually("a drawing", has_drawn)
    watching.send_signal(signal.SIGINT)
    with suppress(OSError):  # the terminal is gone; until then its output must be read
        while os.read(ours, 4096):
            pass
    assert watching.stderr is not None
    assert (watching.stderr.read(), watching.wait(10)) == (b"", 0)
    watching.stderr.close()
    os.close(ours)
    assert shell.ask("campaigns", "show", DRAINED)["state"] == "running"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("show", "main.0.flagged1"), 1, "error[not_found]: There is no campaign 'main.0.flagged1'.\n"),
        (("show", "nonsense"), 2, "error[invalid_field]: campaign: 'nonsense' is no campaign's id; it looks like"),
        (("pause", "main.0.flagged1"), 2, "Missing option '--reason'"),
        (("watch", "main.0.flagged1"), 1, "error[not_found]:"),
        (("export", "main.0.flagged1"), 1, "error[not_found]:"),
        (("export", "main.0.flagged1", "--state", "asleep"), 2, "Invalid value for '--state'"),
        (("preview", "0101"), 2, "error[invalid_number]:"),
        (("start", ALPHA, *WHY), 1, "error[refused]: Line ••••••••0101 takes new people. Drain it first"),
        (("list", "--pool", "ghost"), 1, "error[not_found]: There is no pool 'ghost'.\n"),
    ],
)
def test_a_fault_is_one_line_and_an_exit_code(
    read_shell: Shell, words: tuple[str, ...], code: int, message: str
) -> None:
    """It is 1 where the gateway refuses, and 2 where the command itself must be fixed."""
    exit_code, stderr = read_shell.fails("campaigns", *words)
    assert (exit_code, message in stderr) == (code, True), stderr
    assert "Traceback" not in stderr


def test_hours_and_time_zone_of_a_pool_are_set(read_shell: Shell) -> None:
    """They are written as on a clock. An invalid time or zone is refused."""
    pool = read_shell.ask("pools", "change", "main", "--prompts-from", "10:30", "--time-zone", "Europe/Berlin")
    assert (pool["prompts_from"], pool["prompts_until"], pool["time_zone"]) == ("10:30", "00:00", "Europe/Berlin")
    code, message = read_shell.fails("pools", "change", "main", "--prompts-until", "25:00")
    assert (code, "error[invalid_input]: '25:00' is not a time of day" in message) == (2, True)
    code, message = read_shell.fails("pools", "change", "main", "--time-zone", "Mars/Olympus")
    assert (code, "error[invalid_field]: time_zone: 'Mars/Olympus'" in message) == (2, True)
