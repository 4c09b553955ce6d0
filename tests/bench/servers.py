"""Start the servers that the gateway is compared with: the yardstick, the hand-written peers and nginx."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from tests.bench.contender import Contender
from tests.bench.machine import Cores
from tests.bench.processes import accepts_tcp, free_port, running
from tests.bench.valkey import valkey_command
from tests.bench.wire import SERIAL, browse

YARDSTICK = "yardstick"
STICKY = "sticky peer"

_GRANIAN = ["--interface", "asgi", "--loop", "uvloop", "--workers", "1", "--no-access-log", "--log-level", "warning"]
_UVICORN = ["--loop", "uvloop", "--http", "httptools", "--workers", "1", "--no-access-log", "--log-level", "warning"]


@contextmanager
def yardstick(cores: Cores, scratch: Path) -> Iterator[list[Contender]]:
    """Run a bare Litestar 302 under granian."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--port", str(port), *_GRANIAN, "tests.bench.yardstick:app"]
    with running(command, core=cores.server, log=scratch / "yardstick.log", is_ready=lambda: accepts_tcp(port)):
        yield [Contender(name=YARDSTICK, port=port, requests=(browse("/j/bench"),), is_paced=True)]


@contextmanager
def peers(cores: Cores, scratch: Path) -> Iterator[list[Contender]]:
    """Run the FastAPI peers under uvicorn, with their own durable store."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--port", str(port), *_UVICORN, "tests.bench.peers:app"]
    with (
        store(cores, scratch / "peers-store") as socket,
        running(
            command,
            core=cores.server,
            log=scratch / "peers.log",
            is_ready=lambda: accepts_tcp(port),
            env={"BENCH_STORE": str(socket)},
        ),
    ):
        yield [
            Contender(name=STICKY, port=port, requests=(browse(f"/sticky?user={SERIAL}"),)),
            Contender(name="modulo peer", port=port, requests=(browse("/modulo"),)),
        ]


@contextmanager
def nginx(cores: Cores, scratch: Path) -> Iterator[list[Contender]]:
    """Run an nginx that only redirects, if it is installed."""
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if binary is None:
        yield []
        return
    port = free_port()
    directory = scratch / "nginx"
    directory.mkdir()
    conf = directory / "nginx.conf"
    template = Template(Path(__file__).with_name("nginx.conf").read_text())
    conf.write_text(template.substitute(port=port, directory=directory))
    command = [binary, "-e", "stderr", "-c", str(conf)]
    with running(command, core=cores.server, log=scratch / "nginx.log", is_ready=lambda: accepts_tcp(port)):
        yield [Contender(name="nginx", port=port, requests=(browse("/j/bench"),), is_paced=True)]


@contextmanager
def store(cores: Cores, directory: Path) -> Iterator[Path]:
    """Run a durable Valkey on the load core and yield its socket."""
    directory.mkdir()
    socket = directory / "valkey.sock"
    with running(valkey_command(directory), core=cores.load, log=directory / "log", is_ready=socket.exists):
        yield socket
