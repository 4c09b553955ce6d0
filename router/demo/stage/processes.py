"""The processes of the demo: each is one of our commands, with its own log and its own terminal session.

Ctrl+C reaches every process of a session. In the terminal's session the gateway would end before the demo does.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from router.process.starter import tied_to_demo

_END_PATIENCE_S = 10.0
_LOG_LINES_SHOWN = 15
_COMMAND = (sys.executable, "-m", "router")


class StageFailed(Exception):
    """A part of the demo ended or never began.

    Attributes:
        log: the last lines it wrote.
    """

    def __init__(self, message: str, log: str) -> None:
        """Keep the log apart from the message, so that a caller can print both its own way."""
        super().__init__(message)
        self.log = log


@dataclass(frozen=True, slots=True)
class Child:
    """A process that runs until it is ended."""

    name: str
    log_file: Path
    process: Process

    async def watch(self) -> None:
        """Wait until it ends; it must not end by itself.

        Raises:
            StageFailed: it ended.
        """
        code = await self.process.wait()
        raise StageFailed(f"{self.name} ended by itself with exit code {code}.", tail(self.log_file))

    async def end(self) -> None:
        """Ask it to end. After a while, kill what is left of it and its children."""
        if self.process.returncode is None:
            self.process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), _END_PATIENCE_S)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


async def start(name: str, words: Sequence[str], *, directory: Path, settings: Mapping[str, str]) -> Child:
    """Start one of our commands, which writes to `<name>.log` in its directory."""
    log_file = directory / f"{name}.log"
    with log_file.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *_COMMAND,
            *words,
            cwd=directory,
            env=_environment(settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return Child(name, log_file, process)


async def run_to_end(name: str, words: Sequence[str], *, directory: Path, settings: Mapping[str, str]) -> None:
    """Run one of our commands to its end.

    Raises:
        StageFailed: it failed.
    """
    child = await start(name, words, directory=directory, settings=settings)
    try:
        code = await child.process.wait()
    except BaseException:
        await child.end()
        raise
    if code != 0:
        raise StageFailed(f"`switchyard {' '.join(words)}` failed with exit code {code}.", tail(child.log_file))


def tail(log_file: Path) -> str:
    """Return the last lines of a log."""
    return "\n".join(log_file.read_text(errors="replace").strip().splitlines()[-_LOG_LINES_SHOWN:])


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return our environment with these settings, and without the operator's settings for a real gateway."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
    ours = {f"SWITCHYARD_{name}": value for name, value in settings.items()}
    return kept | ours | tied_to_demo()
