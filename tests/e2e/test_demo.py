"""`switchyard demo`: people sign up and text, a line is flagged, its people move, and no process or file is left."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.demo_runs import DemoEvent, RunningDemo, processes_in, start_demo
from tests.kit.gateways import SWITCHYARD
from tests.kit.servers import eventually

pytestmark = [
    pytest.mark.xdist_group("demo"),
    pytest.mark.timeout(900),
]  # each is several processes; one demo at a time is enough

PROJECT = Path(__file__).parents[2]
STARTS_WITHIN_S, ENDS_WITHIN_S = 60, 15
FAST = ("--fast", "--rate", "4", "--seed", "11")
CHANNELS = {"app", "email", "sms"}


def people_given(opened: DemoEvent, line: str) -> int:
    """Return how many people the gateway ever gave a line, as its operator would ask."""
    origin = opened["signup_url"].partition("/j/")[0]
    headers = {"Authorization": f"Bearer {opened['admin_key']}"}
    lines: list[dict[str, Any]] = httpx.get(f"{origin}/api/v1/pools/demo/lines", headers=headers).json()
    (count,) = (found["people_so_far"] for found in lines if found["number"] == line)
    return int(count)


def prompts_in_sinks(opened: DemoEvent) -> list[tuple[str, str]]:
    """Return every prompt that arrived so far, by channel and recipient, read at the end of the three channels."""
    found = []
    for channel in sorted(CHANNELS):
        answer = httpx.get(f"{opened['sandbox_url']}sandbox/api/sinks/{channel}/arrivals").json()
        assert answer["total"] == len(answer["arrivals"])
        for came in (each for each in answer["arrivals"] if each["is_taken"]):
            if channel == "email":
                found.append((channel, came["to"][0]))
            elif channel == "sms":
                found.append((channel, came["body"]["To"]))
            elif came["body"]["type"] == "person.should_text":
                found.append((channel, came["body"]["data"]["phone"]))
    return found


def leaves_nothing(demo: RunningDemo) -> bool:
    """Return whether all its processes are gone, with its temporary data."""
    return not processes_in(demo.directory) and not list(demo.directory.glob("switchyard-demo-*"))


def check_campaign(demo: RunningDemo, line: str, before: list[tuple[str, str]], after: list[tuple[str, str]]) -> None:
    """Check each promise of the one campaign by the prompts before and after the recovery, and at the end.

    Args:
        demo: it has ended.
        line: the flagged line.
        before: the prompts that had arrived when the recovery was reported.
        after: the prompts that had arrived seconds later.
    """
    (opened,) = demo.of_kind("campaign_opened")
    (over,) = demo.of_kind("campaign_over")
    assert (opened["line"], over["line"], over["state"]) == (line, line, "cancelled")
    assert over["moved"] > 0
    assert sorted(after) == sorted(before)
    assert after
    assert len({person for _, person in after}) == len(after)
    prompted = [(prompt["channel"], prompt["address"]) for prompt in demo.of_kind("prompted")]
    assert sorted(prompted) == sorted(after)

    found = demo.events[-1]["prompting"]
    assert (found["campaigns"], found["people"]) == (1, len(after))
    assert sum(found["by_channel"].values()) == len(after)
    assert found["opted_out"] > 0 == found["opted_out_prompted"]
    assert found["spared"] > 0 == found["spared_prompted"]
    assert found["moved"] > 0 == found["moved_elsewhere"]
    assert found["twice"] == found["lines_over"] == 0
    assert 0 < found["most_to_a_line"] <= found["allowance"]


def test_a_line_is_flagged_and_recovers(tmp_path: Path) -> None:
    """People sign up and text, no one gets the flagged line, its people move. Ctrl+C prints a summary."""
    with start_demo(tmp_path, *FAST, "--data-dir", "kept") as demo:
        opened = demo.read_until("opened")
        flagged = demo.read_until("line_flagged")
        line, given_before = flagged["line"], people_given(opened, flagged["line"])
        still_closed = demo.read_until("still_closed")
        assert people_given(opened, line) == given_before
        demo.read_until("campaign_runs")
        recovered = demo.read_until("line_recovered")
        prompts = prompts_in_sinks(opened)
        demo.read_until("board")
        later_prompts = prompts_in_sinks(opened)
        demo.process.send_signal(signal.SIGINT)
        assert (demo.read_to_end(), demo.errors) == (0, ""), demo.events[-1]
        assert processes_in(tmp_path) == set()
        assert (tmp_path / "kept" / "data" / "secret_key").is_file()

    assert flagged["people"] > 0
    assert (recovered["line"], recovered["to_it"]) == (line, 0)
    assert 10 <= recovered["weight_percent"] < 100  # it begins with 10 and grows by the second
    assert recovered["newcomers"] >= still_closed["newcomers"] > 0
    (page,) = demo.of_kind("page_changed")
    assert page["old"] == line != page["new"]
    ended = demo.events[-1]
    assert (ended["what"], ended["to_flagged"], ended["flags"]) == ("ended", 0, 1)
    assert ended["kept_in"] == str(tmp_path / "kept")
    totals = ended["totals"]
    assert ended["counted"] >= totals["signed_up"] == len(demo.of_kind("signed_up"))
    assert totals["confirmed"] > 0
    assert totals["troubles"] == 0
    check_campaign(demo, line, prompts, later_prompts)
    board = demo.of_kind("board")[-1]
    assert [shown["id"] for shown in board["campaigns"]] == [demo.of_kind("campaign_opened")[0]["campaign"]]
    assert sum(position["texts_in"] for position in board["lines"]) > 0


def test_ctrl_c_ends_it_within_seconds(tmp_path: Path) -> None:
    """This holds even during setup, with exit code 0. A port in use is replaced and reported."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with start_demo(tmp_path, "--port", str(taken)) as demo:
            opened = demo.read_until("opened")
            eventually("a gateway", lambda: demo.pid_of("serve") is not None, within_s=STARTS_WITHIN_S)
            demo.process.send_signal(signal.SIGINT)
            stopped_at = time.monotonic()
            assert (demo.read_to_end(), demo.events[-1]["what"]) == (0, "stopped_early")
            assert time.monotonic() - stopped_at < ENDS_WITHIN_S
            assert leaves_nothing(demo)
    moved_to = opened["moved_ports"][str(taken)]
    assert opened["signup_url"] == f"http://127.0.0.1:{moved_to}/j/demo"


