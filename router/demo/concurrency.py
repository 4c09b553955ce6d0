"""Run several coroutines at once: until the first ends, or until all have ended."""

import asyncio
from collections.abc import Coroutine
from typing import Any

Work = Coroutine[Any, Any, object]


async def first_of(*works: Work) -> None:
    """Run coroutines until one of them ends, cancel the others, and raise the error of the one that ended."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def all_of(*works: Work) -> None:
    """Run coroutines to their end. The first error cancels the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as errors:
        first: BaseException = errors
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from None


async def pass_time(seconds: float | None) -> None:
    """Wait for the given seconds; None waits for ever."""
    if seconds is None:
        await asyncio.Event().wait()
    else:
        await asyncio.sleep(seconds)
