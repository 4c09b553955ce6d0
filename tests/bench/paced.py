"""Send requests at random moments at a set mean pace, and report how long each waited from its moment.

An open loop: people do not slow down because the server does. Moments are drawn in advance (Poisson). A request whose
connections are all busy waits its turn, and this wait counts, so a stall is never left out of the percentiles. One
thread on `select`, whose timeouts are exact to some 0.1 ms where epoll's are whole milliseconds; good for about 15,000
requests a second. `late_p99_ms` is this client's own share: moment to send with a free connection.

    python -m tests.bench.paced PORT FILE PER_SECOND SECONDS CONNECTIONS random|ordered
"""

import gc
import json
import random
import re
import select
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

from tests.bench.wire import next_serial, with_serial

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_FIRST_REFUSAL = b"400"
_PATIENCE_S = 5.0
_READ_BYTES = 1 << 16


def is_whole(answer: bytes) -> bool:
    """Return whether `answer` holds one whole HTTP/1.1 response."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    length = _LENGTH.search(head)
    if length:
        return len(body) >= int(length[1])
    return b"chunked" not in head.lower() or (separator + body).endswith(_LAST_CHUNK)


class PacedRun:
    """One run; all times are seconds of the monotonic clock."""

    def __init__(self, port: int, requests: Iterator[bytes], connections: int) -> None:
        self.requests = requests
        self.free = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
        for connection in self.free:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.busy: dict[socket.socket, float] = {}
        self.received: dict[socket.socket, bytes] = {}
        self.waits: list[float] = []
        self.lateness: list[float] = []
        self.refused = 0
        self.broken = 0
        self.serial = next_serial()

    def run(self, per_s: float, seconds: float) -> dict[str, float]:
        """Send and receive until every request has its answer, or the time limit ends; return the figures."""
        started = time.perf_counter() + 0.05
        moments = _moments(started, per_s, seconds)
        while moments or self.busy:
            now = time.perf_counter()
            if now > started + seconds + _PATIENCE_S:
                self.broken += len(moments) + len(self.busy)
                break
            while moments and moments[0] <= now and self.free:
                self._send(moments.popleft())
            pause = max(0.0, moments[0] - time.perf_counter()) if moments and self.free else _PATIENCE_S
            self._receive(pause)
        took = time.perf_counter() - started
        return {
            "requests": len(self.waits),
            "seconds": took,
            "refused": self.refused,
            "broken": self.broken,
            "p50_ms": _percentile(self.waits, 0.50) * 1e3,
            "p99_ms": _percentile(self.waits, 0.99) * 1e3,
            "late_p99_ms": _percentile(self.lateness, 0.99) * 1e3,
        }

    def _send(self, moment: float) -> None:
        connection = self.free.pop()
        self.serial += 1
        connection.sendall(with_serial(next(self.requests), self.serial))
        self.busy[connection], self.received[connection] = moment, b""
        if self.free:
            self.lateness.append(time.perf_counter() - moment)

    def _receive(self, pause: float) -> None:
        # select() stops at file descriptor 1023; the connections are few.
        readable, _, _ = select.select(list(self.busy), [], [], pause)
        for connection in readable:
            piece = connection.recv(_READ_BYTES)
            self.received[connection] += piece
            if piece and not is_whole(self.received[connection]):
                continue
            self.waits.append(time.perf_counter() - self.busy.pop(connection))
            if not piece:
                self.broken += 1
                continue
            self.refused += self.received[connection][9:12] >= _FIRST_REFUSAL
            self.free.append(connection)


def _moments(started: float, per_s: float, seconds: float) -> deque[float]:
    moments: deque[float] = deque()
    moment = started
    while (moment := moment + random.expovariate(per_s)) < started + seconds:
        moments.append(moment)
    return moments


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def main() -> None:
    """Run as the docstring of the module says and print one line of JSON."""
    port, file, per_s, seconds, connections, order = sys.argv[1:]
    requests = Path(file).read_bytes().split(b"\0")
    chosen = cycle(requests) if order == "ordered" else (random.choice(requests) for _ in count())
    run = PacedRun(int(port), chosen, int(connections))
    gc.freeze()
    gc.disable()
    print(json.dumps(run.run(float(per_s), float(seconds))))


if __name__ == "__main__":
    main()
