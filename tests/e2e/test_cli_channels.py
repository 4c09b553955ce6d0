"""`switchyard channels` as operators run it: the wording of prompts, and a trial of each channel in the sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_cli import Shell
from tests.kit.sandboxes import RunningSandbox, start_sandbox
from tests.kit.servers import start_valkey

BASE_URL = "https://go.example.com"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run the sinks for all tests."""
    with start_sandbox(tmp_path_factory.mktemp("sinks"), "--lines", "1") as running:
        yield running


@pytest.fixture
def shell(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Shell]:
    """Open a terminal of a gateway with every channel, and one pool."""
    with start_valkey(tmp_path) as server:
        environ = {
            "SWITCHYARD_REDIS_URL": server.url,
            "SWITCHYARD_BASE_URL": BASE_URL,
            **sandbox.channel_settings,
            "SWITCHYARD_ALERT_URLS": f"{sandbox.sinks['app'].replace('http://', 'json://')}/alerts",
        }
        shell = Shell(tmp_path, environ)
        shell.ask("pools", "create", "main", "--name", "Acme")
        yield shell


def test_a_pool_orders_its_channels_and_words_its_prompts(shell: Shell) -> None:
    """The wording is shown with the pool's own name, number and link."""
    shell.ask("lines", "add", "+12025550142")
    shell.ask(
        "pools",
        "change",
        "main",
        "--prompt-channels",
        "sms,email",
        "--prompt-text",
        "sms={name} moved: {number} {link}",
    )
    prompts = shell.ask("channels", "words")
    assert [(one["channel"], one["place"], one["is_set_up"]) for one in prompts] == [
        ("sms", 1, True),
        ("email", 2, True),
        ("app", None, True),
    ]
    assert prompts[0]["text"].startswith(f"Acme moved: +1 202-555-0142 {BASE_URL}/t/")
    assert prompts[0]["septets"] == len(prompts[0]["text"])
    assert prompts[1]["subject"].startswith("Acme: our number +1 202-555-01")
    invitation = shell.ask("channels", "words", "--reason", "waitlist")
    assert "the place you asked for is free" in invitation[0]["text"]
    shell.ask("pools", "change", "main", "--prompt-text", "sms=")
    assert "stopped working" in shell.ask("channels", "words")[0]["text"]


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--prompt-text", "sms=bit.ly/x {link}", "link shortener"),
        ("--prompt-text", "sms", "must be a name and a text"),
        ("--prompt-text", "fax=Hi {link}", "is none of app"),
        ("--prompt-channels", "sms,fax", "is not one of app, email, sms"),
        ("--prompt-channels", "sms,sms", "each may be named once"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(shell: Shell, option: str, value: str, why: str) -> None:
    """It is refused with the reason, before any person could get it."""
    ended = shell.run("pools", "change", "main", option, value)
    assert ended.returncode == 2
    assert why in ended.stderr


@pytest.mark.parametrize(("channel", "to"), [("app", "me"), ("email", "me@acme.example"), ("sms", "+12025550199")])
def test_a_channel_is_tried(shell: Shell, sandbox: RunningSandbox, channel: str, to: str) -> None:
    """One prompt to oneself. The exit code says whether it was accepted."""
    sandbox.control("DELETE", f"/sinks/{channel}/arrivals")
    assert shell.ask("channels", "try", channel, to)["outcome"] == "sent"
    assert len(sandbox.control("GET", f"/sinks/{channel}/arrivals")["arrivals"]) == 1
    sandbox.control("POST", f"/sinks/{channel}/answers", {"status": 550 if channel == "email" else 400})
    refused = shell.run("channels", "try", channel, to)
    assert refused.returncode == 1
    assert "failed" in refused.stdout


def test_a_trial_that_cannot_work_is_refused(shell: Shell) -> None:
    """There is no recipient, or no channel is configured."""
    assert shell.run("channels", "try", "sms", "2025550199").returncode == 2
    for name in ("APP_WEBHOOK_URL", "APP_WEBHOOK_SECRETS", "ALERT_URLS"):
        shell.environ[f"SWITCHYARD_{name}"] = ""
    assert "app is not set up" in shell.run("channels", "try", "app", "me").stderr
    assert "SWITCHYARD_ALERT_URLS is not set" in shell.run("channels", "alert").stderr


def test_an_alert_is_tried(shell: Shell, sandbox: RunningSandbox) -> None:
    """Every address is notified. An address that fails is named without its secrets."""
    sandbox.control("DELETE", "/sinks/app/arrivals")
    assert shell.run("channels", "alert").returncode == 0
    (came,) = sandbox.control("GET", "/sinks/app/arrivals")["arrivals"]
    assert (came["path"], came["body"]["title"]) == ("/app/alerts", "Switchyard: a try")
    shell.environ["SWITCHYARD_ALERT_URLS"] += ",slak://xoxb-canary-secret/b"
    half = shell.run("channels", "alert")
    assert half.returncode == 1
    assert "slak" in half.stderr
    assert "canary" not in half.stderr + half.stdout
