"""Rules for every test.

A skipped test proves nothing. Under SWITCHYARD_TESTS_NO_SKIP=1, as CI sets it, a skip is a failure; elsewhere each one
shows its reason in a line of its own at the end.

The tests start programs of ours some hundred times. Where PYTHONDONTWRITEBYTECODE is set, as in many containers, each
start would compile the program and its libraries anew, which takes two seconds; so what is compiled is kept in a
directory of this run, and nothing is left in the checkout.
"""

import atexit
import os
import shutil
import sys
from collections.abc import Generator
from tempfile import mkdtemp

import pytest
from hypothesis import settings

# How long one example takes says nothing on a shared machine.
settings.register_profile("switchyard", deadline=None)
settings.load_profile("switchyard")

if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = mkdtemp(prefix="switchyard-compiled-")
    sys.dont_write_bytecode = False
    atexit.register(shutil.rmtree, sys.pycache_prefix, ignore_errors=True)

_FORBIDS_SKIPS = os.environ.get("SWITCHYARD_TESTS_NO_SKIP") == "1"


# Of these folders a file goes to one process, which starts the file's servers once.
_OF_ONE_PROCESS = {"chaos", "e2e", "property"}
_LONGEST_FIRST = {folder: place for place, folder in enumerate(("chaos", "e2e", "property", "integration", "unit"))}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Let what takes long begin first, so that no process is left with it alone; within a folder the order is any."""
    for item in items:
        if item.path.parent.name in _OF_ONE_PROCESS and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    yield
    items.sort(key=lambda item: _LONGEST_FIRST.get(item.path.parent.name, 0))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at each phase of each test; an expected failure is no skip."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look at modules that skip themselves whole."""
    report = yield
    _fail_if_skipped(report)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _FORBIDS_SKIPS and report.skipped:
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and SWITCHYARD_TESTS_NO_SKIP forbids it. {reason}"
