"""`switchyard sandbox`: a local Linq to develop and test against; no part of the gateway."""

import json
import secrets
import socket
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from router.core.errors import Refused
from router.telemetry.logs import configure_logs

if TYPE_CHECKING:
    from router.sandbox.sandbox import Sandbox

_MAX_LINES = 500
_KEY_BYTES = 16


def sandbox(
    *,
    host: Annotated[str, typer.Option(help="Where to listen; beyond loopback anyone may use it.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port.")] = 8010,
    lines: Annotated[int, typer.Option(min=0, max=_MAX_LINES, help="How many lines the account has.")] = 6,
    seed: Annotated[int | None, typer.Option(help="Make chance repeatable; ids and secrets stay random.")] = None,
    webhook: Annotated[str | None, typer.Option(help="Subscribe this address to every event.")] = None,
    webhook_secret: Annotated[str | None, typer.Option(help="Its signing secret, whsec_…; made if not given.")] = None,
    api_key: Annotated[str | None, typer.Option(help="The only valid API key; any key is, if not given.")] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=10_000, help="How many times faster than Linq.")] = 1.0,
    sink_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Plays your app and Twilio there; 0: any free port.")
    ] = 8011,
    smtp_port: Annotated[int, typer.Option(min=0, max=65535, help="Receives mail there; 0: any free port.")] = 8012,
    as_json: Annotated[bool, typer.Option("--json", help="Print its addresses as one line of JSON.")] = False,
) -> None:
    """Run a local Linq until stopped: its API, its webhooks, and people who text. It stores nothing."""
    # Imported here, because the provider's SDK takes longer to import than most commands take to run.
    from router.sandbox.sandbox import SandboxOptions  # noqa: PLC0415
    from router.sandbox.server import run_sandbox  # noqa: PLC0415

    configure_logs("auto", "warning")
    for wanted in (port, sink_port, smtp_port):
        _require_free_port(host, wanted)
    options = SandboxOptions(
        lines=lines,
        seed=seed,
        api_key=api_key,
        webhook=webhook,
        webhook_secret=webhook_secret,
        speed=speed,
        sinks=(host, sink_port, smtp_port),
    )
    base_url = f"http://{host if ':' not in host else f'[{host}]'}:{port}"
    run_sandbox(options, host=host, port=port, greet=partial(_greet, base_url=base_url, as_json=as_json))


def _require_free_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise Refused(
                f"Cannot listen on {host} port {port}: {fault.strerror}. "
                "Choose others with --port, --sink-port, --smtp-port."
            ) from fault


def _greet(running: "Sandbox", *, base_url: str, as_json: bool) -> None:
    key = running.options.api_key or f"sandbox_{secrets.token_hex(_KEY_BYTES)}"
    webhook_secret = next((each.secret for each in running.world.subscriptions.values()), None)
    api_url = f"{base_url}/api/partner"
    sinks = {} if running.sinks is None else running.sinks.urls
    if as_json:
        where = {"base_url": api_url, "api_key": key, "page_url": f"{base_url}/", "webhook_secret": webhook_secret}
        print(json.dumps({**where, "sinks": sinks}), flush=True)
        return
    show = Console(highlight=False, soft_wrap=True).print
    show("\n[bold]Sandbox: a local Linq, not the real one.[/] It stores nothing; stop it with Ctrl+C.")
    show(f"  page      {base_url}/")
    show(f"  base URL  {api_url}")
    show(f"  API key   {key}" + ("" if running.options.api_key else "   [dim](any other works too)[/]"))
    if webhook_secret is not None:
        show(f"  webhooks  {running.options.webhook}")
        show(f"  secret    {webhook_secret}")
    for channel, url in sinks.items():
        show(f"  {channel:<9} {url}")
    show("")
