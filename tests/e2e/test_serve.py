"""`switchyard serve` from its first start to kill -9: its messages, its traces, its secrets."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.kit.gateways import start_gateway
from tests.kit.sample_pools import PATIENT_MS, SamplePool, open_pool
from tests.kit.servers import eventually, free_port
from tests.kit.user_agents import CHROME, SAFARI

COMMAND = Path(sys.executable).with_name("switchyard")
ENDS_WITHIN_S = 10
GREETINGS_END = ("pools list\n\n", "in the same network.\n\n")
KEY_LINE = re.compile(r"Your admin key, shown this once:\s+(sy_admin_\S+)")


def environment(**settings: str) -> dict[str, str]:
    """Return our own environment, with these settings and no others."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
    return others | {f"SWITCHYARD_{name}": value for name, value in settings.items()}


def fails_to_serve(directory: Path, **settings: str) -> tuple[int, list[str]]:
    """Start a gateway that cannot serve. Return its exit code and its lines."""
    given = {"HOST": "127.0.0.1", "PORT": str(free_port()), "DATA_DIR": str(directory / "data")} | settings
    done = subprocess.run(
        [COMMAND, "serve"],
        cwd=directory,
        env=environment(**given),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.splitlines()


def processes_in(directory: Path) -> set[int]:
    """Return every process that works in a directory or below: the gateway's, its servers', its store's."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink().is_relative_to(directory) and (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
    return found


@contextmanager
def none_left(directory: Path) -> Iterator[None]:
    """End the processes that a failing test left."""
    try:
        yield
    finally:
        for pid in processes_in(directory):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_a_port_in_use_is_one_clear_error(tmp_path: Path) -> None:
    """Exit 1 and one line with the address and the fix. Nothing was started."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, errors = fails_to_serve(tmp_path, PORT=str(port))
    assert (code, len(errors)) == (1, 1)
    assert f"127.0.0.1:{port} cannot be used (Address already in use)" in errors[0]
    assert "SWITCHYARD_PORT" in errors[0]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("place", ["/proc/switchyard", "a file", "below a file"])
def test_an_unusable_data_directory_is_one_clear_error(tmp_path: Path, place: str) -> None:
    """Exit 1 and one line that names the path and the setting."""
    file = tmp_path / "file"
    file.touch()
    path = {"a file": file, "below a file": file / "data"}.get(place, Path(place))
    code, errors = fails_to_serve(tmp_path, DATA_DIR=str(path))
    assert (code, len(errors)) == (1, 1)
    assert str(path) in errors[0]
    assert "SWITCHYARD_DATA_DIR" in errors[0]


def test_all_bad_settings_are_reported_at_once_and_no_secret(tmp_path: Path) -> None:
    """Exit 2 and a line for each. Secrets in them are not repeated."""
    code, errors = fails_to_serve(
        tmp_path,
        PORT="eighty",
        WORKERS="0",
        BASE_URL="https://hunter2:hunter2@go.example.com/x",
        REDIS_URL="http://hunter2@127.0.0.1",
        SECRET_KEY="hunter2",
        BASEURL="x",
    )
    assert code == 2
    reported = {re.sub(r"error\[settings\]: (SWITCHYARD_\w+).*", r"\1", line) for line in errors}
    names = ("PORT", "WORKERS", "BASE_URL", "REDIS_URL", "SECRET_KEY", "BASEURL")
    assert reported == {f"SWITCHYARD_{name}" for name in names}
    assert not [line for line in errors if "hunter2" in line]
    assert not (tmp_path / "data").exists()


def test_a_guessable_admin_key_is_refused(tmp_path: Path) -> None:
    """One line states the minimum length, and not the key. The store that was started is ended again."""
    with none_left(tmp_path):
        code, errors = fails_to_serve(tmp_path, ADMIN_KEY="hunter2")
        assert (code, len(errors), "hunter2" in errors[0]) == (2, 1, False)
        assert "SWITCHYARD_ADMIN_KEY" in errors[0]
        assert processes_in(tmp_path) == set()


def test_a_second_gateway_on_the_same_data_is_refused(tmp_path: Path) -> None:
    """Exit 1 and one line that names the first one's process and the directory. The first goes on."""
    with start_gateway(tmp_path) as first:
        code, errors = fails_to_serve(tmp_path, DATA_DIR=str(tmp_path))
        assert (code, len(errors)) == (1, 1)
        assert f"another gateway (pid {first.process.pid}) runs on {tmp_path}" in errors[0]
        first.api("GET", "/pools")


def test_sigterm_ends_everything(tmp_path: Path) -> None:
    """With open and waiting pages, all its processes are gone within ten seconds, and the exit code is 0."""
    with none_left(tmp_path):
        gateway = start_gateway(tmp_path, STORE_TIMEOUT_MS=PATIENT_MS)
        pool = open_pool(gateway, "main")
        page = pool.visitor().press(pool.path).location
        connection = HTTPConnection(urlsplit(gateway.base_url).netloc, timeout=10)
        connection.request("GET", f"{page}/events")
        with connection.getresponse() as stream:
            assert stream.readline() == b"event: reserved\n"
            gateway.process.send_signal(signal.SIGTERM)
            assert gateway.process.wait(ENDS_WITHIN_S) == 0
        connection.close()
        eventually("no process left", lambda: not processes_in(tmp_path), within_s=1)


def test_killed_it_leaves_nothing_running(tmp_path: Path) -> None:
    """After kill -9 of the main process its servers, its worker and its store end by themselves."""
    with none_left(tmp_path):
        gateway = start_gateway(tmp_path, WORKERS="2")
        assert len(processes_in(tmp_path)) >= 5, "main, two servers, worker, store"
        gateway.kill()
        eventually("no process left", lambda: not processes_in(tmp_path), within_s=ENDS_WITHIN_S)


def test_started_again_at_once_it_takes_over(tmp_path: Path) -> None:
    """The next start right after kill -9 shows every page as it was. In the end only its own processes run."""
    with none_left(tmp_path):
        first = start_gateway(tmp_path, STORE_TIMEOUT_MS=PATIENT_MS)
        pool = open_pool(first, "main")
        page = pool.visitor().press(pool.path).location
        orphans = processes_in(tmp_path)
        first.kill()
        with start_gateway(tmp_path, STORE_TIMEOUT_MS=PATIENT_MS) as second:
            again = SamplePool(second, "main", pool.numbers)
            assert again.visitor().get(page).status == 200
            assert again.people_so_far() == 1
            eventually("the first one's processes gone", lambda: not orphans & processes_in(tmp_path))
            eventually("main, server, worker and store", lambda: len(processes_in(tmp_path)) == 4)


def test_a_killed_server_process_is_replaced(tmp_path: Path) -> None:
    """A gateway whose server process dies answers again by itself."""
    with none_left(tmp_path), start_gateway(tmp_path, STORE_TIMEOUT_MS=PATIENT_MS) as gateway:
        pool = open_pool(gateway, "main")
        (server,) = (pid for pid in children_of(gateway.process.pid) if b"serve" in command_of(pid))
        os.kill(server, signal.SIGKILL)

        def answers() -> bool:
            with suppress(OSError):
                return pool.visitor().press(pool.path).status == 303
            return False

        eventually("a new server process", lambda: answers() and server not in processes_in(tmp_path), within_s=30)


def test_the_admin_key_is_shown_on_the_first_start_only(tmp_path: Path) -> None:
    """It is printed once, on stdout. It opens the API then and after the second start, and is in no file."""
    with serving(tmp_path) as (base_url, first_words):
        (key,) = KEY_LINE.findall(first_words)
        eventually("an open API", lambda: opens(base_url, key))
    with serving(tmp_path) as (base_url, second_words):
        assert KEY_LINE.findall(second_words) == []
        eventually("the API open to the first key", lambda: opens(base_url, key))
    written = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert key.split("_", 2)[2].encode() not in written  # the secret itself may hold further underscores


@contextmanager
def serving(directory: Path) -> Iterator[tuple[str, str]]:
    """Start a gateway without an admin key. Yield its address, and the greeting that it prints."""
    port, greeting = free_port(), directory / "stdout"
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}"}
    with greeting.open("wb") as stdout:
        process = subprocess.Popen([COMMAND, "serve"], cwd=directory, env=environment(**settings), stdout=stdout)
    try:
        eventually("a whole greeting", lambda: greeting.read_text().endswith(GREETINGS_END), within_s=30)
        yield settings["BASE_URL"], greeting.read_text()
    finally:
        process.terminate()
        process.wait(ENDS_WITHIN_S)


