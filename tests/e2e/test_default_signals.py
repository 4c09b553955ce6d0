"""Signals that a shell told pytest to ignore are at their defaults in programs that tests start.

A small suite tries it.
"""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

PROJECT = Path(__file__).parents[2]

SUITE = """
    import signal
    import subprocess

    import pytest

    @pytest.mark.parametrize("name", ["INT", "QUIT", "TERM", "USR1"])
    def test_a_program_ends_by_it(name):
        with subprocess.Popen(["sleep", "600"]) as program:
            program.send_signal(signal.Signals["SIG" + name])
            assert program.wait(5) == -signal.Signals["SIG" + name]

    def test_the_end_of_the_terminal_ends_no_program():
        with subprocess.Popen(["sleep", "600"]) as program:
            program.send_signal(signal.SIGHUP)
            with pytest.raises(subprocess.TimeoutExpired):
                program.wait(0.5)
            program.kill()
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_programs_start_with_default_signals(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """This also holds under `nohup make test &`, in pytest itself and in its workers."""
    (tmp_path / "test_suite.py").write_text(dedent(SUITE))
    command = [sys.executable, "-m", "pytest", "-c", str(PROJECT / "pyproject.toml"), f"--rootdir={tmp_path}"]
    ignoring = ["sh", "-c", "trap '' INT QUIT TERM USR1 HUP; exec \"$@\"", "sh"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(
        [*ignoring, *command, "-p", "no:cacheprovider", *workers, "."],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert "5 passed" in run.stdout, run.stdout + run.stderr
