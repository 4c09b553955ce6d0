"""The embedded store loses no acknowledged write, leaves no process behind, and says what to fix."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
import redis

from router.core.errors import Refused, StoreUnavailable
from router.store.server import embedded
from router.store.server.embedded import EmbeddedStore, attach
from tests.kit.servers import eventually

GATEWAY = """
import sys
from pathlib import Path
from router.store.server.embedded import EmbeddedStore
store = EmbeddedStore.start(Path(sys.argv[1]))
print(store.url, flush=True)
sys.stdin.read()
"""


@contextmanager
def opened(url: str) -> Iterator[redis.Redis]:
    """Open a blocking client on the store."""
    with redis.Redis.from_url(url, decode_responses=True, socket_timeout=5) as client:
        yield client


def server_pid(url: str) -> int:
    """Return the server's process id."""
    with opened(url) as client:
        return int(client.info("server")["process_id"])


def is_running(pid: int) -> bool:
    """Return whether the process lives. A process that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def gateway_process(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a separate gateway that starts the store, and yield it with the store's URL."""
    command = [sys.executable, "-c", GATEWAY, str(data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_writes_survive_a_stop_and_a_start(tmp_path: Path) -> None:
    """A clean stop ends the server, and the next start has the data."""
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        pid = server_pid(store.url)
        client.set("sy:a", "1")
    assert not is_running(pid)
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        assert client.get("sy:a") == "1"


def test_every_acknowledged_write_is_on_disk(tmp_path: Path) -> None:
    """The server syncs each write before its reply, never evicts, and listens on no port."""
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        expected = {
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
            "save": "",
            "port": "0",
            "hash-max-listpack-entries": "128",
            "hash-max-listpack-value": "160",
        }
        assert {name: client.config_get(name)[name] for name in expected} == expected


def test_no_other_user_can_read_the_files(tmp_path: Path) -> None:
    """Directories are 0700, and every file and the socket 0600, whatever the umask."""
    before = os.umask(0)
    try:
        with EmbeddedStore.start(tmp_path / "data") as store, opened(store.url) as client:
            client.set("sy:a", "1")
            modes = {
                path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.lstat().st_mode)
                for path in (tmp_path / "data", *(tmp_path / "data").rglob("*"))
            }
    finally:
        os.umask(before)
    assert "data/store/valkey.conf" in modes
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


def test_the_server_does_not_get_the_secrets_of_the_gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No SWITCHYARD_ variable is in the environment of the server."""
    monkeypatch.setenv("SWITCHYARD_SECRET_KEY", "only-for-tests")
    with EmbeddedStore.start(tmp_path) as store:
        assert b"SWITCHYARD_" not in Path(f"/proc/{server_pid(store.url)}/environ").read_bytes()


def test_a_second_gateway_on_the_directory_is_refused(tmp_path: Path) -> None:
    """The refusal names the directory and the pid, and leaves the first gateway's store alone."""
    with gateway_process(tmp_path) as (gateway, url):
        with pytest.raises(Refused, match=rf"another gateway \(pid {gateway.pid}\) runs on {tmp_path}"):
            EmbeddedStore.start(tmp_path)
        with opened(url) as client:
            assert client.ping()


def test_two_directories_have_two_stores(tmp_path: Path) -> None:
    """Gateways on different directories do not see each other."""
    with EmbeddedStore.start(tmp_path / "a") as one, EmbeddedStore.start(tmp_path / "b") as other:
        with opened(one.url) as client:
            client.set("sy:a", "1")
        with opened(other.url) as client:
            assert client.get("sy:a") is None


def test_a_killed_gateway_takes_its_server_with_it(tmp_path: Path) -> None:
    """After kill -9 of the gateway no server remains, and the next start has the data."""
    with gateway_process(tmp_path) as (gateway, url):
        pid = server_pid(url)
        with opened(url) as client:
            client.set("sy:a", "1")
        gateway.kill()
        gateway.wait()
        eventually("the end of the killed gateway's server", lambda: not is_running(pid))
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        assert client.get("sy:a") == "1"
        assert server_pid(store.url) != pid


def test_a_hung_leftover_server_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that outlived its gateway, and hangs, is killed by the next start before it touches the files."""
    monkeypatch.setattr(embedded, "END_PATIENCE_S", 0.2)
    with gateway_process(tmp_path) as (gateway, url):
        pid = server_pid(url)
        with opened(url) as client:
            client.set("sy:a", "1")
        os.kill(pid, signal.SIGSTOP)
        gateway.kill()
        gateway.wait()
    assert is_running(pid)
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        assert not is_running(pid)
        assert client.get("sy:a") == "1"


def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    """After kill -9 of the server the gateway starts it again, at the same address."""
    with EmbeddedStore.start(tmp_path) as store:
        pid = server_pid(store.url)
        with opened(store.url) as client:
            client.set("sy:a", "1")
        os.kill(pid, signal.SIGKILL)

        def is_back() -> bool:
            try:
                with opened(store.url) as client:
                    return bool(client.get("sy:a") == "1")
            except redis.ConnectionError:
                return False

        eventually("the data from a new server", is_back)
        assert server_pid(store.url) != pid


def test_the_server_outlives_the_thread_that_called_start(tmp_path: Path) -> None:
    """A thread that ends at once may start the store."""
    stores: list[EmbeddedStore] = []
    starter = threading.Thread(target=lambda: stores.append(EmbeddedStore.start(tmp_path)))
    starter.start()
    starter.join()
    with stores[0] as store:
        assert is_running(server_pid(store.url))


def test_a_torn_tail_of_the_log_is_cut_off(tmp_path: Path) -> None:
    """A write that a power cut tore in half is dropped. Everything before it stays."""
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        client.set("sy:whole", "1")
        client.set("sy:torn", "2")
    (log,) = (tmp_path / "store" / "appendonlydir").glob("*.incr.aof")
    os.truncate(log, log.stat().st_size - 5)
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        assert client.get("sy:whole") == "1"
        assert client.get("sy:torn") is None


def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    """A socket file without a listener does not stop the start."""
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "store.sock").touch()
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        assert client.ping()


def test_a_long_path_puts_the_socket_in_a_private_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path too long for a socket is replaced by a 0700 directory under XDG_RUNTIME_DIR, which attach finds."""
    data_dir = tmp_path / ("d" * 90) / "data"
    with tempfile.TemporaryDirectory(dir="/tmp") as runtime_dir:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime_dir)
        with EmbeddedStore.start(data_dir) as store, opened(store.url) as client:
            assert client.ping()
            private = Path(unquote(store.url.removeprefix("unix://"))).parent
            assert private.parent == Path(runtime_dir)
            assert stat.S_IMODE(private.stat().st_mode) == 0o700
            monkeypatch.delenv("XDG_RUNTIME_DIR")  # as in another login of the same user
            assert attach(data_dir) == store.url

        private.chmod(0o777)
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime_dir)
        with pytest.raises(Refused, match="open to other users"):
            EmbeddedStore.start(data_dir)


