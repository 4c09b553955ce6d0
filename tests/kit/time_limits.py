"""End a test that hangs, show what each asyncio task waits for, and kill what the test started.

pytest-timeout holds the limit: `timeout` in pyproject.toml, or a test's own `@pytest.mark.timeout`. It prints the stack
of each thread and raises an error in the main thread. This module adds three things:

- The report has a section with the stack of each asyncio task.
- The error is raised again every half minute until pytest has it, and the teardown of a failed test has a limit too.
  One error is not enough if a background task receives it, or if a `finally` hangs as well.
- Each process that the test started for itself is killed, with all that it started.
"""

import asyncio
import gc
import os
import signal
import time
import traceback
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

_AGAIN_AFTER_S = 30.0
_SETTINGS = pytest.StashKey[Any]()
_HUNG = pytest.StashKey[bool]()
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class _Beginning:
    """When the running test began to start processes for itself alone; a module's servers serve other tests too."""

    def __init__(self) -> None:
        self.at_s = 0.0
        self._is_settled = False

    def forget(self) -> None:
        self._is_settled = False

    def move(self, *, is_settled: bool) -> None:
        if not self._is_settled:
            self.at_s, self._is_settled = _boot_clock_s(), is_settled


_beginning = _Beginning()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Kill what a test that hung has left running."""
    _beginning.forget()
    answer = yield
    if item.stash.get(_HUNG, False):
        _kill_processes_started_since(_beginning.at_s)
    return answer


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> None:
    """Move the beginning on until the first fixture that serves this test alone; pytest sets up wider ones first."""
    _beginning.move(is_settled=request.scope == "function")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call() -> None:
    """Let a test without such a fixture begin here."""
    _beginning.move(is_settled=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Stop raising the error: pytest has it, if there was one."""
    if item.stash.get(_HUNG, False):
        item.config.hook.pytest_timeout_cancel_timer(item=item)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Set a limit for the teardown, because pytest-timeout drops the limit when a test fails."""
    if _SETTINGS in item.stash:
        item.config.hook.pytest_timeout_set_timer(item=item, settings=item.stash[_SETTINGS])


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> Generator[None, object, object]:
    """Add the tasks to the report before pytest-timeout raises its error, and let it raise again."""
    answer = yield
    fail: Any = signal.getsignal(signal.SIGALRM)

    def show_tasks_and_fail(number: int, frame: FrameType | None) -> None:
        __tracebackhide__ = True
        item.stash[_HUNG] = True
        item.add_report_section("timeout", "tasks", _tasks())
        fail(number, frame)

    item.stash[_SETTINGS] = settings
    signal.signal(signal.SIGALRM, show_tasks_and_fail)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout, min(settings.timeout, _AGAIN_AFTER_S))
    return answer


def _tasks() -> str:
    """Return the stack of each unfinished task of every event loop."""
    tasks = [task for task in gc.get_objects() if issubclass(type(task), asyncio.Task) and not task.done()]
    return "\n".join(
        f"{task.get_name()}\n{''.join(traceback.StackSummary.extract(_frames(task.get_coro())).format())}"
        for task in tasks
    )


def _frames(coroutine: Any) -> Iterator[tuple[FrameType, int]]:
    """Follow what a coroutine awaits to the end; `Task.get_stack` returns the outermost frame only."""
    while (frame := getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)) is not None:
        yield frame, frame.f_lineno
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)


def _kill_processes_started_since(beginning_s: float) -> None:
    """Kill our children that started since then, with all that they started. Only Linux has what this reads."""
    children: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # the process has ended
            words = stat.read_text().rpartition(")")[2].split()
            children[int(words[1])].append((int(stat.parent.name), int(words[19]) / _TICKS_PER_S))
    doomed = [pid for pid, started_s in children[os.getpid()] if started_s >= beginning_s - 1 / _TICKS_PER_S]
    for pid in doomed:
        doomed.extend(child for child, _ in children[pid])
    for pid in doomed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _boot_clock_s() -> float:
    """Return the time since boot; the kernel records by this clock when a process started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
