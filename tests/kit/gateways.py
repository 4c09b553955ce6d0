"""A whole gateway as a customer runs it: `switchyard serve` in its own process, with the embedded store.

    with start_gateway(tmp_path) as gateway:
        httpx.get(gateway.base_url + "/healthz")

It stores its data in the directory it is given, so a second start on the same directory finds what the first one wrote.
"""

import os
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import redis

from router.store.server.embedded import attach
from tests.kit.servers import eventually, free_port

SWITCHYARD = Path(sys.executable).with_name("switchyard")
_START_PATIENCE_S = 60
_END_PATIENCE_S = 15


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """A gateway that answers on `base_url`; `admin_key` opens all of its API."""

    base_url: str
    admin_key: str
    data_dir: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        """What the gateway has logged so far."""
        return _log_file(self.data_dir).read_text(errors="replace")

    @property
    def store_url(self) -> str:
        """The address of its store now."""
        url = attach(self.data_dir)
        assert url is not None, f"the store does not answer:\n{self.log}"
        return url

    @property
    def store_pid(self) -> int:
        """The process id of its store."""
        with redis.Redis.from_url(self.store_url, socket_timeout=5) as client:
            return int(client.info("server")["process_id"])

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call a path below /api/v1 with the admin key, and return the response, which must not be an error."""
        headers = {"Authorization": f"Bearer {self.admin_key}"}
        response = httpx.request(method, f"{self.base_url}/api/v1{path}", headers=headers, timeout=10, **more)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response

    def stop(self) -> None:
        """End the gateway cleanly; a second call does nothing."""
        self.process.terminate()
        self.process.wait(timeout=_END_PATIENCE_S)

    def kill(self) -> None:
        """Kill its main process alone, as the kernel does when memory runs out."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=_END_PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_gateway(tmp_path: Path, *, program: Path = SWITCHYARD, **env: str) -> RunningGateway:
    """Start a gateway on a free port and return once it is ready to sign people up.

    Args:
        tmp_path: the directory for its data, its keys and its log.
        program: the command of another installation.
        env: further settings by their name after SWITCHYARD_, such as `WORKERS="2"`.
    """
    port = env.get("PORT") or str(free_port())
    base_url = f"http://127.0.0.1:{port}"
    settings = {
        "HOST": "127.0.0.1",
        "PORT": port,
        "BASE_URL": base_url,
        "DATA_DIR": str(tmp_path),
        "ADMIN_KEY": secrets.token_urlsafe(32),
    } | env
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
    with _log_file(tmp_path).open("ab") as log:
        process = subprocess.Popen(
            [program, "serve"],
            cwd=tmp_path,
            env=inherited | {f"SWITCHYARD_{name}": value for name, value in settings.items()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    gateway = RunningGateway(base_url, settings["ADMIN_KEY"], Path(settings["DATA_DIR"]), process)
    try:
        eventually("a gateway that is ready", lambda: _is_ready(gateway), within_s=_START_PATIENCE_S)
    except BaseException as error:
        gateway.kill()
        error.add_note(gateway.log)
        raise
    return gateway


def _is_ready(gateway: RunningGateway) -> bool:
    assert gateway.process.poll() is None, "the gateway exited while it started"
    try:
        return httpx.get(f"{gateway.base_url}/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False


def _log_file(data_dir: Path) -> Path:
    return data_dir / "gateway.log"
