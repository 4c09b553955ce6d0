"""Take down who saw the page with their new number; the page never waits for it."""

import asyncio
from functools import partial

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.errors import StoreUnavailable
from router.core.pool import PoolId
from router.services.coalescer import Coalescer
from router.services.directory import PoolView
from router.store.campaigns import MAX_DRAINED, Campaigns

_SETTLED = frozenset({State.CONFIRMED, State.MOVING, State.OPTED_OUT})


class Openings:
    """Notes openings; one that is lost only costs a prompt that was not needed."""

    def __init__(self, campaigns: Campaigns) -> None:
        self._campaigns = campaigns
        self._noting: dict[PoolId, Coalescer[Code, None]] = {}

    def note(self, view: PoolView, assignment: Assignment) -> None:
        """Take down that a person saw their page, if their own line can not carry them or they were invited."""
        is_moving = assignment.is_rerouted and assignment.state in _SETTLED
        if not (is_moving or (assignment.is_invited and assignment.state is State.RESERVED)):
            return
        noting = self._noting.get(view.pool.id)
        if noting is None:
            send = partial(self._campaigns.note_openings, view.keys)
            noting = self._noting[view.pool.id] = Coalescer(send, max_batch=MAX_DRAINED)
        try:
            noting.ask(assignment.code).add_done_callback(_let_go)
        except StoreUnavailable:  # too many wait already
            return


def _let_go(noted: "asyncio.Future[None]") -> None:
    if not noted.cancelled():
        noted.exception()  # looked at, so that nobody warns of it
