"""Send alerts to operators through Apprise: Slack, e-mail, PagerDuty and a hundred more.

A notification that cannot be sent is only logged, because the alert is also in the store.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from router.telemetry.logs import get_logger

if TYPE_CHECKING:
    from apprise import Apprise

_AT_ONCE = 4
_TIMEOUT_S = 60.0  # the library pauses between messages to one service, five seconds for mail
_PATIENCE_S = 65.0
_log = get_logger()


class Notifier:
    """Sends notifications from threads, because the library's plugins block.

    Args:
        urls: Apprise URLs, see https://github.com/caronc/apprise/wiki.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = urls
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._services: Apprise | None = None
        self._unusable: list[str] = []

    async def notify(self, title: str, body: str) -> bool:
        """Notify every service, and return whether all accepted it. Never raises."""
        try:
            async with self._room, asyncio.timeout(_PATIENCE_S):
                return await self._in_thread(title, body)
        except Exception as error:  # noqa: BLE001  # a hundred plugins, and none may stop the work that sends an alert
            _log.error("alert_not_sent", error=type(error).__name__)
            return False

    async def _in_thread(self, title: str, body: str) -> bool:
        """Call the library in a thread that does not delay the end of the process."""
        loop = asyncio.get_running_loop()
        sent: asyncio.Future[bool] = loop.create_future()

        def work() -> None:
            try:
                outcome = partial(sent.set_result, self._send(title, body))
            except Exception as error:  # noqa: BLE001  # passed to the caller
                outcome = partial(sent.set_exception, error)
            with suppress(RuntimeError):  # the loop may be closed by now, and nobody waits
                loop.call_soon_threadsafe(lambda: sent.done() or outcome())

        Thread(target=work, name="alert", daemon=True).start()
        return await sent

    def _send(self, title: str, body: str) -> bool:
        if self._services is None:
            self._services, self._unusable = load_services(self._urls)
            for scheme in self._unusable:
                _log.error("alert_url_unusable", label=scheme)
        result = self._services.notify(body, title, "warning", body_format="text", timeout=_TIMEOUT_S)
        for service in result:
            if not service:
                _log.error("alert_not_sent", label=str(service.name))
        return bool(result) and not self._unusable


def load_services(urls: Sequence[str]) -> "tuple[Apprise, list[str]]":
    """Return the services of these URLs, and the schemes of unusable ones; the rest of a URL is secret."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415  # takes over a second, so only alerts load it

    logging.getLogger("apprise").disabled = True  # it logs URLs it cannot read, and mail recipients
    asset = AppriseAsset(app_id="Switchyard", app_desc="Switchyard", app_url="", storage_mode="memory", plugin_paths=[])
    services = Apprise(asset=asset)
    return services, [url.partition("://")[0] for url in urls if not services.add(url)]
