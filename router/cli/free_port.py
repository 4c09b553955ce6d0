"""Check that a server can listen on its port, before anything else is started."""

import errno
import socket
import time

from router.core.errors import Refused

_PATIENCE_S = 3.0  # a server process whose gateway was killed checks for it once a second, then ends
_POLL_S = 0.05


def require_free_port(host: str, port: int) -> None:
    """Refuse to start on a port that is taken, before the store is started.

    After a gateway was killed, its server processes hold the port for a moment longer. A supervisor that starts the
    next gateway at once must not be refused for that, so this waits a little.

    Raises:
        Refused: the port is taken, or the address is not this machine's.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while (fault := _fault_of_port(host, port)) is not None:
        if fault.errno != errno.EADDRINUSE or time.monotonic() >= deadline:
            raise Refused(
                f"{host}:{port} cannot be used ({fault.strerror}). "
                "Stop what runs there, or set SWITCHYARD_PORT to another port."
            ) from fault
        time.sleep(_POLL_S)


def _fault_of_port(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            return fault
    return None
