"""Calls that share one connection: each gets its own reply, and any fault ends in bounded time."""

import asyncio
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import exceptions as fault

from router.core.errors import StoreUnavailable
from router.store.server.connection import DEFAULT_TIMEOUT, StoreConnection
from router.store.server.outages import translate_errors
from tests.kit.scripted_servers import always_answer, never_answer, scripted_server
from tests.kit.servers import Server, eventually_async, free_port, opened, start_valkey

SLACK_S = 0.3  # for a busy machine
REPEATER = """#!lua name=repeater
redis.register_function('say', function(keys, args) return args[1] end)
redis.register_function('set', function(keys, args) return redis.call('SET', keys[1], args[1]) end)
redis.register_function('fail', function(keys, args) return redis.error_reply('BAD_ARG ' .. args[1]) end)
"""


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Server]:
    """Run one server that repeats words."""
    with start_valkey(tmp_path) as server:
        load_functions(server)
        yield server


def load_functions(server: Server) -> None:
    """Load the functions."""
    with server.admin() as admin:
        admin.function_load(REPEATER, replace=True)


async def echo(client: StoreConnection, word: str) -> str:
    """Ask the server to repeat a word, in the way the scripts are called."""
    with translate_errors():
        return str(await client.execute_command("FCALL", "say", 0, word))


async def all_echoed(client: StoreConnection) -> bool:
    """Return whether forty callers at once each get their own word back."""
    words = [f"word-{number}" for number in range(40)]
    return await asyncio.gather(*(echo(client, word) for word in words)) == words


async def test_calls_at_once_share_one_connection(valkey: Server) -> None:
    """However many callers there are, the server sees one connection, and each caller gets its own reply."""
    async with opened(valkey.url) as client:
        assert await all_echoed(client)
        with valkey.admin() as admin:
            assert len(admin.client_list(_type="normal")) == 2  # including the one that asks


async def test_the_login_and_the_database_of_the_url_are_used(tmp_path: Path) -> None:
    """A wrong password is an outage with that reason. A right one writes to the database of the URL."""
    with start_valkey(tmp_path, acl_user=True) as server, server.admin() as admin:
        load_functions(server)
        async with opened(server.url.removesuffix("/0") + "/3") as client:
            await client.execute_command("FCALL", "set", 1, "sy:a", "1")
            assert admin.info("keyspace")["db3"]["keys"] == 1
        async with opened(f"redis://switchyard:wrong@127.0.0.1:{server.port}") as client:
            with pytest.raises(StoreUnavailable, match="refused the login"):
                await echo(client, "hello")


async def test_a_unix_socket_is_reached(tmp_path: Path) -> None:
    """A unix URL leads to its socket. A missing socket is an outage."""
    socket = tmp_path / "a.sock"
    with start_valkey(tmp_path, extra={"unixsocket": str(socket)}) as server:
        load_functions(server)
        async with opened(f"unix://{socket}") as client:
            assert await all_echoed(client)
    async with opened(f"unix://{socket}") as client:
        with pytest.raises(StoreUnavailable, match="no connection"):
            await echo(client, "hello")


async def test_a_hung_server_costs_no_caller_more_than_the_timeout(valkey: Server) -> None:
    """All callers give up in time. Once the server goes on, no caller gets the reply to an earlier call."""
    async with opened(valkey.url) as client:
        assert await all_echoed(client)
        valkey.process.send_signal(signal.SIGSTOP)
        try:

            async def give_up(word: str) -> float:
                began = time.monotonic()
                with pytest.raises(StoreUnavailable):
                    await echo(client, word)
                return time.monotonic() - began

            waits_s = await asyncio.gather(*(give_up(f"late-{number}") for number in range(40)))
        finally:
            valkey.process.send_signal(signal.SIGCONT)
        assert max(waits_s) < 2 * DEFAULT_TIMEOUT.total_seconds() + SLACK_S
        assert await all_echoed(client)


async def test_it_comes_back_after_a_restart(tmp_path: Path, valkey: Server) -> None:
    """A restarted server costs at most the calls of its absence, and those fail at once."""
    async with opened(valkey.url) as client:
        assert await all_echoed(client)
        valkey.stop()
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="no connection"):
            await echo(client, "hello")
        assert time.monotonic() - began < DEFAULT_TIMEOUT.total_seconds()
        with start_valkey(tmp_path, port=valkey.port) as server:
            load_functions(server)
            assert await all_echoed(client)


async def test_a_connection_that_died_while_idle_costs_nothing(valkey: Server) -> None:
    """A connection that the server closed is detected before a call is sent on it."""
    async with opened(valkey.url) as client:
        assert await all_echoed(client)
        with valkey.admin() as admin:
            admin.client_kill_filter(_type="normal", skipme=True)

            async def is_gone() -> bool:
                return len(await asyncio.to_thread(admin.client_list, _type="normal")) == 1

            await eventually_async("the end of the idle connection", is_gone)
        assert await all_echoed(client)


async def test_a_caller_that_leaves_does_not_disturb_the_others(valkey: Server) -> None:
    """A caller cancelled while it connects or waits leaves every other caller its own reply."""
    async with opened(valkey.url) as client:
        for _ in range(2):
            leaving = asyncio.create_task(echo(client, "unheard"))
            await asyncio.sleep(0)
            replies = asyncio.gather(*(echo(client, word) for word in ("a", "b")))
            leaving.cancel()
            assert await replies == ["a", "b"]
            assert leaving.cancelled() or leaving.done()
        assert await all_echoed(client)


async def test_an_error_of_the_function_is_the_caller_s_alone(valkey: Server) -> None:
    """A refused call raises what redis-py would, and the calls next to it have their replies."""
    async with opened(valkey.url) as client:
        reply = asyncio.create_task(echo(client, "hello"))
        with pytest.raises(fault.ResponseError, match="BAD_ARG why"), translate_errors():
            await client.execute_command("FCALL", "fail", 0, "why")
        assert await reply == "hello"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"-LOADING Valkey is loading the dataset in memory\r\n", "still loading"),
        (b"-READONLY You can't write against a read only replica.\r\n", "replica"),
        (b"-OOM command not allowed when used memory > 'maxmemory'.\r\n", "full"),
        (b"-NOREPLICAS Not enough good replicas to write.\r\n", "too few replicas"),
        (b"-MISCONF Errors writing to the AOF file: No space left on device\r\n", "disk"),
        (b"-BUSY Valkey is busy running a script.\r\n", "long script"),
        (b"-NOAUTH Authentication required.\r\n", "refused the login"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak"),
    ],
)
async def test_a_server_that_cannot_work_now_is_an_outage(reply: bytes, reason: str) -> None:
    """Each refusal of the server has its reason, and so does another kind of server."""
    async with scripted_server(always_answer(reply)) as port, opened(f"redis://127.0.0.1:{port}") as client:
        with pytest.raises(StoreUnavailable, match=reason):
            await echo(client, "hello")


async def test_a_server_that_does_not_answer_is_an_outage() -> None:
    """A silent port is given up in time, and a port without a listener at once."""
    async with scripted_server(never_answer) as port, opened(f"redis://127.0.0.1:{port}/3") as client:
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="in time"):
            await echo(client, "hello")
        assert time.monotonic() - began < 2 * DEFAULT_TIMEOUT.total_seconds() + SLACK_S
    async with opened(f"redis://127.0.0.1:{free_port()}") as client:
        with pytest.raises(StoreUnavailable, match="no connection"):
            await echo(client, "hello")
