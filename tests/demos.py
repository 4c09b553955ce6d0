"""A demo as a newcomer runs it: `switchyard demo --json` in a process of its own.

with start_demo(tmp_path, "--fast") as demo:
    flagged = demo.read_until("line_flagged")
"""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from tests.gateways import SWITCHYARD
from tests.servers import free_port

_PATIENCE_S = 60
Told = dict[str, Any]


@dataclass(slots=True)
class RunningDemo:
    """A demo under way.

    Attributes:
        directory: its temporary data is below, and all its processes work there.
        told: what it has said so far, one happening each.
    """

    directory: Path
    process: subprocess.Popen[str]
    told: list[Told] = field(default_factory=list)
    _lines: Queue[str | None] = field(default_factory=Queue)

    def read_until(self, what: str) -> Told:
        """Return the next happening of a kind."""
        while (happening := self._next()) is not None:
            if happening["what"] == what:
                return happening
        raise AssertionError(f"never: {what}; told: {[told['what'] for told in self.told]}\n{self.errors}")

    def read_to_end(self) -> int:
        """Read all the rest, and return the exit code."""
        while self._next() is not None:
            pass
        return self.process.wait(timeout=_PATIENCE_S)

    def of_kind(self, what: str) -> list[Told]:
        """Return what was told of one kind so far."""
        return [happening for happening in self.told if happening["what"] == what]

    @property
    def errors(self) -> str:
        """What it said on stderr."""
        return (self.directory / "errors").read_text()

    def pid_of(self, command: str) -> int | None:
        """Return the process of one of our commands that it runs now."""
        for pid in processes_in(self.directory):
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if b"router.cli.demo.tied_child" in words and command.encode() in words:
                    return pid
        return None

    def take_in_lines(self) -> None:
        """Read its output as it comes."""
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self._lines.put(line)
        self._lines.put(None)

    def _next(self) -> Told | None:
        try:
            line = self._lines.get(timeout=_PATIENCE_S)
        except Empty:
            raise AssertionError(f"silence for {_PATIENCE_S} s after {self.told[-1:]}") from None
        if line is None:
            return None
        self.told.append(json.loads(line))
        return self.told[-1]


@contextmanager
def start_demo(directory: Path, *args: str) -> Iterator[RunningDemo]:
    """Start a demo on free ports, and end whatever a failing test leaves of it."""
    ports = ["--port", str(free_port()), "--sandbox-port", str(free_port())]
    with (directory / "errors").open("w") as errors:
        process = subprocess.Popen(
            [SWITCHYARD, "demo", "--json", *ports, *args],
            cwd=directory,
            env=os.environ | {"TMPDIR": str(directory)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    demo = RunningDemo(directory, process)
    reader = threading.Thread(target=demo.take_in_lines)
    reader.start()
    try:
        yield demo
    finally:
        for pid in processes_in(directory):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(timeout=_PATIENCE_S)
        reader.join(timeout=_PATIENCE_S)


def processes_in(directory: Path) -> set[int]:
    """Every process that works in a directory or below."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink().is_relative_to(directory) and (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
    return found
