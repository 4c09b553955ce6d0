"""Two ways to load a server from the load core: at its maximum (wrk), or at a set pace (paced.py)."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.bench.machine import pinned
from tests.bench.processes import BenchBroken
from tests.bench.wire import next_serial, save_requests

CONNECTIONS = 64
Order = Literal["random", "ordered"]  # requests drawn at random, or one after the other
_REPLAY = Path(__file__).with_name("replay.lua")
_PACED = "tests.bench.paced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The result of one run of a load generator; `per_s` leaves refusals out; times are those of whole answers.

    Attributes:
        answered: requests that got another answer.
        refused: answers with a status above 399.
        broken: connections that failed, and requests that never got an answer.
        late_p99_ms: the paced client's own delay; 0 for wrk, which has no pace.
    """

    answered: int
    per_s: float
    p50_ms: float
    p99_ms: float
    refused: int
    broken: int
    late_p99_ms: float = 0.0

    @property
    def is_sound(self) -> bool:
        """Whether the waits are those of a working server, not refusals, and not of a client without processor time."""
        return not self.refused and self.late_p99_ms < self.p99_ms / 2


def has_wrk() -> bool:
    """Return whether the saturating load generator is installed."""
    return shutil.which("wrk") is not None


def saturate(
    port: int, requests: tuple[bytes, ...], *, seconds: int, core: int | None, scratch: Path, order: Order = "random"
) -> Load:
    """Keep CONNECTIONS connections busy for `seconds`.

    Raises:
        BenchBroken: wrk failed.
    """
    file = save_requests(requests, scratch / "requests")
    wrk = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s"]
    wrk += ["--script", str(_REPLAY), f"http://127.0.0.1:{port}/", "--", str(file), str(next_serial()), order]
    return _read_load(_said_by(pinned(wrk, core)))


def pace(
    port: int,
    requests: tuple[bytes, ...],
    *,
    per_s: float,
    seconds: int,
    core: int | None,
    scratch: Path,
    order: Order = "random",
) -> Load:
    """Send `per_s` requests a second for `seconds`, whether or not the server keeps up.

    Raises:
        BenchBroken: the client failed.
    """
    file = save_requests(requests, scratch / "requests")
    client = [sys.executable, "-m", _PACED, str(port), str(file), f"{per_s:.1f}", str(seconds), str(CONNECTIONS), order]
    return _read_load(_said_by(pinned(client, core)))


def _said_by(command: list[str]) -> str:
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        raise BenchBroken(f"{' '.join(command)}:\n{said.stdout}{said.stderr}")
    return said.stdout


def _read_load(said: str) -> Load:
    figures = json.loads(said.strip().splitlines()[-1])
    answered = figures.pop("requests") - figures["refused"]
    return Load(answered=answered, per_s=answered / figures.pop("seconds"), **figures)
