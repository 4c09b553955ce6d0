"""Rules for every test.

A skipped test proves nothing. Under SWITCHYARD_TESTS_NO_SKIP=1, as CI sets it, a skip is a failure; elsewhere the
report ends with a line for each skip and its reason.

The tests start our programs some hundred times. If PYTHONDONTWRITEBYTECODE is set, as in many containers, each start
would compile the program and its libraries again, which takes two seconds. So this run stores the compiled code in its
own directory, and nothing is left in the checkout.
"""

import atexit
import os
import shutil
import sys
from collections.abc import Generator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# On a shared machine the time of one example says nothing.
settings.register_profile("switchyard", deadline=None)
settings.load_profile("switchyard")

if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = mkdtemp(prefix="switchyard-compiled-")
    sys.dont_write_bytecode = False
    atexit.register(shutil.rmtree, sys.pycache_prefix, ignore_errors=True)

_FORBIDS_SKIPS = os.environ.get("SWITCHYARD_TESTS_NO_SKIP") == "1"


# In these folders all tests of a file run in one process, which starts the file's servers once.
_OF_ONE_PROCESS = {"chaos", "e2e", "property"}
_LONGEST_FIRST = {folder: place for place, folder in enumerate(("chaos", "e2e", "property", "integration", "unit"))}


class _ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist is not typed
    """Hands out the tests of these folders by file, and all other tests one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if Path(file).parts[1] in _OF_ONE_PROCESS else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:
    """Start a file's servers once; the marks of `--dist loadgroup` are lost between xdist 3.8 and pytest 9."""
    return _ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first, so that no process ends up alone with them; within a folder any order will do."""
    tests = Path(__file__).parent
    items.sort(key=lambda item: _LONGEST_FIRST.get(item.path.relative_to(tests).parts[0], 0))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Check each phase of each test for a skip; an expected failure is not a skip."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Check for modules that skip themselves as a whole."""
    report = yield
    _fail_if_skipped(report)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _FORBIDS_SKIPS and report.skipped:
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and SWITCHYARD_TESTS_NO_SKIP forbids it. {reason}"
