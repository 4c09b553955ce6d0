"""`make test` lists what it would install, and why, before it installs anything; it can be asked not to."""

import subprocess
from pathlib import Path
from shutil import which

SCRIPT = Path(__file__).parents[1] / "install.sh"


def test_what_is_missing_is_listed_and_left_alone(tmp_path: Path) -> None:
    """Each missing package is listed with its purpose; none is installed, and the exit code is 0, so that tests run."""
    for program in ("bash", "dirname", "cmp"):
        (tmp_path / program).symlink_to(which(program) or program)
    environ = {"PATH": str(tmp_path), "SWITCHYARD_TESTS_INSTALL": "no"}
    run = subprocess.run(["bash", SCRIPT], env=environ, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    first, *listed, last = run.stdout.splitlines()
    assert first == "Missing for some tests:"
    assert listed[:2] == ["  apt   chromium", "        the pages are tested in a real browser"]
    assert listed[2:4] == ["  apt   redis-server", "        the store is tested on Redis besides Valkey"]
    assert last.startswith("Installing nothing, because SWITCHYARD_TESTS_INSTALL=no.")
