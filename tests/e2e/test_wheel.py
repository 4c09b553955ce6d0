"""The wheel: what `pip install switchyard` installs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from tests.kit.gateways import start_gateway
from tests.kit.sample_pools import PATIENT_MS, open_pool
from tests.kit.visitors import Visitor

pytestmark = [pytest.mark.xdist_group("wheel"), pytest.mark.timeout(900)]  # built once, so all in one process

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from this checkout."""
    out = tmp_path_factory.mktemp("dist")
    run_uv("build", "--wheel", "--out-dir", out, ROOT)
    (built,) = out.glob("switchyard-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in an otherwise empty environment, at the versions of the lock. Return its command."""
    home = tmp_path_factory.mktemp("elsewhere")
    locked, environment = home / "locked.txt", home / "environment"
    export = ("export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--quiet")
    run_uv(*export, "--project", ROOT, "--output-file", locked)
    run_uv("venv", "--python", sys.executable, environment)
    run_uv("pip", "install", "--python", environment, "--constraints", locked, wheel)
    return environment / "bin" / "switchyard"


def run_uv(*words: str | Path) -> None:
    """Run uv to its end."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert uv, "uv is missing; `make test` puts it into .venv"
    done = subprocess.run([uv, *words], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def names_in(wheel: Path, folder: str) -> set[str]:
    """Return the names of the files below a folder of the wheel."""
    with ZipFile(wheel) as archive:
        return {name.removeprefix(folder) for name in archive.namelist() if name.startswith(folder)}


def names_below(folder: Path) -> set[str]:
    """Return the names of the files below a folder of the checkout."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("inside", "source"),
    [
        ("router/templates/", "templates"),
        ("router/static/", "static"),
        ("router/docs/", "docs"),
        ("router/store/lua/", "router/store/lua"),
    ],
)
def test_the_wheel_has_every_file_the_program_reads(wheel: Path, inside: str, source: str) -> None:
    """Every page, style and script of the checkout is in the wheel."""
    assert names_below(ROOT / source) != set()
    assert names_in(wheel, inside) == names_below(ROOT / source)


def test_the_wheel_has_nothing_else(wheel: Path) -> None:
    """It has only the package and its metadata: no tests, no data, no keys."""
    tops = {PurePosixPath(name).parts[0].split("-")[0] for name in names_in(wheel, "")}
    assert tops == {"router", "switchyard"}


def test_the_installed_wheel_signs_people_up(installed: Path, tmp_path: Path) -> None:
    """In an empty folder the installed command serves pages and styles, and its scripts give a person a line."""
    with start_gateway(tmp_path, program=installed, STORE_TIMEOUT_MS=PATIENT_MS) as gateway:
        visitor = Visitor(gateway.base_url)
        welcome = visitor.open("/")
        assert (welcome.status, "It’s running" in welcome.text) == (200, True)
        style = visitor.get(re.findall(r'href="(/static/site[^"]+)"', welcome.text)[0])
        assert (style.status, style.headers.get_content_type()) == (200, "text/css")
        assert visitor.open("/docs/guide/api").status == visitor.get("/llms-full.txt").status == 200
        assert visitor.open("/docs/changelog").status == 200
        assert visitor.open("/j/nothing-here").status == 404
        pool = open_pool(gateway, "main")
        page = visitor.press(pool.path).location
        assert visitor.open(page).status == 200
        pool.confirm(pool.sign_up("u-1")["code"])
        assert pool.people_so_far() == 2


def test_the_installed_wheel_needs_no_checkout(installed: Path, tmp_path: Path) -> None:
    """Its imports are in its own environment."""
    python = installed.with_name("python")
    show = [str(python), "-c", "import router.asgi; print(router.asgi.__file__)"]
    done = subprocess.run(show, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(installed.parents[1])


def test_what_an_extra_needs_is_named(installed: Path, tmp_path: Path) -> None:
    """Without the extra, the command for language models says what to install."""
    done = subprocess.run([installed, "mcp"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error[refused]: the Model Context Protocol is an extra; install it with: ")
    assert "pip install 'switchyard[mcp]'" in done.stderr