def test_the_path_may_hold_any_character(tmp_path: Path) -> None:
    """Spaces, quotes, patterns and URL characters in the directory's name reach the server and the client unchanged."""
    with EmbeddedStore.start(tmp_path / "ä b#?*[%20\"'\\") as store, opened(store.url) as client:
        assert client.ping()


@pytest.mark.parametrize("place", ["a-file", "a-file/below", "/proc/nowhere"])
def test_an_unusable_directory_is_named(tmp_path: Path, place: str) -> None:
    """The error names the directory and the variable to change."""
    (tmp_path / "a-file").touch()
    with pytest.raises(Refused, match="SWITCHYARD_DATA_DIR") as refused:
        EmbeddedStore.start(tmp_path / place)
    assert str(tmp_path / place) in str(refused.value)


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """The error holds the end of the server's log, and the directory is free again."""
    broken = tmp_path / "store" / "appendonlydir"
    broken.mkdir(parents=True)
    manifest = broken / "appendonly.aof.manifest"
    manifest.write_text("not a manifest\n")
    with pytest.raises(StoreUnavailable, match=r"(?s)ended at its start.*Reading the manifest file"):
        EmbeddedStore.start(tmp_path)
    manifest.unlink()
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        assert client.ping()


def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """When its time is over, the start ends the server and releases the directory."""
    with pytest.raises(StoreUnavailable, match="not ready after 0 s"):
        EmbeddedStore.start(tmp_path, start_timeout=timedelta(0))
    with EmbeddedStore.start(tmp_path) as store, opened(store.url) as client:
        assert client.ping()


def test_a_second_stop_does_nothing(tmp_path: Path) -> None:
    """A store may be stopped twice, as a `with` after a signal does."""
    with EmbeddedStore.start(tmp_path) as store:
        store.stop()


def test_attach_finds_the_store_of_a_running_gateway(tmp_path: Path) -> None:
    """A command in another process gets the gateway's store URL, and None once the gateway is gone."""
    assert attach(tmp_path / "nowhere") is None
    with gateway_process(tmp_path) as (gateway, url):
        assert attach(tmp_path) == url
        gateway.kill()
        gateway.wait()
        assert attach(tmp_path) is None
