"""The workspace of the demo: a directory and free ports, chosen before anything runs."""

import secrets
import socket
import tempfile
from base64 import b64encode
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from router.core.errors import InvalidField

POOL = "demo"
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The directory, ports and keys of one run.

    Attributes:
        directory: where the processes run; the gateway's data is inside it.
        is_kept: the user named the directory, so it stays.
        moved_ports: each port that was taken, and the port used instead.
        sink_port, smtp_port: where prompts over other channels arrive.
        webhook_secret: signs the events sent to Acme's app.
    """

    directory: Path
    is_kept: bool
    port: int
    sandbox_port: int
    sink_port: int
    smtp_port: int
    moved_ports: dict[int, int]
    admin_key: str
    webhook_secret: str

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
            "STORE_TIMEOUT_MS": "2000",  # a busy laptop may be slow to write to disk
            "LINQ_API_KEY": "sandbox",
            "LINQ_BASE_URL": f"{self.sandbox_url}/api/partner",
            "APP_WEBHOOK_URL": f"http://{_HOST}:{self.sink_port}/app",
            "APP_WEBHOOK_SECRETS": self.webhook_secret,
            "APP_WEBHOOK_PRIVATE": "true",
            "SMTP_URL": f"smtp://{_HOST}:{self.smtp_port}",
            "SMTP_FROM": "Acme <hello@acme.example>",
            "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
            "TWILIO_AUTH_TOKEN": "any",
            "TWILIO_FROM": "+12025550100",
            "TWILIO_BASE_URL": f"http://{_HOST}:{self.sink_port}/twilio",
        }


@contextmanager
def find_workspace(data_dir: Path | None, *, port: int, sandbox_port: int) -> Iterator[Workspace]:
    """Choose directory and ports. A temporary directory is removed at the end.

    Raises:
        InvalidField: the named directory is not empty.
    """
    with ExitStack() as stack:
        if data_dir is None:
            # A late child may still write into it. What is left then lies in the system's temporary directory.
            name = tempfile.TemporaryDirectory(prefix="switchyard-demo-", ignore_cleanup_errors=True)
            directory = Path(stack.enter_context(name))
        else:
            directory = _own_directory(data_dir)
        wanted_ports = (port, sandbox_port, sandbox_port + 1, sandbox_port + 2)
        ports: list[int] = []
        for wanted in wanted_ports:
            ports.append(free_port(wanted, but_not=ports))
        named = zip(wanted_ports[:2], ports[:2], strict=True)
        yield Workspace(
            directory=directory,
            is_kept=data_dir is not None,
            port=ports[0],
            sandbox_port=ports[1],
            sink_port=ports[2],
            smtp_port=ports[3],
            moved_ports={wanted: got for wanted, got in named if wanted != got},
            admin_key=f"demo-{secrets.token_urlsafe(18)}",
            webhook_secret=f"whsec_{b64encode(secrets.token_bytes(32)).decode()}",
        )


def free_port(wanted: int, *, but_not: Collection[int] = ()) -> int:
    """Return the wanted port, or a free one if it is taken."""
    for port in (wanted, *[0] * (1 + len(but_not))):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, port))
            except (OSError, OverflowError):
                continue
            found: int = probe.getsockname()[1]
            if found not in but_not:
                return found
    raise InvalidField("port", "no port is free on this machine")


def _own_directory(data_dir: Path) -> Path:
    directory = data_dir.absolute()
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InvalidField("data-dir", f"{directory} must be new or empty: made-up people do not belong among yours")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory
