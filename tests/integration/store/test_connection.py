"""The client reaches every form of store, survives its restarts, and never confuses two replies."""

import asyncio
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import exceptions as fault

from router.core.errors import InvalidField, StoreUnavailable
from router.store.server.client import StoreClient
from router.store.server.connection import StoreConnection, connect
from router.store.server.outages import translate_errors
from router.store.server.server_check import check_server
from tests.kit.scripted_servers import scripted_server, self_signed
from tests.kit.servers import Server, eventually_async, free_port, opened, start_sentinel, start_valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Server]:
    """Run one server for the test."""
    with start_valkey(tmp_path) as server:
        yield server


async def echoes(client: StoreConnection) -> bool:
    """Return whether twenty callers at once each get their own word back."""
    words = [f"word-{number}" for number in range(20)]
    return list(await asyncio.gather(*(client.execute_command("GETRANGE", f"sy:{w}", 0, -1) for w in words))) == words


def write_words(server: Server) -> None:
    """Write the words that `echoes` reads."""
    with server.admin() as admin:
        for number in range(20):
            admin.set(f"sy:word-{number}", f"word-{number}")


async def test_a_tcp_url_reaches_the_server_and_its_database(tmp_path: Path) -> None:
    """Writes go to the database of the URL."""
    with start_valkey(tmp_path) as server, server.admin() as admin:
        async with opened(f"redis://127.0.0.1:{server.port}/3") as client:
            await client.set("sy:a", "1")
        assert admin.dbsize() == 0
        assert admin.info("keyspace")["db3"]["keys"] == 1


async def test_a_unix_url_reaches_the_server(tmp_path: Path) -> None:
    """A path with a space works percent-encoded."""
    socket = tmp_path / "a b.sock"
    with start_valkey(tmp_path, extra={"unixsocket": str(socket)}):
        async with opened(f"unix://{tmp_path}/a%20b.sock") as client:
            assert await client.ping()


async def test_a_login_is_used(tmp_path: Path) -> None:
    """A user limited to our keys may write those. A wrong password is an outage with that reason."""
    with start_valkey(tmp_path, acl_user=True) as server:
        async with opened(server.url) as client:
            assert await client.set("sy:a", "1")
            with pytest.raises(fault.NoPermissionError), translate_errors():
                await client.set("other", "1")
        async with opened(f"redis://switchyard:wrong@127.0.0.1:{server.port}") as client:
            with pytest.raises(StoreUnavailable, match="refused the login"), translate_errors():
                await client.ping()


async def test_a_tls_url_checks_the_certificate(tmp_path: Path, valkey: Server) -> None:
    """It connects with the authority's certificate. Without it, it sends nothing to the server."""
    certificate, context = self_signed(tmp_path)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", valkey.port)
        try:
            while asked := await reader.read(4096):
                inner_writer.write(asked)
                writer.write(await inner_reader.read(4096))
        finally:
            inner_writer.close()
            await inner_writer.wait_closed()

    async with scripted_server(pass_on, context) as port:
        async with opened(f"rediss://localhost:{port}?ssl_ca_certs={certificate}") as client:
            assert await client.ping()
        async with opened(f"rediss://localhost:{port}") as client:
            with pytest.raises(StoreUnavailable, match="no connection"), translate_errors():
                await client.ping()


async def test_a_sentinel_url_leads_to_the_primary(tmp_path: Path, valkey: Server) -> None:
    """The Sentinels are asked in turn until one answers, and the primary they name is used."""
    with start_sentinel(tmp_path, valkey) as sentinel:
        unused_port = free_port()
        async with opened(f"redis+sentinel://127.0.0.1:{unused_port},127.0.0.1:{sentinel.port}/lines/1") as client:
            assert await client.set("sy:a", "1")
            assert (await check_server(client)).mode == "standalone"
            with valkey.admin() as admin:
                assert admin.info("keyspace")["db1"]["keys"] == 1
        async with opened(f"redis+sentinel://127.0.0.1:{sentinel.port}/other") as client:
            with pytest.raises(StoreUnavailable, match="know of no primary"), translate_errors():
                await client.ping()


def test_a_faulty_url_is_refused_at_once() -> None:
    """The error names the setting, and nothing is opened."""
    with pytest.raises(InvalidField, match="SWITCHYARD_REDIS_URL"):
        connect("http://localhost")


async def test_the_client_comes_back_after_a_restart(tmp_path: Path, valkey: Server) -> None:
    """A restarted server costs at most the commands of its absence. Nothing has to be reopened."""
    async with opened(valkey.url) as client:
        await client.ping()
        valkey.stop()
        with pytest.raises(StoreUnavailable), translate_errors():
            await client.ping()
        with start_valkey(tmp_path, port=valkey.port):
            assert await client.ping()


async def test_a_connection_that_died_while_idle_costs_nothing(valkey: Server) -> None:
    """A connection that the server closed is detected before a command is sent on it."""
    async with opened(valkey.url) as client:
        await client.ping()
        with valkey.admin() as admin:
            admin.client_kill_filter(_type="normal", skipme=True)

            async def is_gone() -> bool:
                return len(await asyncio.to_thread(admin.client_list, _type="normal")) == 1

            await eventually_async("the end of the idle connection", is_gone)
        assert await client.ping()


async def test_a_late_reply_is_never_the_answer_to_another_command(valkey: Server) -> None:
    """After a timeout or a cancellation every caller still gets its own reply."""
    write_words(valkey)
    async with opened(valkey.url) as client:
        with pytest.raises(StoreUnavailable, match="in time"), translate_errors():
            await client.execute_command("BLPOP", "sy:late", "0.5")
        assert await echoes(client)

        waiting = asyncio.create_task(client.execute_command("BLPOP", "sy:late", "0.2"))
        with valkey.admin() as admin:

            async def is_blocked() -> bool:
                return int(admin.info("clients")["blocked_clients"]) == 1

            await eventually_async("a caller that waits", is_blocked)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            admin.rpush("sy:late", "late")
        assert await echoes(client)


async def test_a_hang_in_the_middle_does_not_mix_up_replies(valkey: Server) -> None:
    """Twenty callers that timed out on a stopped server get their own words once it goes on."""
    write_words(valkey)
    async with opened(valkey.url) as client:
        assert await echoes(client)
        valkey.process.send_signal(signal.SIGSTOP)
        with pytest.raises((fault.ConnectionError, fault.TimeoutError)):
            await echoes(client)
        valkey.process.send_signal(signal.SIGCONT)
        assert await echoes(client)


async def test_the_time_is_the_store_s(valkey: Server) -> None:
    """The store's clock is read in whole milliseconds."""
    async with opened(valkey.url) as client:
        before_ms = time.time_ns() // 1_000_000
        assert before_ms <= await StoreClient(client).time_ms() <= time.time_ns() // 1_000_000
