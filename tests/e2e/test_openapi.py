"""The OpenAPI document against the running gateway: every answer agrees with it, whatever is sent."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from router.core.access import Role
from router.core.act import BY_SHELL
from router.core.lines.line_rules import LineSpec
from router.core.links.token import PAGE
from router.core.people.personal_data import Identity
from router.services.people.signups import SignupRequest
from router.settings.settings import Settings
from router.wiring.open import open_gateway
from tests.kit.deliveries import SECRET
from tests.kit.servers import eventually, free_port, start_valkey

SECRET_KEY = "only-for-tests-" * 3
MAX_EXAMPLES = 12
NUMBER = "+12025550101"

# JSON Schema cannot state these, so 422 refuses them: a text that some phone damages, a name that cannot be shown.
CONFIG = """
[parameters]
"path.pool" = "main"
"path.number" = "{number}"
"path.signup" = "{signup}"
"path.token" = "{token}"
"path.user" = "u-1"

[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 422]
"""


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """A gateway process with one pool, one line and one signup.

    Attributes:
        signup, token: the signup's id, and what its personal link carries.
    """

    url: str
    admin_key: str
    signup: str
    token: str
    log: Path


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningGateway]:
    """Start the gateway as a process of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with start_valkey(tmp_path) as server:
        settings = Settings(redis_url=SecretStr(server.url), secret_key=SecretStr(SECRET_KEY), store_timeout_ms=5000)
        async with open_gateway(settings) as gateway:
            _, key = await gateway.access.create(Role.ADMIN, "fuzzing", by=BY_SHELL)
            await gateway.access.create(Role.ADMIN, "another, so that neither is the last", by=BY_SHELL)
            await gateway.pool_admin.create("main", {}, by=BY_SHELL)
            await gateway.line_admin.add("main", LineSpec(number=NUMBER, warm=True), by=BY_SHELL)
            view = await gateway.pool_cache.get("main")
            signup = await gateway.signups.sign_up(view, SignupRequest(identity=Identity(user="u-1")))
            assert signup.assignment is not None
            code = signup.assignment.code
            token = gateway.tokens.mint(PAGE, view.pool.id, code)
        with started(tmp_path, port, server.url) as log:
            yield RunningGateway(url=url, admin_key=key, signup=code, token=token, log=log)


@contextmanager
def started(directory: Path, port: int, store_url: str) -> Iterator[Path]:
    """Run the gateway until the end, and name its log."""
    url = f"http://127.0.0.1:{port}"
    others = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
    environment = others | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SWITCHYARD_REDIS_URL": store_url,
        "SWITCHYARD_SECRET_KEY": SECRET_KEY,
        "SWITCHYARD_BASE_URL": url,
        "SWITCHYARD_STORE_TIMEOUT_MS": "5000",
        "SWITCHYARD_LINQ_WEBHOOK_SECRETS": SECRET,
    }
    log = directory / "gateway.log"
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "router.asgi:create_app"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--working-dir", str(directory)]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, env=environment, stdout=sink, stderr=sink)
    try:
        eventually("a gateway that is ready", lambda: is_ready(url), within_s=60)
        yield log
    finally:
        process.terminate()
        process.wait(timeout=30)


def is_ready(url: str) -> bool:
    """Return whether the gateway accepts signups."""
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("key", ["admin", None])
def test_nothing_that_is_sent_breaks_the_contract(running: RunningGateway, tmp_path: Path, key: str | None) -> None:
    """No server error, no undocumented status, type or header, no ignored key, with a key and without one."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(number=NUMBER, signup=running.signup, token=running.token))
    options = ["--checks", "all", "--max-examples", str(MAX_EXAMPLES), "--seed", "1", "--no-color"]
    # An open event stream answers for ten minutes.
    options += ["--exclude-path", "/t/{token}/events", "--continue-on-failure", "--generation-database", "none"]
    if key is not None:
        options += ["--header", f"Authorization: Bearer {running.admin_key}"]
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config), "run"]
    report = subprocess.run(
        [*command, f"{running.url}/schema/openapi.json", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert report.returncode == 0, f"{report.stdout}\n{report.stderr}\n{running.log.read_text()[-2000:]}"
