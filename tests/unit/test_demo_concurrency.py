"""Several tasks at once: the first that ends or fails decides."""

import asyncio

import pytest

from router.demo.concurrency import all_of, first_of, pass_time


class Marker:
    """Records how a long task ended."""

    def __init__(self) -> None:
        self.was_cancelled = False

    async def wait(self) -> None:
        """Wait forever."""
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise


async def pass_by() -> None:
    """End at once."""


async def go_wrong() -> None:
    """Fail."""
    raise LookupError("on purpose")


async def go_wrong_in_a_group() -> None:
    """Fail inside a task group, which wraps the error."""
    async with asyncio.TaskGroup() as group:
        group.create_task(go_wrong())


async def test_the_first_to_end_ends_the_others() -> None:
    """The first to end cancels the others before the call returns."""
    marker = Marker()
    await first_of(marker.wait(), pass_by())
    assert marker.was_cancelled


async def test_the_first_that_goes_wrong_is_raised() -> None:
    """The error is raised as it was, and the other tasks are cancelled."""
    marker = Marker()
    with pytest.raises(LookupError):
        await first_of(marker.wait(), go_wrong())
    assert marker.was_cancelled


async def test_all_must_go_right() -> None:
    """One failure ends the other tasks, and is raised as it was, however deeply it was wrapped."""
    marker = Marker()
    with pytest.raises(LookupError):
        await all_of(marker.wait(), go_wrong_in_a_group())
    assert marker.was_cancelled
    await all_of(pass_by(), pass_by())


async def test_time_passes_or_never_does() -> None:
    """A number of seconds ends the task that runs alongside it; without a number it never ends."""
    marker = Marker()
    await first_of(pass_time(0.001), pass_time(None), marker.wait())
    assert marker.was_cancelled
