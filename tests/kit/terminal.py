"""A terminal that runs the blocks of our documents exactly as they are written; any error fails the test.

    terminal = Terminal(directory, environ, words={"http://localhost:8000": gateway.base_url})
    terminal.type_in("switchyard pools list")

A block runs line by line. The words that the reader must replace are replaced; a variable that a line exports stays set
for the lines after it.
"""

import json
import re
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.kit.commands import COMMAND, run_command
from tests.kit.servers import eventually

_ASSIGNMENT = re.compile(r"(?:export )?[A-Z_]+=")
_SWITCHYARD = re.compile(r"(?:\.venv/bin/)?switchyard ")
# Without this, curl treats a 404 as a success.
_CURL = 'curl() { command curl --fail-with-body "$@"; }\n'
_PATIENCE_S = 60


@dataclass(slots=True)
class Terminal:
    """One terminal.

    Attributes:
        directory: its working directory.
        environ: its whole environment.
        words: the reader's own words, by the words that stand for them in a document.
    """

    directory: Path
    environ: dict[str, str]
    words: dict[str, str] = field(default_factory=dict)
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def lines_of(self, block: str) -> list[str]:
        """Return the lines to type for a block, with the reader's own words in it."""
        for word, own in self.words.items():
            block = block.replace(word, own)
        return [line for line in block.replace("\\\n", " ").splitlines() if line.strip()]

    def type_in(self, block: str) -> str:
        """Run a block of commands to its end, and return the output of the last one."""
        printed = ""
        for line in self.lines_of(block):
            if _ASSIGNMENT.match(line):
                self._assign(line)
            else:
                printed = self._run(line)
        return printed

    def start(self, block: str) -> None:
        """Start a block's commands, each in its own terminal, and let them run until `end`."""
        for line in self.lines_of(block):
            if _ASSIGNMENT.match(line):
                self._assign(line)
                continue
            log = self.directory / f"terminal-{len(self._running)}.log"
            with log.open("wb") as said:
                words = [str(COMMAND), *shlex.split(_SWITCHYARD.sub("", line))]
                process = subprocess.Popen(
                    words, cwd=self.directory, env=self.environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said
                )
            self._running.append(process)
            eventually(f"a first word of {line}", partial(_has_words, log), within_s=_PATIENCE_S)

    def end(self) -> None:
        """Press Ctrl+C in each terminal, the newest first; every command must end cleanly.

        One that watches something may have seen its end meanwhile.
        """
        while self._running:
            process = self._running.pop()
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            assert process.wait(timeout=_PATIENCE_S) in {0, 130}, process.args

    def run_python(self, block: str) -> None:
        """Run a program."""
        for word, own in self.words.items():
            block = block.replace(word, own)
        self._expect([sys.executable, "-c", block], block)

    def _assign(self, line: str) -> None:
        printed = self._expect(["bash", "-euo", "pipefail", "-c", f"set -a\n{line}\nenv -0"], line)
        self.environ = dict(each.split("=", 1) for each in printed.split("\0") if each)

    def _run(self, line: str) -> str:
        if not _SWITCHYARD.match(line):
            return self._expect(["bash", "-euo", "pipefail", "-c", _CURL + line], line)
        words = shlex.split(_SWITCHYARD.sub("", line), comments=True)
        done = run_command(*words, directory=self.directory, environ=self.environ)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _expect(self, command: list[str], line: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.directory,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def _has_words(log: Path) -> bool:
    return log.stat().st_size > 0


def code_in(printed: str) -> str | None:
    """Return the code of the signup that an answer describes, or None if it describes something else."""
    try:
        answer = json.loads(printed)
    except ValueError:
        return None
    return answer["code"] if isinstance(answer, dict) and "deeplinks" in answer else None
