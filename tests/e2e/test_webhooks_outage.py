"""Deliveries during an outage of the store: they must come again, and then count as usual."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kit.deliveries import SECRET, Answer, Linq, ProviderEvent, find_secrets, new_person, status, text
from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.sample_pools import SamplePool, open_pool
from tests.kit.sandboxes import start_sandbox
from tests.kit.servers import Server, eventually, start_valkey

AT_MOST_S = 1.0
DURABLE = {"appendonly": "yes", "appendfsync": "always"}
SPEED = "200"
PATIENT_CLIENTS = 8


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Server]:
    """Run a separate store, which a test may end and start again in the same place."""
    directory = tmp_path / "store"
    directory.mkdir()
    with start_valkey(directory, extra=DURABLE) as server:
        yield server


@pytest.fixture
def gateway(tmp_path: Path, store: Server) -> Iterator[RunningGateway]:
    """Run a gateway on that store, with its default patience."""
    directory = tmp_path / "gateway"
    directory.mkdir()
    with start_gateway(directory, REDIS_URL=store.url, LINQ_WEBHOOK_SECRETS=SECRET) as running:
        yield running
    assert find_secrets(running.log) == set()


@pytest.fixture
def pool(gateway: RunningGateway) -> SamplePool:
    """Open a pool that the provider's events name."""
    return open_pool(gateway, "main", lines=3)


def restarted(store: Server) -> Server:
    """Start it again where it was."""
    return start_valkey(store.directory.parent, port=store.port, extra=DURABLE)


@contextmanager
def hung(store: Server) -> Iterator[None]:
    """Let the store receive everything and answer nothing."""
    store.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        store.process.send_signal(signal.SIGCONT)


def deliver_all(linq: Linq, events: list[ProviderEvent]) -> list[Answer]:
    """Deliver all at once, as Linq does: no delivery waits for another's answer."""
    with ThreadPoolExecutor(len(events)) as senders:
        return list(senders.map(linq.deliver, events))


def deliver_until_taken(linq: Linq, events: list[ProviderEvent]) -> None:
    """Deliver each until it gets its 2xx."""
    for event in events:
        eventually("a delivery that is accepted", lambda it=event: linq.deliver(it).status == 200)  # type: ignore[misc]


def outcomes_in_logs(pool: SamplePool, events: list[ProviderEvent]) -> dict[str, list[str]]:
    """Return the result of each delivery in the logs."""
    rows = [
        row
        for about in ("lines", "people")
        for row in pool.gateway.api("GET", f"/pools/main/events?about={about}&limit=500").json()
    ]
    return {each.id: [row["word"] for row in rows if row["event"] == each.id] for each in events}


def outage_events(pool: SamplePool) -> list[ProviderEvent]:
    """A person texts each line, and the last line is flagged."""
    people = [pool.sign_up(f"u-{number}") for number in range(PATIENT_CLIENTS)]
    texts = [text(person["line"], new_person(), person["code"]) for person in people]
    return [*texts, status(pool.numbers[2], "FLAGGED")]


def test_while_the_store_is_down_a_delivery_is_503_at_once(pool: SamplePool, store: Server) -> None:
    """Within a second each gets 503. When the store is back each is accepted, and counts once."""
    linq, events = Linq(pool.gateway.base_url), outage_events(pool)
    store.kill()
    answers = deliver_all(linq, events)
    assert {answer.status for answer in answers} == {503}
    assert {answer.problem["code"] for answer in answers} == {"store_unavailable"}
    assert max(answer.took_s for answer in answers) < AT_MOST_S
    with restarted(store):
        deliver_until_taken(linq, events)
        assert [*outcomes_in_logs(pool, events).values()] == [["confirmed"]] * PATIENT_CLIENTS + [["flagged"]]
        assert pool.people_now() == PATIENT_CLIENTS


def test_a_store_that_answers_nothing_loses_nothing(pool: SamplePool, store: Server) -> None:
    """The store may or may not apply what it received, so each is 503 within a second.

    Delivered again it counts once.
    """
    linq, events = Linq(pool.gateway.base_url), outage_events(pool)
    with hung(store):
        answers = deliver_all(linq, events)
    assert {answer.status for answer in answers} == {503}
    assert max(answer.took_s for answer in answers) < AT_MOST_S
    deliver_until_taken(linq, events)
    assert [*outcomes_in_logs(pool, events).values()] == [["confirmed"]] * PATIENT_CLIENTS + [["flagged"]]
    lines = pool.gateway.api("GET", "/pools/main/lines").json()
    assert sum(line["confirmed"] for line in lines) == PATIENT_CLIENTS
    assert [line["flags"] for line in lines] == [0, 0, 1]


def test_a_forged_delivery_is_not_trusted_during_an_outage(pool: SamplePool, store: Server) -> None:
    """Whatever its answer, it changes nothing when the store is back."""
    forger = Linq(pool.gateway.base_url, secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    flag = status(pool.numbers[0], "FLAGGED")
    with hung(store):
        assert forger.deliver(flag).status in {401, 503}
    eventually("a store that answers", lambda: forger.deliver(flag).status == 401)
    assert outcomes_in_logs(pool, [flag]) == {flag.id: []}


def test_linq_s_own_tries_bridge_an_outage(pool: SamplePool, store: Server, tmp_path: Path) -> None:
    """A flag that came during the outage closes the line with Linq's next try, once the store is back."""
    url = f"{pool.gateway.base_url}/webhooks/linq?version=2026-02-03"
    with start_sandbox(tmp_path, "--webhook", url, "--webhook-secret", SECRET, "--speed", SPEED) as sandbox:
        if pool.numbers[0] not in sandbox.lines:
            sandbox.control("POST", "/lines", {"number": pool.numbers[0]})
            sandbox.settle()
        store.kill()
        (event,) = sandbox.set_line(pool.numbers[0], status="FLAGGED")["events"]
        eventually("a first try", lambda: bool(sandbox.tries(event["id"])))
        began_s = time.monotonic()
        with restarted(store):
            sandbox.settle()
            tries = sandbox.tries(event["id"])
            assert (tries[0]["status"], tries[-1]["status"]) == (503, 200), tries
            assert time.monotonic() - began_s < 60
            assert pool.gateway.api("GET", f"/pools/main/lines/{pool.numbers[0]}").json()["gate"] == "flagged"
