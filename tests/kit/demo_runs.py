"""A demo as a newcomer runs it: `switchyard demo --json` in its own process.

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

from tests.kit.gateways import SWITCHYARD
from tests.kit.servers import free_port

_PATIENCE_S = 60
DemoEvent = dict[str, Any]


@dataclass(slots=True)
class RunningDemo:
    """A demo that is running.

    Attributes:
        directory: its temporary data is below this directory, and all its processes work here.
        events: the events it has printed so far.
    """

    directory: Path
    process: subprocess.Popen[str]
    events: list[DemoEvent] = field(default_factory=list)
    _lines: Queue[str | None] = field(default_factory=Queue)

    def read_until(self, what: str) -> DemoEvent:
        """Return the next event of a kind."""
        while (event := self._next()) is not None:
            if event["what"] == what:
                return event
        raise AssertionError(f"never: {what}; events: {[event['what'] for event in self.events]}\n{self.errors}")

    def read_to_end(self) -> int:
        """Read all the rest, and return the exit code."""
        while self._next() is not None:
            pass
        return self.process.wait(timeout=_PATIENCE_S)

    def of_kind(self, what: str) -> list[DemoEvent]:
        """Return the events of one kind so far."""
        return [event for event in self.events if event["what"] == what]

    @property
    def errors(self) -> str:
        """What it printed on stderr."""
        return (self.directory / "errors").read_text()

    def pid_of(self, command: str) -> int | None:
        """Return the process of one of our commands that the demo runs now."""
        for pid in processes_in(self.directory):
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if words[1:4] == [b"-m", b"router", command.encode()]:
                    return pid
        return None

    def read_lines(self) -> None:
        """Read its output as it arrives."""
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self._lines.put(line)
        self._lines.put(None)

    def _next(self) -> DemoEvent | None:
        try:
            line = self._lines.get(timeout=_PATIENCE_S)
        except Empty:
            raise AssertionError(f"no output for {_PATIENCE_S} s after {self.events[-1:]}") from None
        if line is None:
            return None
        self.events.append(json.loads(line))
        return self.events[-1]


@contextmanager
def start_demo(directory: Path, *args: str) -> Iterator[RunningDemo]:
    """Start a demo on free ports, and end every process that a failing test leaves behind."""
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
    reader = threading.Thread(target=demo.read_lines)
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
    """Return every process that works in a directory or below it."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink().is_relative_to(directory) and (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
    return found
