"""Record who opened the page that shows their new number; the page never waits for it."""

import asyncio
from functools import partial

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.errors import StoreUnavailable
from router.core.pool import PoolId
from router.services.pools.pool_cache import PoolView
from router.services.runtime.coalescer import Coalescer
from router.store.campaign_queue import MAX_SETTLED, CampaignQueue

_ASKED_TO_MOVE = frozenset({State.CONFIRMED, State.MOVING})  # their page says that our number has changed


class Openings:
    """Records openings. A lost one only costs a prompt that was not needed yet."""

    def __init__(self, queue: CampaignQueue) -> None:
        self._queue = queue
        self._recording: dict[PoolId, Coalescer[Code, None]] = {}

    def record(self, view: PoolView, assignment: Assignment) -> None:
        """Record that a person saw their page, if it asks them to text a new number or they were invited."""
        is_moving = assignment.is_rerouted and assignment.state in _ASKED_TO_MOVE
        if not (is_moving or (assignment.is_invited and assignment.state is State.RESERVED)):
            return
        recording = self._recording.get(view.pool.id)
        if recording is None:
            send = partial(self._queue.record_openings, view.keys)
            recording = self._recording[view.pool.id] = Coalescer(send, max_batch=MAX_SETTLED)
        try:
            recording.ask(assignment.code).add_done_callback(_ignore_failure)
        except StoreUnavailable:  # too many wait already
            return


def _ignore_failure(recorded: "asyncio.Future[None]") -> None:
    if not recorded.cancelled():
        recorded.exception()  # read, so that asyncio does not warn that nobody did