def test_no_other_user_can_read_the_data(tmp_path: Path) -> None:
    """The secret key and every file next to it are 0600, and each directory that we made 0700, whatever the umask."""
    before = os.umask(0)
    try:
        gateway = start_gateway(tmp_path, DATA_DIR=str(tmp_path / "data"), STORE_TIMEOUT_MS=PATIENT_MS)
    finally:
        os.umask(before)
    with gateway:
        pool = open_pool(gateway, "main")
        pool.sign_up("u-1")
        modes = {path: path.lstat().st_mode for path in [tmp_path / "data", *(tmp_path / "data").rglob("*")]}
    assert stat.S_IMODE(modes[tmp_path / "data" / "secret_key"]) == 0o600
    files = {path.name: oct(stat.S_IMODE(mode)) for path, mode in modes.items() if not stat.S_ISDIR(mode)}
    assert {name: mode for name, mode in files.items() if mode != "0o600"} == {}
    assert {oct(stat.S_IMODE(mode)) for mode in modes.values() if stat.S_ISDIR(mode)} == {"0o700"}


def test_logs_hold_no_number_and_no_token(tmp_path: Path) -> None:
    """Whatever request comes and whatever fails, no log has a number, an address, a code, a token, a nonce or a key."""
    with start_gateway(tmp_path, LOG_LEVEL="debug") as gateway:
        pool = open_pool(gateway, "main")
        person = pool.visitor()
        nonce = person.read_nonce(pool.path)
        page = person.post(pool.path, {"nonce": nonce}).location
        signup = {"user": "canary-user", "phone": "+12025550199", "email": "canary@example.com"}
        answer = gateway.api("POST", "/pools/main/signups", json=signup).json()
        paths = ["", "/go", "/acme.vcf", "/qr.png", "/nothing"]
        for user_agent in (SAFARI, CHROME, "canary-agent"):
            for path in paths:
                pool.visitor(user_agent).get(page + path)
        store_pid = gateway.store_pid
        os.kill(store_pid, signal.SIGSTOP)
        try:
            for path in paths:
                person.get(page + path)
            person.post(pool.path, {"nonce": nonce, "phone": "+12025550198"})
            person.get("/j/main?phone=%2B12025550197")
        finally:
            os.kill(store_pid, signal.SIGCONT)
        pool.flag(answer["line"])
    logs = gateway.log + "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*.log"))
    assert "refresh_failed" in logs
    tokens = [page.removeprefix("/t/"), answer["page_url"].rpartition("/")[2], *person.cookies.values()]
    secret = (tmp_path / "secret_key").read_text().strip()
    canaries = [*tokens, nonce, answer["code"], gateway.admin_key, secret, "canary", "%2B1202", "+1202", "5550101"]
    assert [canary for canary in canaries if canary in logs] == []
    assert re.findall(r"2025550\d{3}", logs) == []


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> bytes:
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def opens(base_url: str, key: str) -> bool:
    """Return whether the API accepts a key."""
    connection = HTTPConnection(urlsplit(base_url).netloc, timeout=5)
    try:
        connection.request("GET", "/api/v1/keys", headers={"Authorization": f"Bearer {key}"})
        with connection.getresponse() as response:
            return response.status == 200
    except OSError:
        return False
    finally:
        connection.close()
