"""The path of a signup over the API through the code: the files that run, in the steady state.

The gateway of the measured checkout runs in its own process, with a new embedded store. It answers one signup first,
so that nothing is done for the first time, and is traced during a later one.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

CHILD = Path(__file__).with_name("traced_gateway.py")


@dataclass(frozen=True, slots=True)
class SignupPath:
    """The files that ran.

    Attributes:
        files: paths below the checkout, in the order in which each ran first.
        changes: how often control moved from one of the files to another.
    """

    files: list[str]
    changes: int

    @property
    def folders(self) -> set[str]:
        """The folders of these files."""
        return {file.rpartition("/")[0] for file in self.files}

    @property
    def longest(self) -> str:
        """The longest of the paths."""
        return max(self.files, key=len)


def trace_signup(tree: Path) -> SignupPath:
    """Sign a person up at the gateway of a checkout, and return the files that ran.

    Raises:
        CalledProcessError: the gateway of that checkout cannot be run with the libraries of this environment.
    """
    with TemporaryDirectory() as data_dir:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(tree),
            "SWITCHYARD_DATA_DIR": data_dir,
            "SWITCHYARD_BASE_URL": "https://go.example.com",
        }

        def run(*words: str) -> str:
            done = subprocess.run(
                [sys.executable, *words], env=environment, cwd=tree, check=True, capture_output=True, text=True
            )
            return done.stdout

        run("-m", "router", "pools", "create", "main", "--name", "Acme", "--text", "Hi Acme! {code}")
        run("-m", "router", "lines", "add", "+12025550101")
        key = run("-m", "router", "keys", "create", "--label", "trace").strip()
        traced = json.loads(run(str(CHILD), str(tree / "router"), key))
    files = [f"router/{name}" for name in dict.fromkeys(traced)]
    return SignupPath(files, sum(a != b for a, b in pairwise(traced)))
