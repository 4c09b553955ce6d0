"""The ASGI application a server process runs: opens the gateway at start, closes it at the end.

Settings come from the environment and switchyard.toml, once, when the process starts.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jinja2 import Environment

from router.assets import load_static, static_dir
from router.core.client import warm_up
from router.core.errors import StoreUnavailable
from router.observe.logs import configure_logs, get_logger
from router.settings import Settings, load_settings
from router.starter import end_with_starter, has_lost_its_starter
from router.web.answer import Receive, Scope, Send
from router.web.app import create_litestar
from router.web.front_door import FrontDoor
from router.web.hosts import AllowedHosts
from router.web.join import Join
from router.web.person import PersonPages
from router.web.pool_pages import PageShelf
from router.web.signup_answers import SignupAnswers
from router.web.signup_api import SignupApi
from router.web.templates import make_templates
from router.web.webhook import Webhook
from router.wiring import START_PATIENCE, Gateway, lan_address, open_gateway

_REFRESH_S = 1.0
# The default of 700 young objects makes the collector run several times a batch; what lives at start stays anyway.
_GC_THRESHOLD = 50_000
_log = get_logger()


class Application:
    """The whole gateway as one ASGI application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._door: FrontDoor | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request, or the server's start and end. Not async itself: a layer less on every request."""
        if scope["type"] == "http" and self._door is not None:
            return self._door(scope, receive, send)
        return self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._opened() as door:
                self._door = door
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            if self._door is None:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[FrontDoor]:
        async with open_gateway(self._settings, patience=START_PATIENCE) as gateway:
            templates = make_templates(load_static(static_dir()))
            litestar = create_litestar(gateway)
            async with litestar.lifespan():
                tasks = [
                    asyncio.create_task(_keep_fresh(gateway), name="refresh"),
                    asyncio.create_task(gateway.watcher.run(), name="watcher"),
                ]
                warm_up()
                gc.collect()
                gc.freeze()
                gc.set_threshold(_GC_THRESHOLD)
                try:
                    yield make_front_door(gateway, templates, litestar)
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)


def make_front_door(gateway: Gateway, templates: Environment, inner: Any) -> FrontDoor:
    """Put the hot routes before `inner`."""
    shelf = PageShelf(templates, gateway.base_url)
    return FrontDoor(
        hosts=AllowedHosts(allowed_hosts(gateway)),
        join=Join(
            signups=gateway.signups,
            directory=gateway.directory,
            shelf=shelf,
            tokens=gateway.tokens,
            nonces=gateway.nonces,
            clock=gateway.clock,
            random_bytes=gateway.random_bytes,
        ),
        person=PersonPages(
            signups=gateway.signups,
            directory=gateway.directory,
            shelf=shelf,
            tokens=gateway.tokens,
            cards=gateway.cards,
            watcher=gateway.watcher,
            openings=gateway.openings,
        ),
        signup_api=SignupApi(
            signups=gateway.signups,
            directory=gateway.directory,
            access=gateway.access,
            answers=SignupAnswers(gateway.tokens, gateway.base_url),
        ),
        webhook=Webhook(gateway.deliveries),
        templates=templates,
        inner=inner,
    )


def allowed_hosts(gateway: Gateway) -> frozenset[str]:
    """Our own names: the one in our links, the operator's further ones, and those of this machine."""
    linked = gateway.base_url.split("://", 1)[1]
    name = linked if linked.endswith("]") else linked.rpartition(":")[0] or linked
    local = {"localhost", "127.0.0.1", "[::1]", lan_address(), socket.gethostname().lower()}
    return frozenset({name.lower(), *local, *gateway.settings.allowed_hosts})


async def _keep_fresh(gateway: Gateway) -> None:
    me = asyncio.current_task()
    assert me is not None
    # A client that was stopped in mid-call may tell of a lost connection instead of the cancellation.
    while not me.cancelling():
        await asyncio.sleep(_REFRESH_S)
        if has_lost_its_starter():
            # Whoever started us was killed: end too, or we would hold the port against its successor.
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            await gateway.refresh()
        except StoreUnavailable:
            _log.warning("refresh_failed", error_code=StoreUnavailable.code)
        except Exception as error:  # noqa: BLE001 - a border: a bad record must not end the refreshing
            _log.error("refresh_failed", error=type(error).__name__, exc_info=error)


def create_app() -> Application:
    """Make the application from the environment; the factory that Granian calls in each server process.

    Raises:
        SettingsError: with all faults at once.
    """
    end_with_starter()
    settings = load_settings(os.environ, directory=Path.cwd())
    configure_logs(settings.log_format, settings.log_level)
    return Application(settings)
