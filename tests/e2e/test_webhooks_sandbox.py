"""The gateway beside a local Linq: what people and the provider do there is what the gateway knows a moment later."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from linq import LinqAPIV3
from standardwebhooks import Webhook

from tests.deliveries import SECRET, WORDS, somebody, told_secrets
from tests.gateways import RunningGateway, start_gateway
from tests.sample_pools import PATIENT_MS
from tests.sandboxes import RunningSandbox, start_sandbox, webhook_sink

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
    assert told_secrets(running.log) == set()


@pytest.fixture(scope="module")
def running_sandbox(gateway: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run a sandbox that tells the gateway everything."""
    url = f"{gateway.base_url}/webhooks/linq{PINNED}"
    told = ("--webhook", url, "--webhook-secret", SECRET, "--speed", FAST, "--seed", "7", "--lines", "1")
    with start_sandbox(tmp_path_factory.mktemp("sandbox"), *told) as running:
        yield running


@pytest.fixture
def sandbox(running_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """Leave its switches as they were."""
    as_before = running_sandbox.control("GET", "/settings")
    yield running_sandbox
    running_sandbox.switch(**as_before)
    running_sandbox.settle()


class Pool:
    """A pool of lines that the account has, and nobody else speaks of."""

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
        """Sign somebody up, or ask again for them."""
        answer: dict[str, Any] = self.gateway.api("POST", f"{self.path}/signups", json={"user": user}).json()
        return answer

    def line(self, number: str) -> dict[str, Any]:
        """Where a line stands."""
        answer: dict[str, Any] = self.gateway.api("GET", f"{self.path}/lines/{number}").json()
        return answer

    def person(self, signup: dict[str, Any]) -> dict[str, Any]:
        """Where a person stands."""
        answer: dict[str, Any] = self.gateway.api("GET", f"{self.path}/signups/{signup['id']}").json()
        return answer

    def rows(self, about: str) -> list[dict[str, Any]]:
        """What happened since the account got its lines, newest first."""
        return [row for row in self._rows(about) if row["id"] not in self._rows_before]

    def _rows(self, about: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.gateway.api("GET", f"{self.path}/events?about={about}&limit=500").json()
        return rows


@pytest.fixture
def pool(gateway: RunningGateway, sandbox: RunningSandbox) -> Pool:
    """Open a pool of three lines."""
    return Pool(gateway, sandbox)


def test_a_text_with_the_code_confirms(sandbox: RunningSandbox, pool: Pool) -> None:
    """Whoever texts what the link put into their phone has their place for good, under the number they texted from."""
    signup, person = pool.sign_up("ada"), somebody()
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


def test_a_flagged_line_takes_nobody_until_it_recovers(sandbox: RunningSandbox, pool: Pool) -> None:
    """From its 2xx on new people go elsewhere, and those on the line are shown a backup; once back, it warms up."""
    signup = pool.sign_up("ada")
    sandbox.text(somebody(), signup["line"], signup["text"])
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
    """Released, or moved to another environment, a line takes nobody; assigned or moved back, it works again."""
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
    """Each event comes twice and in any order: what was told last holds, and everybody and every row counts once."""
    sandbox.switch(duplicates=1, disorder_ms=300)
    signups = [pool.sign_up(f"u-{number}") for number in range(9)]
    for signup in signups:
        person = somebody()
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
def test_what_the_provider_said_last_holds(sandbox: RunningSandbox, pool: Pool, generation: str, order: str) -> None:
    """In whatever order three changes arrive, and in each generation of the body, the line ends as the latest says."""
    sandbox.switch(hold=True, status_body=generation)
    for status in ("FLAGGED", "ACTIVE", "FLAGGED"):
        sandbox.set_line(pool.lines[0], status=status)
    for status in ("FLAGGED", "ACTIVE"):
        sandbox.set_line(pool.lines[1], status=status)
    sandbox.control("POST", "/deliveries/release", {"order": order})
    sandbox.settle()
    assert [pool.line(number)["gate"] for number in pool.lines] == ["flagged", "open", "open"]


def test_both_body_versions_tell_the_same(gateway: RunningGateway, sandbox: RunningSandbox, pool: Pool) -> None:
    """A second subscription that still gets the bodies of 2025 adds nothing: an event is one, whoever tells it."""
    body = {
        "target_url": f"{gateway.base_url}/webhooks/linq?version=2025-01-01",
        "subscribed_events": sandbox.api("GET", "/webhook-events").json()["events"],
    }
    made = sandbox.api("POST", "/webhook-subscriptions", json=body).json()
    signup = pool.sign_up("ada")
    sandbox.text(somebody(), signup["line"], signup["text"])
    sandbox.settle()
    assert [row["word"] for row in pool.rows("people") if row["type"] == "message.received"] == ["confirmed"]
    sandbox.api("DELETE", f"/webhook-subscriptions/{made['id']}")


def test_the_sdk_takes_what_the_gateway_takes(sandbox: RunningSandbox, pool: Pool, tmp_path: Path) -> None:
    """Library and official SDK accept the same deliveries, by the same event id, that the gateway answered 200."""
    client = LinqAPIV3(base_url=sandbox.base_url, api_key="any")
    with webhook_sink() as sink:
        secret = sandbox.subscribe(sink.url + PINNED, "message.received", "phone_number.status_updated")
        sandbox.text(somebody(), pool.lines[0], "Grüße 👋")
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
