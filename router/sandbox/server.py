"""Run a sandbox until it is stopped, in one process and one event loop, on Granian."""

import asyncio
import signal
from collections.abc import Callable

from granian.constants import Interfaces
from granian.server.embed import Server

from router.core.errors import InvalidField
from router.sandbox.app import create_app
from router.sandbox.faults import LinqFault
from router.sandbox.sandbox import Sandbox, SandboxOptions, open_sandbox
from router.sandbox.signing import is_secret

_BACKLOG = 1024


def run_sandbox(options: SandboxOptions, *, host: str, port: int, greet: Callable[[Sandbox], None]) -> None:
    """Serve until SIGTERM or SIGINT. `greet` is called once the port is open.

    Raises:
        InvalidField: the webhook's address or its secret cannot be used.
    """
    if options.webhook_secret is not None and not is_secret(options.webhook_secret):
        raise InvalidField("webhook-secret", "it must be whsec_ and base64 after it")
    try:
        asyncio.run(_serve(options, host=host, port=port, greet=greet))
    except LinqFault as fault:
        raise InvalidField("webhook", fault.message) from fault


async def _serve(options: SandboxOptions, *, host: str, port: int, greet: Callable[[Sandbox], None]) -> None:
    async with open_sandbox(options) as sandbox:
        server = Server(
            create_app(sandbox),
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            websockets=False,
            backlog=_BACKLOG,
            log_enabled=False,
        )
        server.on_startup(lambda: greet(sandbox))
        for request in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(request, server.stop)
        await server.serve()
