"""Live news on a person's page, as server-sent events: an event named for the state, whenever it changes."""

import asyncio

from router.core.assignment import Assignment, State
from router.core.pool import PoolId
from router.services.watcher import Watcher
from router.web.answer import PRIVATE, Receive, Send

STREAM_HEADERS = (*PRIVATE, (b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no"))
_ALIVE = b": still here\n\n"
_ALIVE_EVERY_S = 15.0
_LONGEST_S = 600.0  # the page opens a new one; a stream whose reader vanished without a word ends here


class EventStream:
    """One open page's news, until the person is confirmed, the page is closed, or ten minutes have passed."""

    def __init__(self, watcher: Watcher, pool: PoolId, assignment: Assignment) -> None:
        self._watcher = watcher
        self._pool = pool
        self._assignment = assignment

    async def play(self, receive: Receive, send: Send) -> None:
        """Send the stream.

        Raises:
            StoreUnavailable: too many are open; nothing was sent.
        """
        async with self._watcher.watch(self._pool, self._assignment.code) as states:
            await send({"type": "http.response.start", "status": 200, "headers": list(STREAM_HEADERS)})
            gone = asyncio.ensure_future(_disconnect(receive))
            try:
                await self._tell(states, gone, send)
                await send({"type": "http.response.body", "body": b""})
            finally:
                gone.cancel()

    async def _tell(self, states: "asyncio.Queue[State]", gone: "asyncio.Future[None]", send: Send) -> None:
        ends_at = asyncio.get_running_loop().time() + _LONGEST_S
        told = self._assignment.state.seen
        news = _event(told)
        while not gone.done() and asyncio.get_running_loop().time() < ends_at:
            await send({"type": "http.response.body", "body": news, "more_body": True})
            if told is State.CONFIRMED:
                return
            state = await _next_state(states, told, gone)
            told, news = state or told, _ALIVE if state is None else _event(state)


async def _next_state(states: "asyncio.Queue[State]", known: State, gone: "asyncio.Future[None]") -> State | None:
    """Wait for another state than the known one; None when it is time to show that the stream is alive."""
    deadline = asyncio.get_running_loop().time() + _ALIVE_EVERY_S
    while (left := deadline - asyncio.get_running_loop().time()) > 0 and not gone.done():
        try:
            state = await asyncio.wait_for(states.get(), left)
        except TimeoutError:
            return None
        if state.seen is not known:
            return state.seen
    return None


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(state: State) -> bytes:
    return f"event: {state.word}\ndata: {{}}\n\n".encode()
