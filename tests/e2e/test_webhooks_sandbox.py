"""The gateway next to a local Linq: a moment later the gateway knows what people and the provider did there."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from linq import LinqAPIV3
from standardwebhooks import Webhook

from tests.kit.deliveries import SECRET, WORDS, find_secrets, new_person
from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.sample_pools import PATIENT_MS
from tests.kit.sandboxes import RunningSandbox, start_sandbox, webhook_sink

FAST = "2000"
PINNED = "?version=2026-02-03"
_pools, _numbers = count(1), count(12_025_556_000)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """Run a gateway with two server processes."""
    directory = tmp_path_factory.mktemp("gateway")
    with start_gateway(
        directory, WORKERS="2", LINQ_WEBHOOK_SECRETS=SECRET, LINQ_API_KEY="sandbox", STORE_TIMEOUT_MS=PATIENT_MS
    ) as running:
        yield running
    assert "request_failed" not in running.log
    assert "Traceback" not in running.log
    assert find_secrets(running.log) == set()


@pytest.fixture(scope="module")
def running_sandbox(gateway: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run a sandbox that sends the gateway every event."""
    url = f"{gateway.base_url}/webhooks/linq{PINNED}"
    options = ("--webhook", url, "--webhook-secret", SECRET, "--speed", FAST, "--seed", "7", "--lines", "1")
    with start_sandbox(tmp_path_factory.mktemp("sandbox"), *options) as running:
        yield running


