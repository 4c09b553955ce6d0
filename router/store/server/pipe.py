"""One connection on which a call does not wait for the replies to earlier calls.

For function calls to a single server, which are nearly all commands of the gateway. redis-py takes a connection from
its pool for each command, watches it, and reads through a stream, 60 to 100 µs in all. A call here takes some 280,000
instructions less. Every other command goes through redis-py, and so does every call through Sentinels, to a cluster
or over TLS.

Replies come in the order of the calls. So a late reply ends the connection and every call that waits on it: no call
waits longer than the one before, and a late reply is never read as the reply to another call. Nothing is sent twice.
"""

import asyncio
from collections import deque
from typing import Any, cast

import hiredis
from redis import exceptions as fault
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import DefaultParser

from router.store.server.address import StoreAddress

_PIPED = "FCALL"


class PipedRedis(Redis):
    """A redis-py client whose function calls go through a pipe."""

    def __init__(self, pipe: "Pipe", pool: ConnectionPool) -> None:
        super().__init__(connection_pool=pool)
        self.auto_close_connection_pool = True  # as Redis.from_pool
        self._pipe = pipe

    def execute_command(self, *command: Any, **options: Any) -> Any:
        """Send a function call through the pipe, and any other command through redis-py."""
        if command[0] == _PIPED:
            return self._pipe.call(command)
        return super().execute_command(*command, **options)  # type: ignore[no-untyped-call]

    async def aclose(self, close_connection_pool: bool | None = None) -> None:  # noqa: FBT001 - redis-py's signature
        """Close every connection."""
        self._pipe.close()
        await super().aclose(close_connection_pool)


class Pipe:
    """Calls one server. The first call opens the connection, and so does the first call after it was lost.

    Args:
        timeout_s: for connecting, and for each reply.
        encoding: what replies are decoded from; None leaves them bytes.
    """

    def __init__(self, address: StoreAddress, *, timeout_s: float, encoding: str | None = None) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._encoding = encoding
        self._wire: _Wire | None = None
        self._connecting: asyncio.Task[_Wire] | None = None

    async def call(self, command: tuple[Any, ...]) -> Any:
        """Return the reply to a command.

        Raises:
            RedisError: of the class that redis-py would raise.
        """
        wire = self._wire
        if wire is None or not wire.is_open:
            wire = await self._connected()
        return await wire.ask(command)

    def close(self) -> None:
        """Close the connection; the next call would open another."""
        if self._wire is not None:
            self._wire.close()

    async def _connected(self) -> "_Wire":
        # Every caller waits for the same connection, so the cancellation of one caller must not cancel it.
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
            self._connecting.add_done_callback(self._stop_connecting)
        return await asyncio.shield(self._connecting)

    def _stop_connecting(self, connecting: "asyncio.Task[_Wire]") -> None:
        self._connecting = None
        if not connecting.cancelled():
            connecting.exception()  # retrieved, so that asyncio does not warn: the callers that wait get it too

    async def _connect(self) -> "_Wire":
        try:
            async with asyncio.timeout(self._timeout_s):
                wire = await self._open()
                try:
                    for command in self._introductions():
                        await wire.ask(command)
                except BaseException:
                    wire.close()
                    raise
        except TimeoutError as error:
            raise fault.TimeoutError("Timeout connecting to server") from error
        except OSError as error:
            raise fault.ConnectionError("Error connecting to server") from error
        self._wire = wire
        return wire

    async def _open(self) -> "_Wire":
        loop = asyncio.get_running_loop()
        make = lambda: _Wire(self._timeout_s, self._encoding)  # noqa: E731
        if self._address.socket is not None:
            _, wire = await loop.create_unix_connection(make, self._address.socket)
        else:
            ((host, port),) = self._address.hosts
            _, wire = await loop.create_connection(make, host, port)
        return wire

    def _introductions(self) -> list[tuple[Any, ...]]:
        commands: list[tuple[Any, ...]] = []
        if self._address.password is not None:
            user = () if self._address.username is None else (self._address.username,)
            commands.append(("AUTH", *user, self._address.password))
        if self._address.database:
            commands.append(("SELECT", self._address.database))
        return commands


class _Wire(asyncio.Protocol):
    """One open connection and the calls that wait for its replies."""

    def __init__(self, timeout_s: float, encoding: str | None) -> None:
        self._timeout_s = timeout_s
        self._replies = hiredis.Reader(
            protocolError=fault.InvalidResponse, replyError=DefaultParser.parse_error, encoding=encoding
        )
        self._waiting: deque[tuple[asyncio.Future[Any], asyncio.TimerHandle]] = deque()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        """Whether a call can go out, as far as is known."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, command: tuple[Any, ...]) -> asyncio.Future[Any]:
        """Send a command and return its future reply."""
        assert self._transport is not None
        reply: asyncio.Future[Any] = self._loop.create_future()
        self._transport.write(hiredis.pack_command(command))
        self._waiting.append((reply, self._loop.call_later(self._timeout_s, self._give_up)))
        return reply

    def close(self) -> None:
        """Close the connection and fail every call that waits."""
        self._end(fault.ConnectionError("Connection closed by the gateway"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the connection."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """Pass each whole reply to the call that has waited longest."""
        self._replies.feed(data)
        try:
            while (reply := self._replies.gets()) is not False:
                waiter, timer = self._waiting.popleft()
                timer.cancel()
                if waiter.done():
                    continue
                if isinstance(reply, Exception):
                    waiter.set_exception(reply)
                else:
                    waiter.set_result(reply)
        except fault.InvalidResponse as error:
            self._end(error)
        except IndexError:
            self._end(fault.InvalidResponse("The server sent a reply without a call"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail every call that waits."""
        self._end(fault.ConnectionError(f"Connection closed by server: {exc or 'no reason given'}"))

    def _give_up(self) -> None:
        self._end(fault.TimeoutError("Timeout reading from server"))

    def _end(self, error: Exception) -> None:
        if self._transport is not None:
            self._transport.abort()
        while self._waiting:
            waiter, timer = self._waiting.popleft()
            timer.cancel()
            if not waiter.done():
                waiter.set_exception(error)
