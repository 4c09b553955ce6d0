"""Start Switchyard as a customer would and set it up through its API; the only file here that knows that API."""

import json
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.contender import Contender
from tests.bench.machine import Cores
from tests.bench.processes import BenchBroken, accepts_tcp, free_port, running
from tests.bench.report import Target
from tests.bench.servers import store
from tests.bench.wire import PHONE_BROWSER, SERIAL, browse, probe, write_request

TIMES_YARDSTICK = "x yardstick"
TIMES_STICKY = "x sticky peer"
LINES = 50
_KNOWN_PEOPLE = 200
# A line must outlast the bench: at 20,000 signups a second 50 lines of this size last more than half an hour.
_PEOPLE_PER_LINE = 1_000_000
_NONCE = re.compile(r'name="nonce" value="([^"]+)"')
COMMAND = str(Path(sys.executable).with_name("switchyard"))


@contextmanager
def gateway(cores: Cores, scratch: Path, command: str = COMMAND) -> Iterator[list[Contender]]:
    """Run one gateway worker with a durable store and yield the rows that measure it."""
    with serving(cores, scratch, command) as (port, key):
        open_pool(port, key, "bench", entry="redirect", first_number=12025550000)
        open_pool(port, key, "page", entry="page", first_number=12025560000)
        yield list(_rows(port, key))


@contextmanager
def serving(cores: Cores, scratch: Path, command: str = COMMAND, **settings: str) -> Iterator[tuple[int, str]]:
    """Run one gateway worker with a durable store and yield its port and its admin key; `command` is `switchyard`."""
    port, key = free_port(), secrets.token_urlsafe(32)
    with store(cores, scratch / "gateway-store") as socket:
        env = {
            "SWITCHYARD_HOST": "127.0.0.1",
            "SWITCHYARD_PORT": str(port),
            "SWITCHYARD_WORKERS": "1",
            "SWITCHYARD_DATA_DIR": str(scratch / "gateway"),
            "SWITCHYARD_BASE_URL": f"http://127.0.0.1:{port}",
            "SWITCHYARD_REDIS_URL": f"unix://{socket}",
            "SWITCHYARD_ADMIN_KEY": key,
            **{f"SWITCHYARD_{name}": value for name, value in settings.items()},
        }
        log = scratch / "gateway.log"
        serve = [command, "serve"]
        with running(serve, core=cores.server, log=log, is_ready=lambda: accepts_tcp(port), env=env):
            yield port, key


def open_pool(port: int, key: str, pool: str, *, entry: str, first_number: int) -> None:
    """Make a pool of LINES lines with consecutive numbers."""
    _post(port, key, "/api/v1/pools", {"id": pool, "name": "Bench", "entry": entry, "warm_up_days": 0})
    for place in range(LINES):
        line = {"number": f"+{first_number + place}", "weight": 50 + place, "capacity": _PEOPLE_PER_LINE}
        _post(port, key, f"/api/v1/pools/{pool}/lines", line)


def _rows(port: int, key: str) -> Iterator[Contender]:
    yield Contender(
        name="new person",
        port=port,
        requests=(browse("/j/bench"),),
        is_paced=True,
        targets=(Target(figure=TIMES_YARDSTICK, at_least=1.5), Target(figure=TIMES_STICKY, at_least=7.0)),
    )
    yield Contender(
        name="returning person",
        port=port,
        requests=tuple(browse("/j/bench", cookie) for cookie in _cookies(port)),
        is_paced=True,
        targets=(Target(figure=TIMES_YARDSTICK, at_least=2.0),),
    )
    yield Contender(
        name="landing page",
        port=port,
        requests=(browse("/j/page"),),
        status=200,
        is_paced=True,
        targets=(Target(figure=TIMES_YARDSTICK, at_least=1.5),),
    )
    yield Contender(name="person's page", port=port, requests=(browse(_page_path(port, key)),), status=200)
    yield Contender(name="signup form", port=port, requests=(_form(port),), status=303)
    bearer = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"bench-{SERIAL}"}
    signup = json.dumps({"user": f"u-{SERIAL}"})
    yield Contender(
        name="signup API",
        port=port,
        requests=(write_request("POST", "/api/v1/pools/bench/signups", bearer, signup),),
        status=201,
        is_paced=True,
        targets=(Target(figure=TIMES_YARDSTICK, at_least=0.7),),
    )


def _page_path(port: int, key: str) -> str:
    """Sign a person up and return the path of their page."""
    signup = _post(port, key, "/api/v1/pools/page/signups", {"user": "bench-page"})
    path: str = urlsplit(signup["page_url"]).path
    return path


def _form(port: int) -> bytes:
    """Open the signup page and return the form that its button sends. Sent again, it is the same person's."""
    page = HTTPConnection("127.0.0.1", port, timeout=10)
    page.request("GET", "/j/page", headers=PHONE_BROWSER)
    nonce = _NONCE.search(page.getresponse().read().decode())
    page.close()
    if nonce is None:
        raise BenchBroken("signup form: the page has no nonce")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return write_request("POST", "/j/page", {**PHONE_BROWSER, **kind}, f"nonce={nonce[1]}")


def _cookies(port: int) -> list[str]:
    """Open the signup page as new people and return the cookies they were given."""
    cookies = [probe(port, browse("/j/bench")).cookies for _ in range(_KNOWN_PEOPLE)]
    if not all(cookies):
        raise BenchBroken("returning person: a new person was given no cookie")
    return cookies


def _post(port: int, key: str, path: str, body: dict[str, object]) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    said = response.read().decode(errors="replace")
    connection.close()
    if response.status >= 300:
        raise BenchBroken(f"POST {path}: {response.status} {said[:500]}")
    answer: dict[str, Any] = json.loads(said)
    return answer
