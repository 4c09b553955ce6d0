"""Alert operators: a log line, a row that `switchyard linq doctor` shows, and a notification.

Each (kind, subject) alerts at most once per `pause`, ten minutes by default, across all processes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from router.core.errors import StoreUnavailable
from router.services.runtime.clock import StoreClock
from router.store.alerts import AlertStore, KeptAlert
from router.telemetry.logs import get_logger

Notify = Callable[[str, str], Awaitable[object]]
"""Sends a title and a body to operators. It may take its time, and it never raises."""

PAUSE = timedelta(minutes=10)
_MAX_REMEMBERED = 10_000
_MAX_UNDER_WAY = 100
_PATIENCE = timedelta(seconds=5)
_log = get_logger()

# The next command, for alerts whose message does not contain one.
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
    """Sends alerts.

    Args:
        alert_store: stores the alerts.
        clock: the store's.
        notify: sends notifications; None if none are set up.
    """

    def __init__(self, alert_store: AlertStore, clock: StoreClock, notify: Notify | None = None) -> None:
        self._alert_store = alert_store
        self._clock = clock
        self._notify = notify
        self._sent_ms: dict[tuple[str, str], int] = {}
        self._notified_ms: dict[tuple[str, str], int] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def send(
        self,
        kind: str,
        subject: str,
        message: str,
        *,
        logged: str | None = None,
        link: str = "",
        pause: timedelta = PAUSE,
    ) -> None:
        """Alert operators; the notification goes out in the background.

        Args:
            kind: a stable word, such as `line_flagged`.
            subject: what it is about, with numbers masked. Alerts of one kind and subject count as the same.
            message: what happened, and what to do about it.
            logged: the text for logs and notifications, if `message` may name a person.
            link: where to act on it, besides the command in the message.
            pause: how long the same alert is not sent again, up to a day.
        """
        now_ms, pause_ms = self._clock.now_ms(), pause // timedelta(milliseconds=1)
        if not _is_due(self._sent_ms, kind, subject, now_ms, pause_ms):
            return
        try:
            if not await self._alert_store.claim_alert(kind, subject, pause_ms=pause_ms):
                return
            await self._alert_store.add_alert(
                KeptAlert(id="", at_ms=now_ms, kind=kind, subject=subject, message=message)
            )
        except StoreUnavailable:
            del self._sent_ms[kind, subject]  # so it is stored when it is noticed again
        _log.warning("alert", kind=kind, label=subject, detail=logged or message)
        if self._notify is not None and _is_due(self._notified_ms, kind, subject, now_ms, pause_ms):
            self._send_soon(self._notify, _title_of(kind, subject), _body_of(kind, logged or message, link))

    async def aclose(self) -> None:
        """Give notifications that are under way a moment to finish."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=_PATIENCE.total_seconds())
            for task in late:
                task.cancel()

    def _send_soon(self, notify: Notify, title: str, body: str) -> None:
        if len(self._under_way) >= _MAX_UNDER_WAY:
            _log.error("alert_not_sent", reason="too many at once")
            return

        async def send() -> None:
            await notify(title, body)

        task = asyncio.create_task(send())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _is_due(sent_ms: dict[tuple[str, str], int], kind: str, subject: str, now_ms: int, pause_ms: int) -> bool:
    """Whether this process sent no such alert within the pause; if so, record that it is sent now."""
    if 0 <= now_ms - sent_ms.get((kind, subject), -pause_ms) < pause_ms:  # less than 0: the clock was set back
        return False
    if len(sent_ms) >= _MAX_REMEMBERED:
        sent_ms.clear()
    sent_ms[kind, subject] = now_ms
    return True


def _title_of(kind: str, subject: str) -> str:
    return f"Switchyard: {kind.replace('_', ' ')}, {subject}"


def _body_of(kind: str, message: str, link: str) -> str:
    step = "" if _COMMAND in message else f"Next: {_NEXT_STEPS.get(kind, _ANYWHERE)}"
    return "\n\n".join(filter(None, (message, step, link)))
