"""Tell operators what they should know: a log line, a row that `switchyard linq doctor` shows, and a notification.

The same thing about the same subject is told once in ten minutes, or what its teller thinks right, however often and by
however many processes it is noticed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from router.core.errors import StoreUnavailable
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.store.hook_log import HookLog, KeptAlert

Notify = Callable[[str, str], Awaitable[object]]
"""Sends a title and a body to operators, in its own time, and never raises."""

PAUSE = timedelta(minutes=10)
_MAX_REMEMBERED = 10_000
_MAX_UNDER_WAY = 100
_PATIENCE = timedelta(seconds=5)
_log = get_logger()

# Where to look, for alerts whose message does not say it.
_NEXT_STEPS = {
    "line_flagged": "switchyard campaigns list",
    "line_released": "switchyard campaigns list",
    "line_recovered": "switchyard lines list",
    "line_status_unknown": "switchyard linq doctor",
    "headroom_low": "switchyard capacity",
}
_ANYWHERE = "switchyard linq doctor"
_COMMAND = "switchyard "


class Alerts:
    """Raises alerts.

    Args:
        hook_log: where they are kept.
        clock: the store's.
        notify: tells operators where they are; None where nobody asked for that.
    """

    def __init__(self, hook_log: HookLog, clock: StoreClock, notify: Notify | None = None) -> None:
        self._hook_log = hook_log
        self._clock = clock
        self._notify = notify
        self._told_ms: dict[tuple[str, str], int] = {}
        self._notified_ms: dict[tuple[str, str], int] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def tell(
        self,
        kind: str,
        subject: str,
        message: str,
        *,
        logged: str | None = None,
        link: str = "",
        pause: timedelta = PAUSE,
    ) -> None:
        """Alert operators; a notification goes out by itself, after this returned.

        Args:
            kind: a stable word, such as `line_flagged`.
            subject: what it is about; a number is masked by the caller. Alerts of one kind and subject are the same.
            message: what happened, and what to do about it.
            logged: what logs and notifications say instead of a message that may name a person.
            link: where to act on it, beside the command that the message names.
            pause: how long the same is not told again, up to a day.
        """
        now_ms, pause_ms = self._clock.now_ms(), pause // timedelta(milliseconds=1)
        if not _is_due(self._told_ms, kind, subject, now_ms, pause_ms):
            return
        try:
            if not await self._hook_log.claim_alert(kind, subject, pause_ms=pause_ms):
                return
            await self._hook_log.add_alert(KeptAlert(id="", at_ms=now_ms, kind=kind, subject=subject, message=message))
        except StoreUnavailable:
            del self._told_ms[kind, subject]  # it is kept when it is noticed again
        _log.warning("alert", kind=kind, label=subject, detail=logged or message)
        if self._notify is not None and _is_due(self._notified_ms, kind, subject, now_ms, pause_ms):
            self._send(self._notify, _title_of(kind, subject), _body_of(kind, logged or message, link))

    async def aclose(self) -> None:
        """Give notifications that are under way a moment."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=_PATIENCE.total_seconds())
            for task in late:
                task.cancel()

    def _send(self, notify: Notify, title: str, body: str) -> None:
        if len(self._under_way) >= _MAX_UNDER_WAY:
            _log.error("alert_not_sent", reason="too many at once")
            return

        async def send() -> None:
            await notify(title, body)

        task = asyncio.create_task(send())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _is_due(told_ms: dict[tuple[str, str], int], kind: str, subject: str, now_ms: int, pause_ms: int) -> bool:
    """Whether this process has not told it for a while; if so, it is noted as told."""
    if 0 <= now_ms - told_ms.get((kind, subject), -pause_ms) < pause_ms:  # less than 0: the clock was set back
        return False
    if len(told_ms) >= _MAX_REMEMBERED:
        told_ms.clear()
    told_ms[kind, subject] = now_ms
    return True


def _title_of(kind: str, subject: str) -> str:
    return f"Switchyard: {kind.replace('_', ' ')}, {subject}"


def _body_of(kind: str, message: str, link: str) -> str:
    step = "" if _COMMAND in message else f"Next: {_NEXT_STEPS.get(kind, _ANYWHERE)}"
    return "\n\n".join(filter(None, (message, step, link)))
