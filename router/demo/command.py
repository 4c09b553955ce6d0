"""The command `switchyard demo`: see everything work without an account."""

import asyncio
import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

_MAX_SEED = 9999


def demo(
    *,
    rate: Annotated[float, typer.Option(min=0.1, max=50, help="People a second.")] = 2.0,
    seconds: Annotated[
        float | None, typer.Option(min=1, help="End after this time, counted from the first person.")
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Shorten the pauses.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Make up the same people again.")] = None,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the gateway; another one if it is taken.")
    ] = 8000,
    sandbox_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the sandbox; another one if it is taken.")
    ] = 8010,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the data in this new or empty directory; by default it is temporary.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what happens as lines of JSON.")] = False,
) -> None:
    """Watch a gateway at work: made-up people sign up and text, a line is flagged and recovers. No account needed."""
    # Imported here, because most commands need neither the HTTP client nor the demo.
    from router.demo.run import DemoOptions, run_demo  # noqa: PLC0415
    from router.demo.stage.processes import StageFailed  # noqa: PLC0415

    options = DemoOptions(
        rate=rate,
        seconds=seconds,
        is_fast=fast,
        seed=secrets.randbelow(_MAX_SEED) if seed is None else seed,
        port=port,
        sandbox_port=sandbox_port,
        data_dir=data_dir,
        as_json=as_json,
    )
    try:
        is_good = asyncio.run(run_demo(options))
    except StageFailed as broken:
        print(f"{broken} The end of its log:\n\n{broken.log}", file=sys.stderr)
        raise typer.Exit(1) from broken
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the reader is gone, and Python would complain at exit
        is_good = True
    if not is_good:
        raise typer.Exit(1)
