"""The wheel: what `pip install switchyard` brings."""

import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.xdist_group("wheel")  # built once, so all in one process

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from this checkout."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert uv, "uv is missing; `make test` puts it into .venv"
    out = tmp_path_factory.mktemp("dist")
    build = subprocess.run(
        [uv, "build", "--wheel", "--out-dir", out, ROOT], capture_output=True, text=True, timeout=300, check=False
    )
    assert build.returncode == 0, build.stderr
    (built,) = out.glob("switchyard-*.whl")
    return built


def names_in(wheel: Path, folder: str) -> set[str]:
    """Name the files below a folder of the wheel."""
    with ZipFile(wheel) as archive:
        return {name.removeprefix(folder) for name in archive.namelist() if name.startswith(folder)}


def names_below(folder: Path) -> set[str]:
    """Name the files below a folder of the checkout."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("inside", "source"),
    [
        ("router/templates/", "templates"),
        ("router/static/", "static"),
        ("router/store/lua/", "router/store/lua"),
    ],
)
def test_the_wheel_brings_what_the_program_reads(wheel: Path, inside: str, source: str) -> None:
    """Every page, style and script of the checkout is in the wheel."""
    assert names_below(ROOT / source) != set()
    assert names_in(wheel, inside) == names_below(ROOT / source)


def test_the_wheel_brings_nothing_else(wheel: Path) -> None:
    """Only the package and its metadata: no tests, no data, no keys."""
    tops = {PurePosixPath(name).parts[0].split("-")[0] for name in names_in(wheel, "")}
    assert tops == {"router", "switchyard"}


# Next here: install the wheel in an empty environment, run `switchyard serve` and ask it for a page.
