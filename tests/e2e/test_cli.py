"""The command `switchyard` as operators run it: a process, its two outputs and its exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.kit.commands import run_command
from tests.kit.servers import start_valkey

ALPHA, BRAVO = "+12025550101", "+12025550102"


@dataclass(frozen=True, slots=True)
class Shell:
    """A terminal in a directory of its own."""

    directory: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def whole_environ(self) -> dict[str, str]:
        """Return our own environment, with these settings and no others."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
        return others | self.environ

    def run(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return run_command(*words, directory=self.directory, environ=self.whole_environ, stdin=stdin)

    def ask(self, *words: str, stdin: bytes = b"") -> Any:
        """Run a command that succeeds, and return its JSON."""
        done = self.run(*words, "--json", stdin=stdin)
        assert (done.returncode, done.stderr) == (0, ""), done
        return json.loads(done.stdout)

    def fails(self, *words: str) -> tuple[int, str]:
        """Run a command that fails. Return its exit code and its error, which is all it prints."""
        done = self.run(*words)
        assert done.stdout == ""
        return done.returncode, done.stderr


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Open a terminal whose commands share a running store."""
    with start_valkey(tmp_path) as server:
        yield Shell(tmp_path, {"SWITCHYARD_REDIS_URL": server.url})


def test_an_empty_directory_is_enough(tmp_path: Path) -> None:
    """Without a configured store, commands use one in the data directory, and find the last command's writes there."""
    shell = Shell(tmp_path)
    assert shell.ask("pools", "create", "main", "--name", "Acme")["name"] == "Acme"
    assert [pool["id"] for pool in shell.ask("pools", "list")] == ["main"]
    assert (tmp_path / "data" / "secret_key").exists()


def test_a_pool_from_its_beginning(shell: Shell) -> None:
    """A pool is made, changed, given a photo and shown. Other settings have their defaults."""
    assert shell.ask("pools", "create", "main", "--backups", "1", "--new-people-per-day", "50")["backups"] == 1
    changed = shell.ask("pools", "change", "main", "--text", "Hello {code}", "--new-people-per-day", "none")
    assert (changed["text"], changed["new_people_per_day"], changed["revision"]) == ("Hello {code}", None, 2)
    file = BytesIO()
    Image.new("RGB", (64, 64), "navy").save(file, format="PNG")
    (shell.directory / "logo.png").write_bytes(file.getvalue())
    assert shell.ask("pools", "photo", "main", "logo.png")["has_photo"] is True
    assert shell.ask("pools", "photo", "main", "--remove")["has_photo"] is False
    assert "Hello {code}" in shell.run("pools", "show", "main").stdout


def test_the_words_of_a_pools_pages(shell: Shell) -> None:
    """Language, consent line, links and own texts are settings like others; an empty text restores ours."""
    shell.ask("pools", "create", "main", "--language", "de", "--consent", "none")
    words = ("--page-text", "button.de=Los = los", "--page-text", "consent.de=Gut.", "--page-text", "button.en=Go")
    links = ("--terms-url", "https://acme.example/t", "--privacy-url", "https://acme.example/p")
    changed = shell.ask("pools", "change", "main", "--consent", "own", "--default-language", "fr", *words, *links)
    assert changed["texts"] == {"button": {"de": "Los = los", "en": "Go"}, "consent": {"de": "Gut."}}
    assert (changed["language"], changed["default_language"], changed["consent"]) == ("de", "fr", "own")
    assert (changed["terms_url"], changed["privacy_url"]) == ("https://acme.example/t", "https://acme.example/p")
    assert shell.ask("pools", "change", "main", "--page-text", "button.de=")["texts"]["button"] == {"en": "Go"}
    for option, value, words_of_fault in (
        ("--page-text", "button=Go", "must be a name, a language and a text, such as button.en="),
        ("--page-text", "button.it=Via", "'it' is none of our languages: en, es, fr, de, pt, ja"),
        ("--page-text", "footer.de=Los", "'footer' is none of greeting, button, hint, consent, connected"),
        ("--page-text", "consent.de=", "needs your words in texts.consent.de"),
        ("--consent", "uk", "Invalid value"),
        ("--terms-url", "http://acme.example", "must begin with https://"),
    ):
        code, fault = shell.fails("pools", "change", "main", option, value)
        assert (code, words_of_fault in " ".join(fault.split())) == (2, True), fault


def test_lines_from_first_to_last(shell: Shell) -> None:
    """Lines are added, changed, drained, resumed, flagged, removed. The only pool need not be named."""
    shell.ask("pools", "create", "main")
    assert shell.ask("lines", "add", ALPHA, "--label", "[red]Alpha", "--warm")["effective_weight"] == 10_000
    assert shell.ask("lines", "add", BRAVO, "--capacity", "50")["carries_at_most"] == 50
    assert shell.ask("lines", "change", BRAVO, "--weight", "300", "--capacity", "none")["capacity"] is None
    for action, gate in (("drain", "drain"), ("maint", "maint"), ("resume", "open"), ("flag", "flagged")):
        assert shell.ask("lines", action, BRAVO, "--reason", "a test")["gate"] == gate
    assert shell.ask("lines", "unflag", BRAVO, "--reason", "a test")["gate"] == "open"
    assert "[red]Alpha" in shell.run("lines", "list").stdout
    assert shell.ask("lines", "remove", BRAVO, "--reason", "the end")["gate"] == "retired"
    assert [line["number"] for line in shell.ask("lines", "list", "--pool", "main")] == [ALPHA]
    assert len(shell.ask("lines", "list", "--all")) == 2


def test_a_table_with_a_fault_is_a_failure_that_adds_the_rest(shell: Shell) -> None:
    """The report lists each row. The exit code is 1 if a row must be fixed."""
    shell.ask("pools", "create", "main")
    table = f"number,weight\n{ALPHA},100\n2025550103,1\n{BRAVO},300\n".encode()
    (shell.directory / "lines.csv").write_bytes(table)
    assert shell.run("lines", "import", "lines.csv", "--dry-run").returncode == 1
    done = shell.run("lines", "import", "-", "--json", stdin=table)
    assert done.returncode == 1
    assert [row["result"].partition(":")[0] for row in json.loads(done.stdout)] == ["added", "error", "added"]
    assert [line["weight"] for line in shell.ask("lines", "list")] == [100, 300]


def test_a_trial_shows_the_spread(shell: Shell) -> None:
    """A thousand signups over weights 1:3 go 250 to 750, and the trial signs up no one."""
    shell.ask("pools", "create", "main", "--messages-per-line-per-day", "20000")
    shell.ask("lines", "add", ALPHA, "--weight", "100")
    shell.ask("lines", "add", BRAVO, "--weight", "300")
    trial = shell.ask("signups", "try", "--pool", "main", "--count", "1000")
    assert [line["given"] for line in trial["lines"]] == [250, 750]
    assert trial["widest_gap"] < 1
    shown = shell.run("signups", "try").stdout
    assert "1000 of 1000 signups placed" in shown
    assert "█" * 24 in shown
    explained = shell.ask("explain", "--masked")
    assert [(line["number"], line["people"]) for line in explained["lines"]] == [
        ("••••••••0101", 0),
        ("••••••••0102", 0),
    ]
    assert "75.0%" in shell.run("explain").stdout


def test_capacity_is_planned_from_the_current_lines(shell: Shell) -> None:
    """Two lines of 700 people: the formula, the loss of one, and that nothing is measured yet."""
    shell.ask("pools", "create", "main")
    shell.ask("lines", "add", ALPHA, "--warm")
    shell.ask("lines", "add", BRAVO, "--warm")
    report = shell.ask("capacity", "--demand", "1500")
    assert (report["capacity"], report["lines_now"], report["lines_needed"]) == (1400, 2, 0)
    assert (report["lines_for_demand"], report["lines_to_order"]) == (3, 1)
    assert (report["measured"]["messages_per_person_per_day"], report["messages_per_person_per_day"]) == (None, 10.0)
    assert report["loss"]["is_bearable"] is True
    shown = shell.run("capacity", "--demand", "1500")
    assert "3 for 1500 more" in shown.stdout
    assert ALPHA in shown.stdout
    assert shown.stderr == ""
    assert shell.ask("pools", "change", "main", "--capacity-from", "setting")["capacity_from"] == "setting"
    assert "- Capacity is counted with the setting, 10 messages" in shell.run("capacity").stdout


def test_other_inputs_are_shown_before_and_after(shell: Shell) -> None:
    """A table of the pool and of its lines; with --json what the API answers; nonsense is refused by name."""
    shell.ask("pools", "create", "main", "--order-days", "3")
    shell.ask("lines", "add", ALPHA, "--warm")
    shell.ask("lines", "add", BRAVO, "--warm")
    asked = shell.ask("capacity", "what-if", "--demand", "1500", "--lines-added", "1", "--over-provisioning", "0.2")
    assert (asked["before"]["capacity"], asked["after"]["capacity"], asked["without_line"]) == (1400, 2100, 0)
    assert [line["people"] for line in asked["after"]["lines"]] == [500, 500, 500]
    assert (asked["after"]["losses"][0]["is_bearable"], asked["after"]["losses"][1]["is_bearable"]) == (False, False)
    assert asked["after"]["order_days"] == 3
    shown = shell.run("capacity", "what-if", "--lost", ALPHA, "--messages-per-person", "20", "--demand", "10").stdout
    assert "messages a person and day" in shown
    assert "flagged" in shown
    same = shell.ask("capacity", "what-if")
    assert same["before"]["lines"] == same["after"]["lines"] == shell.ask("capacity")["lines"]
    for bad in (
        ("--demand", "-1"),
        ("--peak-factor", "0"),
        ("--peak-factor", "nan"),
        ("--lines-added", "-1"),
        ("--lines-lost", "3"),
        ("--lost", "+12025550199"),
        ("--lost", "abc"),
        ("--messages-per-person", "0"),
        ("--over-provisioning", "2"),
        ("--over-provisioning", "many"),
    ):
        assert shell.fails("capacity", "what-if", *bad)[0] == 2, bad


def test_weeks_are_simulated_and_drawn(shell: Shell, tmp_path: Path) -> None:
    """A table with intervals and bars, two pictures, and with --json the same bytes for the same seed."""
    world = ("simulate", "--days", "3", "--lines", "2", "--seeds", "2", "--messages-per-person", "100", "--jobs", "1")
    svg, png = tmp_path / "s.svg", tmp_path / "s.png"
    shown = shell.run(*world, "--policy", "spare-0", "--policy", "even", "--svg", str(svg), "--png", str(png)).stdout
    assert "spare-0" in shown
    assert "found no line" in shown
    assert "█" in shown
    assert svg.read_text().startswith("<svg")
    assert png.read_bytes().startswith(b"\x89PNG")
    first, again = (shell.run(*world, "--seed", "5", "--json").stdout for _ in range(2))
    assert first == again
    answer = json.loads(first)
    assert [one["policy"] for one in answer["policies"]] == [
        "spare-0",
        "spare-10",
        "spare-15",
        "spare-20",
        "even",
        "random",
        "no-warm-up",
    ]
    assert (answer["against"], answer["seeds"], answer["scenario"]["people_at_start"]) == ("spare-15", 2, 140)
    for bad in (
        ("--days", "-1"),
        ("--lines", "0"),
        ("--policy", "lucky"),
        ("--against", "spare-99"),
        ("--svg", str(tmp_path / "none" / "s.svg")),
        ("--pool", "main"),
    ):
        code, fault = shell.fails(*world, *bad)
        assert code == 2, bad
        assert "rror" in fault


def test_a_simulation_begins_with_a_pools_own_lines(shell: Shell) -> None:
    """Its lines, its people and its settings; a pool without lines, and an unknown one, are refused."""
    shell.ask("pools", "create", "main", "--over-provisioning", "0.3")
    start = ("simulate", "--from-history", "--days", "2", "--seeds", "1", "--policy", "even", "--jobs", "1")
    assert shell.fails(*start)[0] == 1
    shell.ask("lines", "add", ALPHA, "--warm", "--capacity", "5")
    shell.ask("lines", "add", BRAVO)
    shell.ask("lines", "flag", BRAVO, "--reason", "as the provider says")
    answer = shell.ask(*start)
    assert (answer["scenario"]["lines"], answer["scenario"]["people_at_start"]) == (2, 0)
    assert answer["policies"][0]["figures"]["lines"]["mean"] == 3  # 30 % more than two
    assert answer["policies"][0]["figures"]["flags"]["mean"] == 1
    asked = shell.ask(*start, "--signups-per-day", "20", "--people", "300", "--stay-days", "30")
    assert asked["scenario"]["people_at_start"] == 300
    assert asked["policies"][0]["figures"]["utilisation"]["mean"] > 0
    assert shell.fails(*start, "--pool", "none")[0] == 1


def test_a_pilot_line_says_whether_it_is_enough(shell: Shell) -> None:
    """It says that no person has texted it. An unknown line is not found."""
    shell.ask("pools", "create", "main")
    shell.ask("lines", "add", ALPHA)
    pilot = shell.ask("capacity", "pilot", ALPHA)
    assert (pilot["people"], pilot["people_per_line"], pilot["is_enough"]) == (0, None, False)
    assert "Nobody has texted this line yet." in shell.run("capacity", "pilot", ALPHA, "--pool", "main").stdout
    assert shell.fails("capacity", "pilot", BRAVO)[0] == 1


def test_a_key_is_shown_once(shell: Shell) -> None:
    """Only the key goes to stdout, so that it can be piped. The list never shows it."""
    done = shell.run("keys", "create", "--role", "admin", "--label", "me")
    token = done.stdout.strip()
    assert token.startswith("sy_")
    assert "shown this once" in done.stderr
    (key,) = shell.ask("keys", "list")
    assert (key["role"], key["label"]) == ("admin", "me")
    assert token.split("_", 2)[2] not in json.dumps(key)
    assert shell.fails("keys", "revoke", key["id"])[0] == 1
    other = shell.ask("keys", "create", "--role", "viewer", "--label", "ci")["about"]
    assert shell.ask("keys", "revoke", other["id"])["label"] == "ci"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("pools", "show", "ghost"), 1, "error[not_found]: There is no pool 'ghost'.\n"),
        (("pools", "create", "one"), 1, "error[conflict]: There is a pool 'one' already."),
        (("pools", "create", "One"), 2, "error[invalid_field]: id: 'One' must be"),
        (("pools", "change", "one"), 2, "error[invalid_field]: change: name at least one setting"),
        (("pools", "change", "one", "--text", "no place"), 2, "error[invalid_text]: The text must contain {code}"),
        (("pools", "change", "one", "--new-people-per-day", "few"), 2, "error[invalid_field]: new_people_per_day:"),
        (("pools", "photo", "one"), 2, "error[invalid_field]: photo: give a file, or --remove\n"),
        (("lines", "list"), 2, "error[invalid_field]: --pool: there are several, name one of one, two\n"),
        (("lines", "add", "0101", "--pool", "one"), 2, "error[invalid_number]: '0101' is not a phone number"),
        (("lines", "drain", ALPHA, "--pool", "one"), 2, "Missing option '--reason'"),
        (("signups", "show", "hello", "--pool", "one"), 2, "error[invalid_field]: code: 'hello' is not one of our"),
        (("signups", "show", "K7M4QX", "--pool", "one"), 1, "error[not_found]: Pool 'one' has no signup K7M4QX.\n"),
        (("signups", "try", "--count", "0", "--pool", "one"), 2, "error[invalid_field]: count: 0 must be from 1"),
        (("capacity", "--demand", "-1", "--pool", "one"), 2, "error[invalid_field]: --demand: -1 must be 0 or more\n"),
        (("capacity", "pilot", "0101", "--pool", "one"), 2, "error[invalid_number]: '0101' is not a phone number"),
        (("frobnicate",), 2, "No such command 'frobnicate'"),
    ],
)
def test_a_fault_is_one_line_and_an_exit_code(
    two_pools: Shell, words: tuple[str, ...], code: int, message: str
) -> None:
    """It is 1 where the gateway refuses, and 2 where the command itself must be fixed. stdout stays empty."""
    exit_code, stderr = two_pools.fails(*words)
    assert (exit_code, message in stderr) == (code, True), stderr
    assert "Traceback" not in stderr


