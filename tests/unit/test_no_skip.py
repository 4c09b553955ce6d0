"""The rule against skipped tests, tried on a small suite in its own process."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

CONFTEST = Path(__file__).parents[1] / "conftest.py"

SUITE = """
    import pytest

    def test_passes(): pass

    @pytest.mark.skip(reason="no server here")
    def test_marked(): pass

    def test_inside(): pytest.skip("no browser here")

    @pytest.mark.xfail(reason="known")
    def test_expected_failure(): assert False
"""
MODULE = 'import pytest; pytest.skip("no reader here", allow_module_level=True)'
REASONS = ("no server here", "no browser here", "no reader here")


def run_suite(directory: Path, *, no_skip: str) -> subprocess.CompletedProcess[str]:
    """Run the small suite under our conftest."""
    (directory / "conftest.py").write_text(CONFTEST.read_text())
    (directory / "test_suite.py").write_text(dedent(SUITE))
    (directory / "test_module.py").write_text(MODULE)
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "--continue-on-collection-errors", "."]
    ours = {"SWITCHYARD_TESTS_NO_SKIP": no_skip, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | ours
    return subprocess.run(command, cwd=directory, env=environ, capture_output=True, text=True, timeout=60, check=False)


def test_elsewhere_each_skip_is_visible(tmp_path: Path) -> None:
    """Without the rule a skip passes, and the summary at the end has its reason."""
    run = run_suite(tmp_path, no_skip="")
    assert run.returncode == 0, run.stdout
    assert "1 passed, 3 skipped, 1 xfailed" in run.stdout
    summary = run.stdout.split("short test summary info")[1]
    assert [reason for reason in REASONS if reason not in summary] == []


def test_in_ci_each_skip_is_a_failure(tmp_path: Path) -> None:
    """A skip by mark, by call or of a whole module fails the run; an expected failure does not."""
    run = run_suite(tmp_path, no_skip="1")
    assert run.returncode == 1, run.stdout
    assert "1 failed, 1 passed, 1 xfailed, 2 errors" in run.stdout
    assert [reason for reason in REASONS if f"forbids it. Skipped: {reason}" not in run.stdout] == []
