"""Try mutations one by one in a copy of the tree: does a test fail?

The copy is a temporary folder, so the working tree is never touched. Of the kinds of server that a test runs on, one is
enough here.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutations.mutation import Mutation

_ONE_SERVER = "not cluster- and not limited-user and not redis-7"
_PLUGINS = (
    "pytest_asyncio.plugin",
    "pytest_timeout",
    "xdist.plugin",
    "no:cacheprovider",
)  # loading all the others takes a second
_PYTEST = ("-m", "pytest", "-x", "-q", *(f"-p{plugin}" for plugin in _PLUGINS), "-k", _ONE_SERVER)
_PATIENCE_S = 900


class Verdict(StrEnum):
    """The result of a mutation. BROKEN: the tests did not run to an end, so they prove nothing."""

    KILLED = "killed"
    SURVIVED = "survived"
    NOT_APPLIED = "did not apply"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A mutation, its verdict, and the failed test or another explanation."""

    mutation: Mutation
    verdict: Verdict
    detail: str = ""


class TreeCopy:
    """A copy of the tree, in which one mutation at a time is tried."""

    def __init__(self, original: Path, root: Path) -> None:
        """Copy the files that git tracks, or would track. Ignored files stay behind."""
        self.root = root
        self._dated = 0
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=original,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (original / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(original / name, root / name)

    def run_tests(self, tests: tuple[str, ...]) -> tuple[int, str]:
        """Return pytest's exit code and the line of the first failure, or the last line."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))}
        environ |= {"PYTHONPATH": str(self.root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environ |= {"PYTHONPYCACHEPREFIX": str(self.root / "compiled")}
        done = subprocess.run(
            [sys.executable, *_PYTEST, *tests],
            cwd=self.root,
            env=environ,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
        lines = done.stdout.splitlines() or done.stderr.splitlines() or ["no output"]
        failures = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
        return done.returncode, (failures or lines[-1:])[0]

    def try_out(self, mutation: Mutation) -> Trial:
        """Apply a mutation, run its tests, and take it back."""
        if fault := mutation.fault(self.root):
            return Trial(mutation=mutation, verdict=Verdict.NOT_APPLIED, detail=fault)
        path = self.root / mutation.file
        original = path.read_text()
        mutation.apply(self.root)
        self._date(path)
        try:
            code, line = self.run_tests(mutation.tests)
        finally:
            path.write_text(original)
            self._date(path)
        verdict = {0: Verdict.SURVIVED, 1: Verdict.KILLED}.get(code, Verdict.BROKEN)
        return Trial(mutation=mutation, verdict=verdict, detail=line if verdict is not Verdict.SURVIVED else "")

    def _date(self, path: Path) -> None:
        """Give a file its own date: Python recognises compiled files by size and whole seconds."""
        self._dated += 1
        os.utime(path, (self._dated, self._dated))


@contextmanager
def copied_tree(original: Path) -> Iterator[TreeCopy]:
    """Copy a tree into a temporary folder."""
    with TemporaryDirectory(prefix="switchyard-mutations-") as folder:
        yield TreeCopy(original, Path(folder))
