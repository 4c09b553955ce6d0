"""How many calls of one kind are allowed in a stretch of time, for each key."""

from collections import defaultdict, deque
from collections.abc import Hashable

from router.providers.sandbox.moments import NS_PER_S


class Allowance:
    """A rolling window.

    Args:
        limit: calls allowed in it.
        window_s: its length.
    """

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_ns = int(window_s * NS_PER_S)
        self._taken: defaultdict[Hashable, deque[int]] = defaultdict(deque)

    def take(self, key: Hashable, *, now_ns: int) -> int | None:
        """Count a call; return None if it is allowed, else the whole seconds until one is, at least 1."""
        taken = self._taken[key]
        while taken and taken[0] <= now_ns - self._window_ns:
            taken.popleft()
        if len(taken) < self._limit:
            taken.append(now_ns)
            return None
        left_ns = taken[0] + self._window_ns - now_ns
        return max(1, -(-left_ns // NS_PER_S))

    def forget(self) -> None:
        """Allow everybody everything again."""
        self._taken.clear()
