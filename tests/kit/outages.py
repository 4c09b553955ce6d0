"""A store that stops to answer for a while."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.gateways import RunningGateway
from tests.kit.servers import eventually


@contextmanager
def hung_store(gateway: RunningGateway) -> Iterator[None]:
    """Stop the store's process, as on a swapping machine, and let it go on afterwards."""
    pid = gateway.store_pid
    os.kill(pid, signal.SIGSTOP)
    try:
        eventually("a stopped store", lambda: Path(f"/proc/{pid}/stat").read_text().split()[2] == "T")
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
