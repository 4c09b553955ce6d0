"""Tell operators what they should know: a log line, and a row that `switchyard linq doctor` shows.

The same thing about the same subject is told once in ten minutes, however often it is noticed.
"""

from router.core.errors import StoreUnavailable
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.store.hook_log import HookLog, KeptAlert

_PAUSE_MS = 600_000
_MAX_REMEMBERED = 10_000
_log = get_logger()


class Alerts:
    """Raises alerts."""

    def __init__(self, hook_log: HookLog, clock: StoreClock) -> None:
        self._hook_log = hook_log
        self._clock = clock
        self._told_ms: dict[tuple[str, str], int] = {}

    async def tell(self, kind: str, subject: str, message: str, *, logged: str | None = None) -> None:
        """Alert operators.

        Args:
            kind: a stable word, such as `line_flagged`.
            subject: what it is about; a number is masked by the caller. Alerts of one kind and subject are the same.
            message: what happened, and what to do about it.
            logged: what the log says instead of a message that may name a person.
        """
        now_ms = self._clock.now_ms()
        if now_ms - self._told_ms.get((kind, subject), -_PAUSE_MS) < _PAUSE_MS:
            return
        if len(self._told_ms) >= _MAX_REMEMBERED:
            self._told_ms.clear()
        self._told_ms[kind, subject] = now_ms
        _log.warning("alert", kind=kind, label=subject, detail=logged or message)
        try:
            await self._hook_log.add_alert(KeptAlert(id="", at_ms=now_ms, kind=kind, subject=subject, message=message))
        except StoreUnavailable:
            del self._told_ms[kind, subject]
