"""`switchyard serve` and `switchyard worker`: run the gateway.

`serve` is the process that owns the data directory: it starts the embedded store, the server processes and the worker,
and ends them in the reverse order.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from router.cli.free_port import require_free_port
from router.cli.greeting import greet
from router.process.starter import become_the_starter, end_with_gateway
from router.settings.loading import load_settings
from router.settings.secret_key import ensure_secret_key
from router.settings.settings import Settings
from router.store.server.embedded import EmbeddedStore
from router.telemetry.logs import GRANIAN_LOG_CONFIG, configure_logs, get_logger
from router.wiring.open import START_PATIENCE, base_url_of, open_gateway
from router.worker.chores import open_chores
from router.worker.loop import run_chores

_RESTART_PAUSE_S = 1.0
_END_PATIENCE_S = 10.0
_OPEN_PAGES_PATIENCE_S = 3  # a page that waits for live updates would hold its server open for minutes
_HEADER_TIMEOUT_MS = 15_000
_BACKLOG = 2048

_log = get_logger()


def register(app: typer.Typer) -> None:
    """Add the commands that run the gateway."""
    app.command(help="Run the gateway: pages, API and worker, with the embedded store unless told another.")(serve)
    app.command(help="Run the background worker alone, beside a gateway started with --no-worker.")(worker)


def serve(
    with_worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Also run the background worker.")] = True,
) -> None:
    """Run until stopped."""
    settings = load_settings(os.environ, directory=Path.cwd())
    configure_logs(settings.log_format, settings.log_level)
    require_free_port(settings.host, settings.port)
    become_the_starter()
    ensure_secret_key(settings.data_dir, settings.secret_key)  # before there is data that only it can open
    with ExitStack() as stack:
        if settings.redis_url is None:
            stack.enter_context(EmbeddedStore.start(settings.data_dir))
        admin_key = asyncio.run(_prepare(settings))
        if with_worker:
            stack.enter_context(_worker_beside())
        greet(base_url_of(settings), admin_key)
        _make_server(settings).serve()


def worker() -> None:
    """Run the worker's chores until stopped."""
    end_with_gateway()
    settings = load_settings(os.environ, directory=Path.cwd())
    configure_logs(settings.log_format, settings.log_level)
    asyncio.run(_run_worker(settings))


async def _prepare(settings: Settings) -> str | None:
    """Check the store and make sure that there is an admin key; return it if it was made just now."""
    async with open_gateway(settings, patience=START_PATIENCE) as gateway:
        for warning in gateway.server.warnings:
            _log.warning("store_setting", reason=warning)
        configured = settings.admin_key
        return await gateway.access.ensure_admin(None if configured is None else configured.get_secret_value())


async def _run_worker(settings: Settings) -> None:
    me = asyncio.current_task()
    assert me is not None
    for request in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(request, me.cancel)
    try:
        async with open_gateway(settings, patience=START_PATIENCE) as gateway, open_chores(gateway) as chores:
            _log.info("worker_started")
            await run_chores(chores)
    except asyncio.CancelledError:
        _log.info("worker_stopped")


def _make_server(settings: Settings) -> MPServer:
    return MPServer(
        "router.asgi:create_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=settings.workers,
        websockets=False,
        backlog=_BACKLOG,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_TIMEOUT_MS),
        respawn_failed_workers=True,
        workers_kill_timeout=_OPEN_PAGES_PATIENCE_S,
        log_dictconfig=dict(GRANIAN_LOG_CONFIG),
    )


@contextmanager
def _worker_beside() -> Iterator[None]:
    """Keep a worker process running beside the server, and start it again if it ends."""
    stopping = threading.Event()
    process: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            process[:] = [subprocess.Popen([sys.executable, "-m", "router", "worker"])]
            process[0].wait()
            if not stopping.wait(_RESTART_PAUSE_S):
                _log.warning("worker_restarted")

    keeper = threading.Thread(target=keep, name="worker-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for running in process:
            running.terminate()
        keeper.join(_END_PATIENCE_S)
