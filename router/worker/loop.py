"""Run each tick at its pace until cancelled; a tick that fails is logged and runs again at its next turn."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from router.core.errors import SwitchyardError
from router.telemetry.logs import get_logger

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Chore:
    """A tick and how often it runs; a failure is logged as `failure_event`."""

    name: str
    every: timedelta
    tick: Callable[[], Awaitable[Any]]
    failure_event: str = "tick_failed"


async def run_chores(chores: list[Chore]) -> None:
    """Run all chores side by side until cancelled."""
    async with asyncio.TaskGroup() as group:
        for chore in chores:
            group.create_task(_run(chore), name=chore.name)


async def _run(chore: Chore) -> None:
    me = asyncio.current_task()
    assert me is not None
    while True:
        try:
            await chore.tick()
        except SwitchyardError as error:
            _log.warning(chore.failure_event, tick=chore.name, error_code=error.code)
        except Exception as error:  # noqa: BLE001 - a border: one bad tick must not end the others
            _log.error(chore.failure_event, tick=chore.name, error=type(error).__name__, exc_info=error)
        if me.cancelling():  # a store client that is cancelled in mid-call may raise a lost connection instead
            return
        await asyncio.sleep(chore.every.total_seconds())
