"""`switchyard serve` and `switchyard worker`: run the gateway.

`serve` is the process that owns the data directory: it starts the embedded store, the server processes and the worker,
and ends them in the reverse order.
"""

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server.mp import MPServer
from rich.console import Console

from router.cli.reconcilers import RECONCILE_EVERY, open_reconcilers
from router.core.errors import Refused
from router.observe.logs import GRANIAN_LOG_CONFIG, configure_logs, get_logger
from router.secret_key import ensure_secret_key
from router.settings import Settings, load_settings
from router.starter import become_the_starter, end_with_starter, has_lost_its_starter
from router.store.embedded import EmbeddedStore
from router.wiring import START_PATIENCE, base_url_of, open_gateway
from router.worker import aging, campaigns, expiry, headroom, news, sampling, second_look
from router.worker.loop import Chore, run_chores

_RESTART_PAUSE_S = 1.0
_END_PATIENCE_S = 10.0
_OPEN_PAGES_PATIENCE_S = 3  # a page that listens for news would hold its server open for minutes
_PORT_PATIENCE_S = 3.0  # an orphan looks for its starter once a second, then ends
_PORT_POLL_S = 0.05
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
    _require_free_port(settings)
    become_the_starter()
    ensure_secret_key(settings.data_dir, settings.secret_key)  # before there is data that only it can open
    with ExitStack() as stack:
        if settings.redis_url is None:
            stack.enter_context(EmbeddedStore.start(settings.data_dir))
        admin_key = asyncio.run(_prepare(settings))
        if with_worker:
            stack.enter_context(_worker_beside())
        _greet(settings, admin_key)
        _make_server(settings).serve()


def worker() -> None:
    """Run the ticks until stopped."""
    end_with_starter()
    settings = load_settings(os.environ, directory=Path.cwd())
    configure_logs(settings.log_format, settings.log_level)
    asyncio.run(_work(settings))


async def _prepare(settings: Settings) -> str | None:
    """Check the store and see to it that somebody can get in: the new admin key, if one was made."""
    async with open_gateway(settings, patience=START_PATIENCE) as gateway:
        for warning in gateway.server.warnings:
            _log.warning("store_setting", reason=warning)
        configured = settings.admin_key
        return await gateway.access.ensure_admin(None if configured is None else configured.get_secret_value())


async def _work(settings: Settings) -> None:
    me = asyncio.current_task()
    assert me is not None
    for request in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(request, me.cancel)

    async def leave_with_starter() -> None:
        if has_lost_its_starter():
            me.cancel()

    try:
        async with open_gateway(settings, patience=START_PATIENCE) as gateway, open_reconcilers(gateway) as reconcilers:
            directory, clock = gateway.directory, gateway.clock
            chores = [
                Chore("refresh", timedelta(seconds=1), gateway.refresh),
                Chore("starter", timedelta(seconds=1), leave_with_starter),
                Chore(
                    "expiry",
                    timedelta(seconds=1),
                    lambda: expiry.tick(directory, gateway.assignments, now_ms=clock.now_ms()),
                ),
                Chore(
                    "aging",
                    timedelta(seconds=10),
                    lambda: aging.tick(directory, gateway.lines, gateway.hook_log, now_ms=clock.now_ms()),
                ),
                Chore(
                    "sampling",
                    timedelta(minutes=5),
                    lambda: sampling.tick(directory, gateway.capacity, now_ms=clock.now_ms()),
                ),
                Chore("headroom", headroom.EVERY, lambda: headroom.tick(directory, gateway.capacity, gateway.alerts)),
                Chore("campaigns", timedelta(seconds=1), lambda: campaigns.tick(directory, gateway.migration_engine)),
                Chore("news", timedelta(seconds=1), lambda: news.tick(directory, gateway.news_teller)),
                Chore("second_look", timedelta(seconds=10), lambda: second_look.tick(gateway.deliveries)),
                *(Chore("reconcile", RECONCILE_EVERY, tick) for tick in reconcilers),
            ]
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


def _require_free_port(settings: Settings) -> None:
    """Say so when the port is taken, rather than after the store has started.

    The server processes of a gateway that was killed hold it for a moment yet: a supervisor that starts the next one at
    once must not be refused for that.

    Raises:
        Refused: it is, or the address is not this machine's.
    """
    deadline = time.monotonic() + _PORT_PATIENCE_S
    while (fault := _fault_of_port(settings)) is not None:
        if fault.errno != errno.EADDRINUSE or time.monotonic() >= deadline:
            raise Refused(
                f"{settings.host}:{settings.port} can not be used ({fault.strerror}). "
                "Stop what runs there, or set SWITCHYARD_PORT to another port."
            ) from fault
        time.sleep(_PORT_POLL_S)


def _fault_of_port(settings: Settings) -> OSError | None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as fault:
            return fault
    return None


@contextmanager
def _worker_beside() -> Iterator[None]:
    """Keep a worker process running, and start it again should it end."""
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


def _greet(settings: Settings, admin_key: str | None) -> None:
    show = partial(Console(highlight=False, soft_wrap=True).print)
    base_url = base_url_of(settings)
    show(f"\n[bold]Switchyard[/] answers on [bold]{base_url}[/]  (API: {base_url}/schema)")
    if admin_key is None:
        show("Its pools: [bold]switchyard pools list[/]\n")
        return
    show(f"\nYour admin key, shown this once:  [bold]{admin_key}[/]")
    show("\nNext, in another terminal, in this folder:")
    command = Path(sys.executable).parent / "switchyard"
    here = Path.cwd()
    spelled = command.relative_to(here) if command.is_relative_to(here) else "switchyard"
    show(f'  {spelled} pools create main --name "Acme"')
    for last in (1, 2, 3):
        show(f"  {spelled} lines add +1202555010{last}        [dim]# your own numbers[/]")
    show(f"\nThen open [bold]{base_url}/j/main[/] on a phone beside this machine, and on this machine.\n")
