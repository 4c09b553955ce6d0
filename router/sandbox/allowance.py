"""Limit how many calls of one kind each key may make in a period of time."""

from collections import defaultdict, deque
from collections.abc import Hashable

from router.sandbox.moments import NS_PER_S


class Allowance:
    """A rate limit over a rolling window.

    Args:
        limit: calls allowed in the window.
        window_s: the window's length.
    """

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_ns = int(window_s * NS_PER_S)
        self._spent: defaultdict[Hashable, deque[int]] = defaultdict(deque)

    def spend(self, key: Hashable, *, now_ns: int) -> int | None:
        """Count a call; return None if it is allowed, else the whole seconds until one is, at least 1."""
        spent = self._spent[key]
        while spent and spent[0] <= now_ns - self._window_ns:
            spent.popleft()
        if len(spent) < self._limit:
            spent.append(now_ns)
            return None
        left_ns = spent[0] + self._window_ns - now_ns
        return max(1, -(-left_ns // NS_PER_S))

    def reset(self) -> None:
        """Forget all counted calls."""
        self._spent.clear()
