"""The files of the embedded store: directories, locks, socket, configuration.

    DATA_DIR/gateway.lock        locked while a gateway runs; holds its pid and the socket's path
    DATA_DIR/store/server.lock   locked while a server runs, whoever started it; holds its pid
    DATA_DIR/store/store.sock    where the server answers; elsewhere if that path is too long for a socket
    DATA_DIR/store/valkey.conf, valkey.log, appendonlydir/

The locks are `flock`s, which the kernel drops with their last holder: a kill or a reused pid cannot make them wrong.
The server inherits its own over exec and leads a process group, so while server.lock is held, the pid in it is ours.
"""

import contextlib
import fcntl
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from router.core.errors import Refused

LONGEST_SOCKET_PATH_BYTES = 100  # Linux takes 107, macOS 103
POLL_S = 0.01

# A gateway that acknowledged a signup has it on disk: each write is synced before its reply. The listpack limits keep
# a pool's line table and a person's record compact; above them a hash takes several times the memory.
SETTINGS = """\
# Written by Switchyard at every start; changes here are lost.
port 0
protected-mode yes
unixsocketperm 600
daemonize no
databases 1
appendonly yes
appendfsync always
aof-load-truncated yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
save ""
maxmemory-policy noeviction
hash-max-listpack-entries 128
hash-max-listpack-value 160
"""


@dataclass(frozen=True, slots=True)
class StoreFiles:
    """Where the files of one data directory are."""

    data_dir: Path
    socket: Path

    @property
    def store_dir(self) -> Path:
        """The server's own directory."""
        return self.data_dir / "store"

    @property
    def server_lock(self) -> Path:
        """Locked while a server runs here."""
        return self.store_dir / "server.lock"

    @property
    def conf(self) -> Path:
        """The server's configuration."""
        return self.store_dir / "valkey.conf"

    @property
    def log(self) -> Path:
        """The log of all servers, one after the other."""
        return self.store_dir / "valkey.log"


def gateway_lock(data_dir: Path) -> Path:
    """Return the file that is locked while a gateway runs on this directory."""
    return data_dir / "gateway.lock"


def lay_out(data_dir: Path) -> StoreFiles:
    """Make the directories, private to this user, and choose where the socket is.

    A data directory that exists already keeps its mode: it may be the operator's, or /tmp by mistake.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    store_dir = data_dir / "store"
    store_dir.mkdir(exist_ok=True)
    store_dir.chmod(0o700)
    files = StoreFiles(data_dir, _choose_socket(store_dir))
    files.log.touch(mode=0o600)
    return files


def _choose_socket(store_dir: Path) -> Path:
    beside_the_data = store_dir / "store.sock"
    if len(os.fsencode(beside_the_data)) <= LONGEST_SOCKET_PATH_BYTES:
        return beside_the_data
    runtime_dir = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    private = runtime_dir / f"switchyard-{hashlib.sha256(os.fsencode(store_dir)).hexdigest()[:16]}"
    private.mkdir(mode=0o700, exist_ok=True)
    found = private.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise Refused(f"{private} is open to other users; remove it, or choose a shorter SWITCHYARD_DATA_DIR")
    return private / "store.sock"


def write_conf(files: StoreFiles) -> None:
    """Write the configuration again, readable by this user only."""
    files.conf.touch(mode=0o600)
    files.conf.chmod(0o600)
    places = f"dir {_quoted(files.store_dir)}\nunixsocket {_quoted(files.socket)}\n"
    files.conf.write_bytes(os.fsencode(SETTINGS + places))


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def open_lock(path: Path) -> int:
    """Open a lock file without taking the lock."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def take_lock(descriptor: int, *, within_s: float) -> bool:
    """Take the lock for as long as the descriptor, or a copy of it in a child, stays open."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_S)
        else:
            return True


def read_lock(descriptor: int) -> list[str]:
    """Read the lines that the holder of the lock left: its pid first."""
    return os.fsdecode(os.pread(descriptor, 4096, 0)).splitlines()


def write_lock(descriptor: int, *lines: object) -> None:
    """Write lines for a process that finds the lock taken."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, os.fsencode("".join(f"{line}\n" for line in lines)), 0)


@contextlib.contextmanager
def refuses_unusable(data_dir: Path) -> Iterator[None]:
    """Refuse, with the fix, a data directory that cannot be made, entered or written."""
    try:
        yield
    except OSError as error:
        raise Refused(
            f"the data directory {data_dir} cannot be used ({error.strerror}); let user {os.geteuid()} write there, "
            f"or choose another SWITCHYARD_DATA_DIR"
        ) from error
