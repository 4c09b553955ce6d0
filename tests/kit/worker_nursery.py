"""Workers that start fast and can be killed at any time: `switchyard worker`, in forks of a process that is warm.

    with start_nursery(tmp_path, REDIS_URL=server.url) as nursery:
        pid = nursery.start_worker()
        os.kill(pid, signal.SIGKILL)

A worker in its own program takes a second to load; a test that kills fifty has no time for that.
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
from router.process.starter import become_the_starter

_LOADED_LATER = ("router.channels.app_webhook", "router.channels.sms")  # workers that need these load them themselves


class Nursery:
    """The warm process, and the pipes to it."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def log(self) -> str:
        """What it and its workers logged."""
        return self._log.read_text(errors="replace")

    def start_worker(self) -> int:
        """Start a worker and return its process id."""
        asks, says = self._process.stdin, self._process.stdout
        assert asks is not None
        assert says is not None
        asks.write("\n")
        asks.flush()
        pid_line = says.readline()
        assert pid_line, f"the nursery exited:\n{self.log}"
        return int(pid_line)


@contextmanager
def start_nursery(directory: Path, **env: str) -> Iterator[Nursery]:
    """Start the warm process; its workers end with it.

    Args:
        directory: the directory for its log.
        env: settings by their name after SWITCHYARD_.
    """
    log = directory / "senders.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kit.worker_nursery"],
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
    """Kill a worker, as a power cut would, if it has not exited yet."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _raise_workers(asks: TextIO, says: TextIO) -> None:
    for module in _LOADED_LATER:
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a killed worker leaves no zombie behind
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
