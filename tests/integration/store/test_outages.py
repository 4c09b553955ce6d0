"""Whatever stops the store becomes StoreUnavailable with its reason, in bounded time."""

import asyncio
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import exceptions as fault

from router.core.errors import StoreUnavailable
from router.store.server.connection import DEFAULT_TIMEOUT
from router.store.server.outages import translate_errors, unavailable_reason
from tests.kit.scripted_servers import always_answer, never_answer, scripted_server
from tests.kit.servers import Server, free_port, in_one_pipeline, opened, start_valkey

SLACK_S = 0.3  # for a busy machine
FORMS = ("redis://127.0.0.1:{}", "redis+cluster://127.0.0.1:{}", "redis+sentinel://127.0.0.1:{}/lines")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Server]:
    """Run one server for the test."""
    with start_valkey(tmp_path) as server:
        yield server


async def test_many_callers_of_a_hung_store_all_give_up_in_time(valkey: Server) -> None:
    """A hung store costs no caller more than twice the timeout, however many there are."""
    async with opened(valkey.url) as client:
        await client.ping()
        valkey.process.send_signal(signal.SIGSTOP)
        try:

            async def give_up() -> float:
                began = time.monotonic()
                with pytest.raises(StoreUnavailable), translate_errors():
                    await client.ping()
                return time.monotonic() - began

            waits_s = await asyncio.gather(*(give_up() for _ in range(40)))
        finally:
            valkey.process.send_signal(signal.SIGCONT)
        assert max(waits_s) < 2 * DEFAULT_TIMEOUT.total_seconds() + SLACK_S


@pytest.mark.parametrize("form", FORMS)
async def test_a_server_that_never_answers_is_an_outage(form: str) -> None:
    """A port that accepts and never answers gives StoreUnavailable within twice the timeout, in every form."""
    async with scripted_server(never_answer) as port, opened(form.format(port)) as client:
        began = time.monotonic()
        with pytest.raises(StoreUnavailable), translate_errors():
            await client.ping()
        assert time.monotonic() - began < 2 * DEFAULT_TIMEOUT.total_seconds() + SLACK_S


@pytest.mark.parametrize("form", FORMS)
async def test_a_port_without_a_listener_is_an_outage(form: str) -> None:
    """A refused connection is reported at once, not after retries."""
    async with opened(form.format(free_port())) as client:
        began = time.monotonic()
        with pytest.raises(StoreUnavailable), translate_errors():
            await client.ping()
        assert time.monotonic() - began < DEFAULT_TIMEOUT.total_seconds()


async def test_another_kind_of_server_is_an_outage() -> None:
    """The error says that a web server is on the port."""
    web_server = always_answer(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    async with scripted_server(web_server) as port, opened(f"redis://127.0.0.1:{port}") as client:
        with pytest.raises(StoreUnavailable, match="does not speak"), translate_errors():
            await client.ping()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"-LOADING Valkey is loading the dataset in memory\r\n", "still loading"),
        (b"-READONLY You can't write against a read only replica.\r\n", "replica"),
        (b"-OOM command not allowed when used memory > 'maxmemory'.\r\n", "full"),
        (b"-NOREPLICAS Not enough good replicas to write.\r\n", "too few replicas"),
        (b"-MISCONF Errors writing to the AOF file: No space left on device\r\n", "disk"),
        (b"-BUSY Valkey is busy running a script.\r\n", "long script"),
        (b"-CLUSTERDOWN The cluster is down\r\n", "cluster"),
        (b"-MASTERDOWN Link with MASTER is down\r\n", "cluster|primary"),
        (b"-NOAUTH Authentication required.\r\n", "refused the login"),
        (b"-ERR max number of clients reached\r\n", "no connection"),
    ],
)
async def test_a_store_that_cannot_work_now_is_an_outage(reply: bytes, reason: str) -> None:
    """Each refusal of the server has its reason, alone and in a pipeline."""
    async with scripted_server(always_answer(reply)) as port, opened(f"redis://127.0.0.1:{port}") as client:
        with pytest.raises(StoreUnavailable, match=reason), translate_errors():
            await client.set("sy:a", "+12025550123")
        with pytest.raises(StoreUnavailable, match=reason) as raised, translate_errors():
            await in_one_pipeline(client, ("SET", "sy:a", "+12025550123"))
        assert "+12025550123" not in str(raised.value)


async def test_a_mistake_of_ours_is_not_an_outage(valkey: Server) -> None:
    """A wrong command raises its own error, whatever words its arguments hold."""
    async with opened(valkey.url) as client:
        with pytest.raises(fault.ResponseError, match="unknown command"), translate_errors():
            await client.execute_command("NOSUCH", "BUSY")
        (error,) = await in_one_pipeline(client, ("INCR", "sy:a", "BUSY"), raise_on_error=False)
        assert unavailable_reason(error) is None
