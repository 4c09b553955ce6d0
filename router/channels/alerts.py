"""Alerts to operators wherever Apprise reaches: Slack, e-mail, PagerDuty and a hundred more.

A notification that can not be sent is logged and nothing else: what it tells of is kept in the store as well.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from router.observe.logs import get_logger

if TYPE_CHECKING:
    from apprise import Apprise

_AT_ONCE = 4
_TIMEOUT_S = 60.0  # the library spaces what it sends to one service, mail by five seconds
_PATIENCE_S = 65.0
_log = get_logger()


class Notifier:
    """Sends notifications from threads, because the library's plugins block.

    Args:
        urls: as Apprise has them, https://github.com/caronc/apprise/wiki.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = urls
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._services: Apprise | None = None
        self._unusable: list[str] = []

    async def notify(self, title: str, body: str) -> bool:
        """Tell every service, and return whether all took it; this never raises."""
        try:
            async with self._room, asyncio.timeout(_PATIENCE_S):
                return await self._in_thread(title, body)
        except Exception as error:  # noqa: BLE001  # a hundred plugins, and none of them may stop what it tells of
            _log.error("alert_not_sent", error=type(error).__name__)
            return False

    async def _in_thread(self, title: str, body: str) -> bool:
        """Call the library in a thread that nobody waits for at the end of the process."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bool] = loop.create_future()

        def work() -> None:
            try:
                outcome = partial(told.set_result, self._tell(title, body))
            except Exception as error:  # noqa: BLE001  # carried over to who waits
                outcome = partial(told.set_exception, error)
            with suppress(RuntimeError):  # the loop may be gone by now, and nobody waits
                loop.call_soon_threadsafe(lambda: told.done() or outcome())

        Thread(target=work, name="alert", daemon=True).start()
        return await told

    def _tell(self, title: str, body: str) -> bool:
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
    """Return the services of these URLs, and the schemes of those that are of no use; the rest of them is secret."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415  # more than a second, for which only alerts should wait

    logging.getLogger("apprise").disabled = True  # it logs the URLs that it can not read, and to whom mail goes
    asset = AppriseAsset(app_id="Switchyard", app_desc="Switchyard", app_url="", storage_mode="memory", plugin_paths=[])
    services = Apprise(asset=asset)
    return services, [url.partition("://")[0] for url in urls if not services.add(url)]
