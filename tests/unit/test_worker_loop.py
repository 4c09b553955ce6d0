"""The worker's loop: each chore at its own pace; no chore can stop the others or outlast them."""

import asyncio
from datetime import timedelta

import pytest

from router.core.errors import StoreUnavailable
from router.worker.loop import Chore, run_chores

AT_ONCE = timedelta(0)


async def test_a_tick_that_fails_is_tried_again() -> None:
    """No error, expected or not, ends its own chore or another."""
    turns = {"expected": 0, "unforeseen": 0, "well": 0}

    async def expected() -> None:
        turns["expected"] += 1
        raise StoreUnavailable("away")

    async def unforeseen() -> None:
        turns["unforeseen"] += 1
        raise ZeroDivisionError

    async def well() -> None:
        turns["well"] += 1

    chores = [Chore(tick.__name__, AT_ONCE, tick) for tick in (expected, unforeseen, well)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await run_chores(chores)
    assert min(turns.values()) > 3


async def test_a_client_that_hides_the_cancellation_does_not_keep_the_worker() -> None:
    """A tick whose cancelled call returns as a lost connection is the last of its chore, however long its pause."""
    began = asyncio.Event()

    async def tick() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            raise StoreUnavailable("the connection was lost") from error

    worker = asyncio.create_task(run_chores([Chore("stubborn", timedelta(hours=1), tick)]))
    await began.wait()
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await worker