def test_a_dead_sandbox_is_reported(tmp_path: Path) -> None:
    """The exit code is 1. stderr names the process and shows its log, and the gateway ends with it."""
    with start_demo(tmp_path) as demo:
        eventually("a sandbox", lambda: demo.pid_of("sandbox") is not None, within_s=STARTS_WITHIN_S)
        pid = demo.pid_of("sandbox")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert demo.read_to_end() == 1
        assert "sandbox ended by itself" in demo.errors
        assert "Traceback" not in demo.errors
        assert leaves_nothing(demo)


def test_nothing_outlives_a_killed_demo(tmp_path: Path) -> None:
    """After kill -9 its processes end by themselves."""
    with start_demo(tmp_path) as demo:
        eventually("a gateway", lambda: demo.pid_of("serve") is not None, within_s=STARTS_WITHIN_S)
        demo.process.kill()
        eventually("the end of every process", lambda: processes_in(tmp_path) == set(), within_s=ENDS_WITHIN_S)


def test_a_directory_with_data_is_refused(tmp_path: Path) -> None:
    """Exit code 2 and one line: made-up people are never mixed with real ones."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").touch()
    command = [str(SWITCHYARD), "demo", "--data-dir", "data"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    (message,) = done.stderr.splitlines()
    assert message.startswith(f"error[invalid_field]: data-dir: {tmp_path}/data must be new or empty")


def test_make_demo_is_the_command() -> None:
    """The command that README gives a newcomer runs `switchyard demo`, with options if they are given."""
    assert "\n    make demo\n" in (PROJECT / "README.md").read_text()
    dry_run = ["make", "--dry-run", "--old-file=.venv/.ready-to-serve", "demo", "ARGS=--fast"]
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(dry_run, cwd=PROJECT, env=alone, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["exec", ".venv/bin/switchyard", "demo", "--fast"]
