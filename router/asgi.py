"""The ASGI application that a server process runs: it opens the gateway at the start and closes it at the end.

Settings come from the environment and switchyard.toml, once, when the process starts.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from router.assets import load_static, static_dir
from router.core.links.client import warm_up
from router.gateway import Gateway
from router.process.starter import end_with_gateway, has_lost_its_starter
from router.settings.loading import load_settings
from router.settings.settings import Settings
from router.telemetry.logs import configure_logs
from router.web.api.app import create_litestar
from router.web.hot.front_door import FrontDoor
from router.web.hot.hosts import AllowedHosts
from router.web.hot.join import Join
from router.web.hot.person import PersonPages
from router.web.hot.problem_page import ProblemPages
from router.web.hot.signposts import Signposts
from router.web.hot.signup_api import SignupApi
from router.web.hot.webhook import Webhook
from router.web.raw_response import Receive, Scope, Send
from router.web.rendering.page_templates import PageTemplates
from router.web.rendering.pool_pages import PageShelf
from router.web.rendering.signup_answers import SignupAnswers
from router.wiring.open import START_PATIENCE, lan_address, open_gateway
from router.worker.loop import Chore, run_chores

_EVERY = timedelta(seconds=1)
# The default of 700 young objects makes the collector run several times a batch; what lives at start stays anyway.
_GC_THRESHOLD = 50_000


class Application:
    """The whole gateway as one ASGI application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._door: FrontDoor | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request, or the server's start and end. Not async itself: that saves a layer on every request."""
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
            templates = PageTemplates(load_static(static_dir()))
            litestar = create_litestar(gateway)
            async with litestar.lifespan():
                tasks = [
                    asyncio.create_task(run_chores(_chores(gateway)), name="chores"),
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


def make_front_door(gateway: Gateway, templates: PageTemplates, inner: Any) -> FrontDoor:
    """Return the front door: the hot routes, and `inner` behind them."""
    shelf = PageShelf(templates, gateway.base_url)
    return FrontDoor(
        hosts=AllowedHosts(allowed_hosts(gateway)),
        join=Join(
            signups=gateway.signups,
            consents=gateway.consents,
            pool_cache=gateway.pool_cache,
            shelf=shelf,
            tokens=gateway.tokens,
            nonces=gateway.nonces,
            clock=gateway.clock,
            random_bytes=gateway.random_bytes,
            steps=gateway.step_counter,
        ),
        person=PersonPages(
            signups=gateway.signups,
            pool_cache=gateway.pool_cache,
            shelf=shelf,
            tokens=gateway.tokens,
            cards=gateway.cards,
            watcher=gateway.watcher,
            openings=gateway.openings,
            steps=gateway.step_counter,
        ),
        signup_api=SignupApi(
            signups=gateway.signups,
            pool_cache=gateway.pool_cache,
            access=gateway.access,
            answers=SignupAnswers(gateway.tokens, gateway.base_url),
        ),
        webhook=Webhook(gateway.deliveries),
        problem_pages=ProblemPages(gateway.pool_cache, shelf, gateway.tokens),
        signposts=Signposts(gateway.pool_cache, gateway.tokens),
        inner=inner,
        meter=gateway.request_meter,
    )


def allowed_hosts(gateway: Gateway) -> frozenset[str]:
    """Return our own host names: the one in our links, those in the settings, and those of this machine."""
    linked = gateway.base_url.split("://", 1)[1]
    name = linked if linked.endswith("]") else linked.rpartition(":")[0] or linked
    local = {"localhost", "127.0.0.1", "[::1]", lan_address(), socket.gethostname().lower()}
    return frozenset({name.lower(), *local, *gateway.settings.allowed_hosts})


def _chores(gateway: Gateway) -> list[Chore]:
    return [
        Chore("refresh", _EVERY, gateway.refresh, failure_event="refresh_failed"),
        Chore("meter", _EVERY, gateway.request_meter.flush),
        Chore("steps", _EVERY, gateway.step_counter.flush),
        Chore("starter", _EVERY, _die_with_starter),
    ]


async def _die_with_starter() -> None:
    """End at once when the gateway that started us was killed, or we would hold the port against its successor."""
    if has_lost_its_starter():
        os.kill(os.getpid(), signal.SIGKILL)


def create_app() -> Application:
    """Make the application from the environment; the factory that Granian calls in each server process.

    Raises:
        SettingsError: names all faults at once.
    """
    end_with_gateway()
    settings = load_settings(os.environ, directory=Path.cwd())
    configure_logs(settings.log_format, settings.log_level)
    return Application(settings)
