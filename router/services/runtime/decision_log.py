"""Log decisions: one line for each while it is quiet, one line for several when it is busy.

A log line costs more than the decision it describes, so each pool writes at most ten a second, with counts by outcome.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable

from router.core.pool import PoolId
from router.telemetry.logs import get_logger

_PAUSE_S = 0.1
_SOURCES_SHOWN = 10
_log = get_logger()


class DecisionLog:
    """Counts the outcomes of one pool's decisions and logs them as `event`."""

    def __init__(self, pool: PoolId, event: str) -> None:
        self._pool = pool
        self._event = event
        self._outcomes: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()
        self._pause: asyncio.TimerHandle | None = None

    def record(self, outcomes: Iterable[str], sources: Iterable[str] = ()) -> None:
        """Count the outcomes of a batch, and where the people came from who said so."""
        self._outcomes.update(outcomes)
        self._sources.update(sources)
        if self._pause is None:
            self._write()

    def _write(self) -> None:
        self._pause = None
        if not self._outcomes:
            return
        outcomes = " ".join(f"{outcome}={times}" for outcome, times in sorted(self._outcomes.items()))
        facts = {"count": self._outcomes.total(), "outcomes": outcomes}
        if self._sources:
            facts["sources"] = " ".join(f"{word}={times}" for word, times in self._sources.most_common(_SOURCES_SHOWN))
        _log.info(self._event, pool=self._pool, **facts)
        self._outcomes.clear()
        self._sources.clear()
        self._pause = asyncio.get_running_loop().call_later(_PAUSE_S, self._write)
