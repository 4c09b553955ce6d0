"""The command `switchyard mcp`."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from router.core.errors import Refused
from router.settings.loading import load_settings
from router.telemetry.logs import configure_logs


def mcp(
    *,
    allow_acts: Annotated[
        bool,
        typer.Option("--allow-acts", help="Offer tools that change lines and campaigns too. Each asks for a reason."),
    ] = False,
) -> None:
    """Serve the Model Context Protocol on stdin and stdout, for a language model's client to start."""
    if find_spec("mcp") is None:
        raise Refused("the Model Context Protocol is an extra; install it with: pip install 'switchyard[mcp]'")
    from router.cli.mcp.server import make_server  # noqa: PLC0415 - the extra is there only now

    settings = load_settings(os.environ, directory=Path.cwd())
    configure_logs(settings.log_format, "warning")  # to stderr; stdout belongs to the protocol
    make_server(settings, allow_acts=allow_acts).run("stdio")
