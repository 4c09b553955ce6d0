"""Deliveries while the store is out: they must come again, and then count as if nothing had been."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deliveries import SECRET, Answer, Happening, Linq, somebody, status, text, told_secrets
from tests.gateways import RunningGateway, start_gateway
from tests.sample_pools import SamplePool, open_pool
from tests.sandboxes import start_sandbox
from tests.servers import Server, eventually, start_valkey

AT_MOST_S = 1.0
DURABLE = {"appendonly": "yes", "appendfsync": "always"}
SPEED = "200"
PATIENT_CLIENTS = 8


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Server]:
    """Run a store of its own, which a test may end and start again in the same place."""
    directory = tmp_path / "store"
    directory.mkdir()
    with start_valkey(directory, extra=DURABLE) as server:
        yield server


@pytest.fixture
def gateway(tmp_path: Path, store: Server) -> Iterator[RunningGateway]:
    """Run a gateway on that store, with the patience it has by default."""
    directory = tmp_path / "gateway"
    directory.mkdir()
    with start_gateway(directory, REDIS_URL=store.url, LINQ_WEBHOOK_SECRETS=SECRET) as running:
        yield running
    assert told_secrets(running.log) == set()


@pytest.fixture
def pool(gateway: RunningGateway) -> SamplePool:
    """Open a pool that the provider speaks of."""
    return open_pool(gateway, "main", lines=3)


def restarted(store: Server) -> Server:
    """Start it again where it was."""
    return start_valkey(store.directory.parent, port=store.port, extra=DURABLE)


@contextmanager
def hung(store: Server) -> Iterator[None]:
    """Let the store hear everything and answer nothing."""
    store.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        store.process.send_signal(signal.SIGCONT)


def deliver_all(linq: Linq, happenings: list[Happening]) -> list[Answer]:
    """Deliver all at once, as Linq does: none waits for another's answer."""
    with ThreadPoolExecutor(len(happenings)) as senders:
        return list(senders.map(linq.deliver, happenings))


def deliver_until_taken(linq: Linq, happenings: list[Happening]) -> None:
    """Deliver each until it gets its 2xx."""
    for happening in happenings:
        eventually("a delivery that is taken", lambda it=happening: linq.deliver(it).status == 200)  # type: ignore[misc]


def words_of(pool: SamplePool, happenings: list[Happening]) -> dict[str, list[str]]:
    """What the logs say became of each."""
    rows = [
        row
        for about in ("lines", "people")
        for row in pool.gateway.api("GET", f"/pools/main/events?about={about}&limit=500").json()
    ]
    return {each.id: [row["word"] for row in rows if row["event"] == each.id] for each in happenings}


def what_happens(pool: SamplePool) -> list[Happening]:
    """Somebody texts each line, and the last line is flagged."""
    people = [pool.sign_up(f"u-{number}") for number in range(PATIENT_CLIENTS)]
    texts = [text(person["line"], somebody(), person["code"]) for person in people]
    return [*texts, status(pool.numbers[2], "FLAGGED")]


def test_while_the_store_is_down_a_delivery_is_503_at_once(pool: SamplePool, store: Server) -> None:
    """Within a second each is told to come again; when the store is back each is taken, and counts once."""
    linq, happenings = Linq(pool.gateway.base_url), what_happens(pool)
    store.kill()
    answers = deliver_all(linq, happenings)
    assert {answer.status for answer in answers} == {503}
    assert {answer.problem["code"] for answer in answers} == {"store_unavailable"}
    assert max(answer.took_s for answer in answers) < AT_MOST_S
    with restarted(store):
        deliver_until_taken(linq, happenings)
        assert [*words_of(pool, happenings).values()] == [["confirmed"]] * PATIENT_CLIENTS + [["flagged"]]
        assert pool.people_now() == PATIENT_CLIENTS


def test_a_store_that_answers_nothing_loses_nothing(pool: SamplePool, store: Server) -> None:
    """Nobody knows whether it applies what it heard, so each is 503 within a second; delivered again it counts once."""
    linq, happenings = Linq(pool.gateway.base_url), what_happens(pool)
    with hung(store):
        answers = deliver_all(linq, happenings)
    assert {answer.status for answer in answers} == {503}
    assert max(answer.took_s for answer in answers) < AT_MOST_S
    deliver_until_taken(linq, happenings)
    assert [*words_of(pool, happenings).values()] == [["confirmed"]] * PATIENT_CLIENTS + [["flagged"]]
    lines = pool.gateway.api("GET", "/pools/main/lines").json()
    assert sum(line["confirmed"] for line in lines) == PATIENT_CLIENTS
    assert [line["flags"] for line in lines] == [0, 0, 1]


def test_a_forged_delivery_is_not_believed_during_an_outage(pool: SamplePool, store: Server) -> None:
    """Whatever it is told, it changes nothing when the store is back."""
    forger = Linq(pool.gateway.base_url, secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    flag = status(pool.numbers[0], "FLAGGED")
    with hung(store):
        assert forger.deliver(flag).status in {401, 503}
    eventually("a store that answers", lambda: forger.deliver(flag).status == 401)
    assert words_of(pool, [flag]) == {flag.id: []}


def test_linq_s_own_tries_bridge_an_outage(pool: SamplePool, store: Server, tmp_path: Path) -> None:
    """A flag that came while the store was down closes the line as soon as it is back, by Linq's next try."""
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