@pytest.fixture(scope="module")
def two_pools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Open a terminal on a store with two pools, for commands that change nothing."""
    directory = tmp_path_factory.mktemp("faults")
    with start_valkey(directory) as server:
        shell = Shell(directory, {"SWITCHYARD_REDIS_URL": server.url})
        shell.ask("pools", "create", "one")
        shell.ask("pools", "create", "two")
        yield shell


def test_all_faults_of_the_settings_are_reported_at_once(tmp_path: Path) -> None:
    """Each has its own line, and nothing is started."""
    shell = Shell(tmp_path, {"SWITCHYARD_PORT": "0", "SWITCHYARD_REDIS_URL": "http://localhost"})
    code, stderr = shell.fails("pools", "list")
    assert code == 2
    assert [line.partition("=")[0] for line in stderr.splitlines()] == [
        "error[settings]: SWITCHYARD_PORT",
        "error[settings]: SWITCHYARD_REDIS_URL",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_away_is_a_failure(tmp_path: Path) -> None:
    """The command fails within a moment and does not hang."""
    code, stderr = Shell(tmp_path, {"SWITCHYARD_REDIS_URL": "redis://127.0.0.1:1/0"}).fails("pools", "list")
    assert (code, stderr) == (1, "error[store_unavailable]: there is no connection to the store\n")


def test_a_signup_is_shown_and_confirmed(shell: Shell) -> None:
    """The code in a person's text finds their state. A second confirmation has no effect."""
    shell.ask("pools", "create", "main")
    shell.ask("lines", "add", ALPHA)
    code = sign_up(shell)
    assert shell.ask("signups", "show", code.lower())["state"] == "reserved"
    for _ in range(2):
        assert shell.ask("signups", "confirm", code)["state"] == "confirmed"
    assert ALPHA in shell.run("signups", "show", code).stdout
    assert shell.ask("signups", "allow", code, "--yes")["code"] == code
    status, stderr = shell.fails("signups", "allow", code)
    assert status == 1
    assert "say --yes" in stderr


def sign_up(shell: Shell) -> str:
    """Sign up one person as a back end would, and return their code."""
    program = """
import asyncio, os
from pathlib import Path
from router.core.people.personal_data import Identity
from router.services.people.signups import SignupRequest
from router.settings.loading import load_settings
from router.wiring.open import open_gateway

async def main():
    async with open_gateway(load_settings(os.environ, directory=Path.cwd())) as gateway:
        request = SignupRequest(identity=Identity(user="u-1"))
        print((await gateway.signups.sign_up((await gateway.pool_cache.get("main")), request)).assignment.code)

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=shell.directory, env=shell.whole_environ, capture_output=True, check=True
    )
    return done.stdout.decode().strip()
