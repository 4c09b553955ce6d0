"""Workers that start in a moment and may be killed at any: `switchyard worker`, in forks of a process that is warm.

    with start_nursery(tmp_path, REDIS_URL=server.url) as nursery:
        pid = nursery.start_worker()
        os.kill(pid, signal.SIGKILL)

A worker of its own program takes a second to load what it needs; a test that kills fifty has not that long.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TextIO

from router.cli.serve import worker
from router.starter import become_the_starter

_LOADED_LATER = ("router.channels.app_webhook", "router.channels.sms")  # by a worker that needs them


class Nursery:
    """The warm process, as the test speaks with it."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def log(self) -> str:
        """What it and its workers said."""
        return self._log.read_text(errors="replace")

    def start_worker(self) -> int:
        """Start a worker and return its process id."""
        asks, says = self._process.stdin, self._process.stdout
        assert asks is not None
        assert says is not None
        asks.write("\n")
        asks.flush()
        told = says.readline()
        assert told, f"the nursery ended:\n{self.log}"
        return int(told)


@contextmanager
def start_nursery(directory: Path, **env: str) -> Iterator[Nursery]:
    """Start the warm process; its workers end with it.

    Args:
        directory: where it keeps its log.
        env: settings by their name after SWITCHYARD_.
    """
    log = directory / "senders.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.senders"],
            env=inherited | {f"SWITCHYARD_{name}": value for name, value in env.items()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    with process:
        try:
            yield Nursery(process, log)
        finally:
            process.kill()


def kill(pid: int) -> None:
    """End a worker as a power cut would, if it has not ended by itself."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _raise_workers(asks: TextIO, says: TextIO) -> None:
    for module in _LOADED_LATER:
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever was killed leaves nothing behind
    become_the_starter()
    for _ in asks:
        pid = os.fork()
        if pid == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            worker()
            os._exit(0)
        says.write(f"{pid}\n")
        says.flush()


if __name__ == "__main__":
    _raise_workers(sys.stdin, sys.stdout)
