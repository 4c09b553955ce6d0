"""What happens next on a virtual clock: a heap of moments.

Events at the same moment happen in the order they were added, so that one seed has one result.
"""

from collections.abc import Callable
from heapq import heappop, heappush

Act = Callable[[int], None]
"""What happens to one subject, named by its number."""


class Agenda:
    """Moments to come, in milliseconds since the beginning."""

    __slots__ = ("_added", "_heap", "now_ms")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Act, int]] = []
        self._added = 0
        self.now_ms = 0

    def add(self, at_ms: int, act: Act, subject: int = 0) -> None:
        """Let something happen to a subject; nothing happens in the past."""
        heappush(self._heap, (max(at_ms, self.now_ms), self._added, act, subject))
        self._added += 1

    def run_until(self, end_ms: int) -> None:
        """Let everything happen that is due before the end; then it is the end."""
        heap = self._heap
        while heap and heap[0][0] < end_ms:
            self.now_ms, _, act, subject = heappop(heap)
            act(subject)
        self.now_ms = end_ms
