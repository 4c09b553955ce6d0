"""Say what was decided: one line a decision while it is quiet, one line for several when it is busy.

A line costs more than the decision it tells of, so at most ten a second are written a pool, with counts by outcome.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable

from router.core.pool import PoolId
from router.observe.logs import get_logger

_PAUSE_S = 0.1
_log = get_logger()


class DecisionLog:
    """Counts the outcomes of one pool's decisions and tells of them as `event`."""

    def __init__(self, pool: PoolId, event: str) -> None:
        self._pool = pool
        self._event = event
        self._outcomes: Counter[str] = Counter()
        self._pause: asyncio.TimerHandle | None = None

    def note(self, outcomes: Iterable[str]) -> None:
        """Take down what was decided for a batch."""
        self._outcomes.update(outcomes)
        if self._pause is None:
            self._tell()

    def _tell(self) -> None:
        self._pause = None
        if not self._outcomes:
            return
        outcomes = " ".join(f"{outcome}={times}" for outcome, times in sorted(self._outcomes.items()))
        _log.info(self._event, pool=self._pool, count=self._outcomes.total(), outcomes=outcomes)
        self._outcomes.clear()
        self._pause = asyncio.get_running_loop().call_later(_PAUSE_S, self._tell)
