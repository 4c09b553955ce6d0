"""Write log lines from a thread of its own, so that a full pipe or a slow disk never holds up the event loop.

Lines wait in a bounded queue. When it is full the newest line is given up and counted: a gateway that stops serving
because nobody reads its log would be the worse fault.
"""

import queue
import threading
from typing import TextIO

QUEUE_LINES = 10_000  # above this a stuck reader costs memory: about 3 MB of ordinary lines, 80 MB of traces
CLOSE_TIMEOUT_S = 2.0


class LineWriter:
    """A stream with a queue before it. Threads do not survive a fork: each process makes its own.

    Attributes:
        lost_lines: how many lines were given up because the queue was full or the stream failed.
    """

    def __init__(self, stream: TextIO, *, queue_lines: int = QUEUE_LINES) -> None:
        self.lost_lines = 0
        self._stream = stream
        self._queue: queue.Queue[str | None] = queue.Queue(queue_lines)
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Hand over one line, without its end; returns at once."""
        try:
            self._queue.put_nowait(line)
        except queue.Full:
            self.lost_lines += 1

    def close(self) -> None:
        """Write what waits and stop; a stream that takes nothing is left after two seconds."""
        if not self._thread.is_alive():
            return
        try:
            self._queue.put(None, timeout=CLOSE_TIMEOUT_S)
        except queue.Full:
            return
        self._thread.join(CLOSE_TIMEOUT_S)

    def _run(self) -> None:
        while (line := self._queue.get()) is not None:
            try:
                self._stream.write(line + "\n")
                if self._queue.empty():
                    self._stream.flush()
            except (OSError, ValueError):  # the reader is gone, or the stream is closed; later lines may fare better
                self.lost_lines += 1
