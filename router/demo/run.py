"""Run the demo from start to end, whatever ends it."""

import asyncio
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from router.demo.concurrency import first_of, pass_time
from router.demo.output.narrator import JsonNarrator, Narrator, StoryClock, TextNarrator
from router.demo.output.run_events import Ending, Opened, StoppedEarly
from router.demo.pace import CALM, FAST, Pace, people_per_hour
from router.demo.session import DemoSession
from router.demo.stage.stage import open_stage, set_up
from router.demo.stage.workspace import Workspace, find_workspace

_PIPED_WIDTH = 80
_STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """The options of the command."""

    rate: float
    seconds: float | None
    is_fast: bool
    seed: int
    port: int
    sandbox_port: int
    data_dir: Path | None
    as_json: bool


async def run_demo(options: DemoOptions) -> bool:
    """Run until stopped, and return whether every promise that the demo checks was kept.

    Raises:
        StageFailed: a process ended or a command failed.
        InvalidField: the data directory holds something already.
    """
    stopped = asyncio.Event()
    for request in _STOPPED_BY:
        asyncio.get_running_loop().add_signal_handler(request, stopped.set)
    pace = FAST if options.is_fast else CALM
    narrator = _narrator(options, pace)
    try:
        with find_workspace(options.data_dir, port=options.port, sandbox_port=options.sandbox_port) as workspace:
            narrator.report(_opened(workspace, options.seed))
            return await _perform(workspace, options, pace, narrator, stopped)
    finally:
        narrator.close()


async def _perform(
    workspace: Workspace, options: DemoOptions, pace: Pace, narrator: Narrator, stopped: asyncio.Event
) -> bool:
    allowance = people_per_hour(options.rate)
    settings = pace.settings | {"PROMPTED_PEOPLE_PER_HOUR": str(allowance)}
    async with open_stage(workspace, seed=options.seed, settings=settings, report=narrator.report) as stage:
        await first_of(set_up(stage, warm_up_s=pace.warm_up_s, report=narrator.report), stage.watch(), stopped.wait())
        if stopped.is_set():
            narrator.report(StoppedEarly())
            return True
        session = DemoSession(
            workspace, seed=options.seed, rate=options.rate, pace=pace, allowance=allowance, narrator=narrator
        )
        await first_of(session.play(), stage.watch(), stopped.wait(), pass_time(options.seconds))
        narrator.report(Ending())
        ended = await session.close()
    narrator.report(ended)
    return ended.is_good


def _narrator(options: DemoOptions, pace: Pace) -> Narrator:
    clock = StoryClock()
    if options.as_json:
        return JsonNarrator(sys.stdout, clock, board_s=pace.board_s)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PIPED_WIDTH)
    return TextNarrator(console, clock, board_s=pace.board_s)


def _opened(workspace: Workspace, seed: int) -> Opened:
    return Opened(
        signup_url=workspace.signup_url,
        sandbox_url=f"{workspace.sandbox_url}/",
        api_url=f"{workspace.gateway_url}/schema",
        admin_key=workspace.admin_key,
        data_dir=str(workspace.directory) if workspace.is_kept else None,
        moved_ports=workspace.moved_ports,
        seed=seed,
    )