@pytest.fixture
def sandbox(running_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """Reset its switches."""
    as_before = running_sandbox.control("GET", "/settings")
    yield running_sandbox
    running_sandbox.switch(**as_before)
    running_sandbox.settle()


class Pool:
    """A pool of lines that the account has, and that no other test uses."""

    def __init__(self, gateway: RunningGateway, sandbox: RunningSandbox, *, lines: int = 3) -> None:
        self.gateway = gateway
        self.path = f"/pools/pool-{next(_pools)}"
        gateway.api("POST", "/pools", json={"id": self.path.rpartition("/")[2], "name": "Acme"})
        self.lines = [f"+{next(_numbers)}" for _ in range(lines)]
        for number in self.lines:
            gateway.api("POST", f"{self.path}/lines", json={"number": number, "warm": True})
            sandbox.control("POST", "/lines", {"number": number})
        sandbox.settle()
        self._rows_before = {row["id"] for row in self._rows("lines")}

    def sign_up(self, user: str) -> dict[str, Any]:
        """Sign up a person, or ask again for them."""
        answer: dict[str, Any] = self.gateway.api("POST", f"{self.path}/signups", json={"user": user}).json()
        return answer

    def line(self, number: str) -> dict[str, Any]:
        """Return the state of a line."""
        answer: dict[str, Any] = self.gateway.api("GET", f"{self.path}/lines/{number}").json()
        return answer

    def person(self, signup: dict[str, Any]) -> dict[str, Any]:
        """Return the state of a person."""
        answer: dict[str, Any] = self.gateway.api("GET", f"{self.path}/signups/{signup['id']}").json()
        return answer

    def rows(self, about: str) -> list[dict[str, Any]]:
        """Return the events since the account got its lines, newest first."""
        return [row for row in self._rows(about) if row["id"] not in self._rows_before]

    def _rows(self, about: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.gateway.api("GET", f"{self.path}/events?about={about}&limit=500").json()
        return rows


@pytest.fixture
def pool(gateway: RunningGateway, sandbox: RunningSandbox) -> Pool:
    """Open a pool of three lines."""
    return Pool(gateway, sandbox)


def test_a_text_with_the_code_confirms(sandbox: RunningSandbox, pool: Pool) -> None:
    """A person who sends the link's text has their place for good, under the number they texted from."""
    signup, person = pool.sign_up("ada"), new_person()
    sandbox.text(person, signup["line"], signup["text"])
    sandbox.settle()
    assert pool.person(signup)["state"] == "confirmed"
    assert pool.line(signup["line"])["heard_at"]
    sandbox.text(person, signup["line"], WORDS)
    sandbox.settle()
    assert [(row["word"], row["signup"]) for row in pool.rows("people") if row["type"] == "message.received"] == [
        ("heard", signup["id"]),
        ("confirmed", signup["id"]),
    ]


def test_a_flagged_line_gets_no_one_until_it_recovers(sandbox: RunningSandbox, pool: Pool) -> None:
    """After its 2xx new people go to other lines, and the line's people are shown a backup. Once back, it warms up."""
    signup = pool.sign_up("ada")
    sandbox.text(new_person(), signup["line"], signup["text"])
    sandbox.settle()
    sandbox.set_line(signup["line"], status="FLAGGED", reputation="CRITICAL")
    sandbox.settle()
    flagged = pool.line(signup["line"])
    assert (flagged["gate"], flagged["status"], flagged["flags"]) == ("flagged", "FLAGGED", 1)
    assert signup["line"] not in {pool.sign_up(f"u-{number}")["line"] for number in range(12)}
    assert pool.sign_up("ada")["line"] in signup["backups"]
    sandbox.set_line(signup["line"], status="ACTIVE", reputation="HEALTHY")
    sandbox.settle()
    back = pool.line(signup["line"])
    assert (back["gate"], back["status"], back["flags"]) == ("open", "ACTIVE", 1)
    assert back["warming_since"]
    assert back["effective_weight"] < flagged["effective_weight"]
    assert pool.sign_up("ada")["line"] == signup["line"]


def test_a_line_that_leaves_the_account_is_closed_until_it_is_back(sandbox: RunningSandbox, pool: Pool) -> None:
    """A released or moved line gets no people. Assigned or moved back, it works again."""
    line = pool.lines[0]
    sandbox.control("POST", f"/lines/{quote(line)}/move", {"environment": "Staging"})
    sandbox.settle()
    assert (pool.line(line)["status"], pool.line(line)["gate"]) == ("RELEASED", "released")
    sandbox.control("POST", f"/lines/{quote(line)}/move", {"environment": "Production"})
    sandbox.settle()
    assert pool.line(line)["status"] == "ACTIVE"
    sandbox.control("DELETE", f"/lines/{quote(line)}")
    sandbox.settle()
    assert pool.line(line)["gate"] == "released"
    sandbox.control("POST", "/lines", {"number": line})
    sandbox.settle()
    assert pool.line(line)["status"] == "ACTIVE"
    assert [row["word"] for row in pool.rows("lines")] == ["joined", "released", "joined", "released"]


def test_duplicates_and_disorder_change_nothing(sandbox: RunningSandbox, pool: Pool) -> None:
    """Each event comes twice and in any order. The last report holds, and every person and every row counts once."""
    sandbox.switch(duplicates=1, disorder_ms=300)
    signups = [pool.sign_up(f"u-{number}") for number in range(9)]
    for signup in signups:
        person = new_person()
        for words in (signup["text"], "again", "and again"):
            sandbox.text(person, signup["line"], words)
    for status in ("FLAGGED", "ACTIVE", "FLAGGED", "ACTIVE", "FLAGGED"):
        sandbox.set_line(pool.lines[0], status=status)
    sandbox.settle()
    assert pool.line(pool.lines[0])["gate"] == "flagged"
    assert sum(pool.line(number)["confirmed"] for number in pool.lines) == len(signups)
    assert sum(pool.line(number)["reserved"] for number in pool.lines) == 0
    events = [row["event"] for about in ("lines", "people") for row in pool.rows(about)]
    assert len(events) == len(set(events)) == 9 * (3 + 1) + 5  # with a chat.created for each person


@pytest.mark.parametrize("order", ["as_made", "reversed", "shuffled"])
@pytest.mark.parametrize("generation", ["A", "B", "C", "D"])
def test_the_provider_s_last_report_holds(sandbox: RunningSandbox, pool: Pool, generation: str, order: str) -> None:
    """Three changes arrive in any order, in each generation of the body. The line ends as the latest change says."""
    sandbox.switch(hold=True, status_body=generation)
    for status in ("FLAGGED", "ACTIVE", "FLAGGED"):
        sandbox.set_line(pool.lines[0], status=status)
    for status in ("FLAGGED", "ACTIVE"):
        sandbox.set_line(pool.lines[1], status=status)
    sandbox.control("POST", "/deliveries/release", {"order": order})
    sandbox.settle()
    assert [pool.line(number)["gate"] for number in pool.lines] == ["flagged", "open", "open"]


def test_both_body_versions_report_the_same(gateway: RunningGateway, sandbox: RunningSandbox, pool: Pool) -> None:
    """A second subscription with the bodies of 2025 adds nothing: it is the same event, whichever reports it."""
    body = {
        "target_url": f"{gateway.base_url}/webhooks/linq?version=2025-01-01",
        "subscribed_events": sandbox.api("GET", "/webhook-events").json()["events"],
    }
    made = sandbox.api("POST", "/webhook-subscriptions", json=body).json()
    signup = pool.sign_up("ada")
    sandbox.text(new_person(), signup["line"], signup["text"])
    sandbox.settle()
    assert [row["word"] for row in pool.rows("people") if row["type"] == "message.received"] == ["confirmed"]
    sandbox.api("DELETE", f"/webhook-subscriptions/{made['id']}")


def test_the_sdk_accepts_what_the_gateway_accepts(sandbox: RunningSandbox, pool: Pool, tmp_path: Path) -> None:
    """Library and official SDK accept the same deliveries, by the same event id, that the gateway answered 200."""
    client = LinqAPIV3(base_url=sandbox.base_url, api_key="any")
    with webhook_sink() as sink:
        secret = sandbox.subscribe(sink.url + PINNED, "message.received", "phone_number.status_updated")
        sandbox.text(new_person(), pool.lines[0], "Grüße 👋")
        sandbox.set_line(pool.lines[0], status="FLAGGED")
        received = [sink.wait_for(name)[0] for name in ("message.received", "phone_number.status_updated")]
    sandbox.settle()
    for delivery in received:
        event_id = delivery.event["event_id"]
        assert Webhook(secret).verify(delivery.body.decode(), delivery.headers) == delivery.event
        unwrapped = client.webhooks.unwrap(delivery.body.decode(), headers=delivery.headers, key=secret)
        assert unwrapped.event_id == event_id
        assert 200 in [each["status"] for each in sandbox.tries(event_id)]
        assert event_id in [row["event"] for about in ("lines", "people") for row in pool.rows(about)]
