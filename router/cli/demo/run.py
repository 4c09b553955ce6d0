"""Run the demo from its first line to its last, whatever ends it."""

import asyncio
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from router.cli.demo.frame import Ending, Opened, StoppedEarly
from router.cli.demo.narrator import JsonNarrator, Narrator, StoryClock, TextNarrator
from router.cli.demo.place import Place, find_place
from router.cli.demo.scene import open_scene, set_up
from router.cli.demo.show import Show
from router.cli.demo.story import CALM, FAST, Pace, people_per_hour
from router.cli.demo.together import first_of, pass_time

_PIPED_WIDTH = 80
_STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What whoever runs the demo may choose."""

    rate: float
    seconds: float | None
    is_fast: bool
    seed: int
    port: int
    sandbox_port: int
    data_dir: Path | None
    as_json: bool


async def run_demo(options: DemoOptions) -> bool:
    """Run until stopped, and return whether every promise that was watched was kept.

    Raises:
        SceneBroken: a process ended, a command failed.
        InvalidField: the data directory holds something already.
    """
    stopped = asyncio.Event()
    for request in _STOPPED_BY:
        asyncio.get_running_loop().add_signal_handler(request, stopped.set)
    pace = FAST if options.is_fast else CALM
    narrator = _narrator(options, pace)
    try:
        with find_place(options.data_dir, port=options.port, sandbox_port=options.sandbox_port) as place:
            narrator.tell(_opened(place, options.seed))
            return await _perform(place, options, pace, narrator, stopped)
    finally:
        narrator.close()


async def _perform(place: Place, options: DemoOptions, pace: Pace, narrator: Narrator, stopped: asyncio.Event) -> bool:
    allowance = people_per_hour(options.rate)
    settings = pace.settings | {"PROMPTED_PEOPLE_PER_HOUR": str(allowance)}
    async with open_scene(place, seed=options.seed, settings=settings, tell=narrator.tell) as scene:
        await first_of(set_up(scene, warm_up_s=pace.warm_up_s, tell=narrator.tell), scene.watch(), stopped.wait())
        if stopped.is_set():
            narrator.tell(StoppedEarly())
            return True
        show = Show(place, seed=options.seed, rate=options.rate, pace=pace, allowance=allowance, narrator=narrator)
        await first_of(show.play(), scene.watch(), stopped.wait(), pass_time(options.seconds))
        narrator.tell(Ending())
        ended = await show.close()
    narrator.tell(ended)
    return ended.is_good


def _narrator(options: DemoOptions, pace: Pace) -> Narrator:
    clock = StoryClock()
    if options.as_json:
        return JsonNarrator(sys.stdout, clock, board_s=pace.board_s)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PIPED_WIDTH)
    return TextNarrator(console, clock, board_s=pace.board_s)


def _opened(place: Place, seed: int) -> Opened:
    return Opened(
        signup_url=place.signup_url,
        sandbox_url=f"{place.sandbox_url}/",
        api_url=f"{place.gateway_url}/schema",
        admin_key=place.admin_key,
        data_dir=str(place.directory) if place.is_kept else None,
        moved_ports=place.moved_ports,
        seed=seed,
    )
