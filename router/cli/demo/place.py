"""Where the demo is: a directory and two ports, chosen before anything runs."""

import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from router.core.errors import InvalidField

POOL = "demo"
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where everything is, before anything runs.

    Attributes:
        directory: the processes work in it; the gateway's data is below.
        is_kept: it was named by whoever runs the demo, so it stays.
        moved_ports: ports that were taken, and which others are used instead.
    """

    directory: Path
    is_kept: bool
    port: int
    sandbox_port: int
    moved_ports: dict[int, int]
    admin_key: str

    @property
    def gateway_url(self) -> str:
        """The origin of the gateway."""
        return f"http://{_HOST}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """The origin of the sandbox."""
        return f"http://{_HOST}:{self.sandbox_port}"

    @property
    def signup_url(self) -> str:
        """The link that people open."""
        return f"{self.gateway_url}/j/{POOL}"

    @property
    def settings(self) -> dict[str, str]:
        """The gateway's settings, by their names after SWITCHYARD_."""
        return {
            "HOST": _HOST,
            "PORT": str(self.port),
            "BASE_URL": self.gateway_url,
            "DATA_DIR": "data",
            "ADMIN_KEY": self.admin_key,
            "LOG_FORMAT": "console",
            "LINQ_API_KEY": "sandbox",
            "LINQ_BASE_URL": f"{self.sandbox_url}/api/partner",
        }


@contextmanager
def find_place(data_dir: Path | None, *, port: int, sandbox_port: int) -> Iterator[Place]:
    """Choose directory and ports; a directory that nobody named is removed at the end.

    Raises:
        InvalidField: the named directory holds something already.
    """
    with ExitStack() as stack:
        if data_dir is None:
            # A late child may still write into it; what is left then is in the system's own place for such things.
            name = tempfile.TemporaryDirectory(prefix="switchyard-demo-", ignore_cleanup_errors=True)
            directory = Path(stack.enter_context(name))
        else:
            directory = _own_directory(data_dir)
        ports = [free_port(port)]
        ports.append(free_port(sandbox_port, but_not=ports[0]))
        moved = {wanted: got for wanted, got in zip((port, sandbox_port), ports, strict=True) if wanted != got}
        yield Place(
            directory=directory,
            is_kept=data_dir is not None,
            port=ports[0],
            sandbox_port=ports[1],
            moved_ports=moved,
            admin_key=f"demo-{secrets.token_urlsafe(18)}",
        )


def free_port(wanted: int, *, but_not: int = 0) -> int:
    """Return the wanted port, or another one if somebody listens there."""
    for port in (wanted, 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            if found != but_not:
                return found
    raise InvalidField("port", "no port is free on this machine")


def _own_directory(data_dir: Path) -> Path:
    directory = data_dir.absolute()
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InvalidField("data-dir", f"{directory} must be new or empty: made-up people do not belong among yours")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory
