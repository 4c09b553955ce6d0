"""The limit on each test's time: a small suite hangs under our configuration, in a separate process."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

PROJECT = Path(__file__).parents[2]

SUITE = """
    import asyncio
    import os
    import threading
    import time
    from pathlib import Path

    import pytest

    HANGS = pytest.mark.timeout(5)

    def start(name):
        pid = os.posix_spawn("/bin/sh", ["sh", "-c", "sleep 600 & wait"], os.environ, setsid=True)
        Path(name).write_text(str(pid))

    @pytest.fixture(scope="module")
    def server():
        start("of-the-module")
        time.sleep(0.1)  # until it answers; the kernel counts time in hundredths of a second

    @pytest.fixture
    def client(server):
        start("of-the-fixture")

    @pytest.fixture
    def never_closes():
        yield
        time.sleep(600)

    @pytest.fixture
    def never_opens():
        start("of-a-fixture-that-hangs")
        time.sleep(600)

    async def deep_inside():
        await asyncio.Event().wait()

    async def reads_on():
        await deep_inside()

    def test_passes_first(server):
        pass  # what a cold start loads and compiles then takes nothing of the short limits below

    @HANGS
    def test_hangs_in_a_thread(client):
        start("of-the-test")
        thread = threading.Thread(target=time.sleep, args=[9], name="the-thread")
        thread.start()
        thread.join()

    @HANGS
    async def test_hangs_in_a_task():
        await asyncio.create_task(reads_on(), name="the-task")

    @HANGS
    async def test_hangs_while_a_task_is_busy():
        async def spins():
            while True:
                time.sleep(0.01)
                await asyncio.sleep(0)
        busy = asyncio.create_task(spins())
        await asyncio.Event().wait()

    @HANGS
    def test_hangs_in_its_setup(never_opens): pass

    @HANGS
    def test_fails_and_hangs_in_its_teardown(never_closes): assert False

    def test_passes_last(server): pass
"""

HANGING = ("in_a_thread", "in_a_task", "while_a_task_is_busy")


@pytest.fixture(scope="module", params=["alone", "in workers"])
def directory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the suite once. Its output is in the directory."""
    directory = tmp_path_factory.mktemp("suite")
    (directory / "test_suite.py").write_text(dedent(SUITE))
    command = [sys.executable, "-m", "pytest", "-c", str(PROJECT / "pyproject.toml"), f"--rootdir={directory}"]
    command += ["-p", "no:cacheprovider", "-p", "no:randomly", *(["-n", "2"] if request.param == "in workers" else [])]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {"COLUMNS": "200"}
    with (directory / "output").open("w") as output:
        run = subprocess.run([*command, "."], cwd=directory, env=environ, stdout=output, timeout=100, check=False)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    return directory


def command_of(directory: Path, name: str) -> bytes:
    """Return the command of a process that the suite started, or nothing if it has ended."""
    try:
        return Path("/proc", (directory / name).read_text(), "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_a_test_that_hangs_fails(directory: Path) -> None:
    """This holds alone or in a worker, in setup, call or teardown. The tests after it run."""
    output = (directory / "output").read_text()
    assert "4 failed, 2 passed, 2 errors" in output, output
    assert [name for name in HANGING if f"test_hangs_{name} - Failed: Timeout (>5.0s)" not in output] == []
    for phase in ("setup of test_hangs_in_its_setup", "teardown of test_fails_and_hangs_in_its_teardown"):
        assert f"ERROR at {phase}" in output


def test_every_test_has_a_limit(pytestconfig: pytest.Config) -> None:
    """It needs no mark."""
    assert float(pytestconfig.getini("timeout")) > 0


def test_the_report_shows_the_stacks(directory: Path) -> None:
    """It shows the main thread, other threads, and tasks down to the innermost thing that they await."""
    output = (directory / "output").read_text()
    assert "thread.join()" in output, output
    assert "Stack of the-thread" in output
    _, _, of_the_task = output.partition("\nthe-task\n")
    assert of_the_task.index("in reads_on") < of_the_task.index("in deep_inside") < of_the_task.index("in wait")


def test_no_process_of_a_test_that_hung_stays(directory: Path) -> None:
    """Its processes and those of its own fixtures are killed. The server of other tests is not."""
    for name in ("of-the-test", "of-the-fixture", "of-a-fixture-that-hangs"):
        assert command_of(directory, name) == b"", name
    try:
        assert command_of(directory, "of-the-module").startswith(b"sh\0-c\0sleep")
    finally:
        os.killpg(int((directory / "of-the-module").read_text()), signal.SIGKILL)
