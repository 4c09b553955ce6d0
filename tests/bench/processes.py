"""Start a process on its core, wait until it answers, and stop it with everything it started."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench.machine import pinned

_READY_WITHIN_S = 20.0
_STOPPED_WITHIN_S = 5.0
_LOG_TAIL_CHARACTERS = 2000


class BenchBroken(Exception):
    """Something that the bench needs did not start or did not answer as it should; never a slow figure."""


def free_port() -> int:
    """Return a TCP port of the loopback address that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def accepts_tcp(port: int) -> bool:
    """Return whether something listens on a loopback port."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(
    command: list[str],
    *,
    core: int | None,
    log: Path,
    is_ready: Callable[[], bool],
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` on `core` until the block ends; its output goes to `log`.

    Raises:
        BenchBroken: it exited or was not ready in time; the message ends with its last output.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            pinned(command, core),
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, is_ready, command, log)
        yield process
    finally:
        _stop(process)


def _wait_until_ready(
    process: subprocess.Popen[bytes], is_ready: Callable[[], bool], command: list[str], log: Path
) -> None:
    deadline_s = time.monotonic() + _READY_WITHIN_S
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline_s:
            state = "is not ready" if process.poll() is None else f"ended with {process.returncode}"
            tail = log.read_text(errors="replace")[-_LOG_TAIL_CHARACTERS:]
            raise BenchBroken(f"{Path(command[0]).name} {state}:\n{tail}")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole session, so that no worker outlives its parent or this run."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOPPED_WITHIN_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
