"""The machine that a report was made on, and which of its cores does what.

The measured server has its own core; the load generator and the stores share the next one. On a machine with one core
everything shares it, and the figures say little: the report names the cores that it used.
"""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.bench.valkey import valkey_binary

_LIBRARIES = ("litestar", "granian", "redis", "hiredis", "uvloop", "fastapi", "uvicorn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cores:
    """Core numbers for taskset; None leaves the choice to the kernel."""

    server: int | None
    load: int | None


def choose_cores() -> Cores:
    """Give the server the first core this process may use and the load the second, if there are two and taskset."""
    if not hasattr(os, "sched_getaffinity") or shutil.which("taskset") is None:
        return Cores(server=None, load=None)
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(server=allowed[0], load=allowed[1]) if len(allowed) > 1 else Cores(server=None, load=None)


def pinned(command: list[str], core: int | None) -> list[str]:
    """Return `command` pinned to one core."""
    return command if core is None else ["taskset", "--cpu-list", str(core), *command]


def describe_machine() -> dict[str, str]:
    """Return what a reader needs to judge the figures: processor, cores, kernel and versions."""
    cores = choose_cores()
    return {
        "processor": _processor(),
        "cores": f"{os.cpu_count()} (server on {cores.server}, load and stores on {cores.load})",
        "busy": f"{os.getloadavg()[0]:.2f} processes a minute before the run",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
        "valkey": _first_line([valkey_binary(), "--version"]),
        "nginx": _first_line(["nginx", "-v"]),
        "wrk": _first_line(["wrk", "-v"]),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _first_line(command: list[str]) -> str:
    if shutil.which(command[0]) is None:
        return "not installed"
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return (said.stdout or said.stderr).splitlines()[0].strip()
