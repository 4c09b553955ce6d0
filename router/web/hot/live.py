"""Live updates of a person's page, as server-sent events.

Each event is named for the person's state, and its data has the fingerprint of what their page shows now. The page
compares it with its own and renews itself if they differ. It is sent at once, with every change, and again every
fifteen seconds: so the page knows that the stream is alive, and a change that was missed is seen after all.
"""

import asyncio

from router.core.assignment import Assignment
from router.core.pool import PoolId
from router.services.people.page_watcher import PageWatcher, Sightings
from router.web.raw_response import PRIVATE, Receive, Send

STREAM_HEADERS = (*PRIVATE, (b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no"))
_AGAIN_AFTER_S = 15.0
_LONGEST_S = 600.0  # then the page opens a new one; a stream whose reader vanished silently ends here
_GONE = b"event: gone\ndata: {}\n\n"


class EventStream:
    """The updates of one open page, until it is closed, the person is erased, or ten minutes have passed."""

    def __init__(self, watcher: PageWatcher, pool: PoolId, assignment: Assignment) -> None:
        self._watcher = watcher
        self._pool = pool
        self._assignment = assignment

    async def play(self, receive: Receive, send: Send) -> None:
        """Send the stream.

        Raises:
            StoreUnavailable: too many streams are open; nothing was sent.
        """
        async with self._watcher.watch(self._pool, self._assignment.code) as sightings:
            await send({"type": "http.response.start", "status": 200, "headers": list(STREAM_HEADERS)})
            gone = asyncio.ensure_future(_disconnect(receive))
            try:
                await _send_events(_event(self._assignment), sightings, gone, send)
                await send({"type": "http.response.body", "body": b""})
            finally:
                gone.cancel()


async def _send_events(event: bytes, sightings: Sightings, gone: "asyncio.Future[None]", send: Send) -> None:
    ends_at = asyncio.get_running_loop().time() + _LONGEST_S
    while not gone.done() and asyncio.get_running_loop().time() < ends_at:
        await send({"type": "http.response.body", "body": event, "more_body": True})
        if event is _GONE:
            return
        event = await _next_event(event, sightings, gone)


async def _next_event(known: bytes, sightings: Sightings, gone: "asyncio.Future[None]") -> bytes:
    """Wait for another event than the known one; return that one when it is time to send it again."""
    deadline = asyncio.get_running_loop().time() + _AGAIN_AFTER_S
    while (left := deadline - asyncio.get_running_loop().time()) > 0 and not gone.done():
        try:
            event = _event(await asyncio.wait_for(sightings.get(), left))
        except TimeoutError:
            return known
        if event != known:
            return event
    return known


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(assignment: Assignment | None) -> bytes:
    if assignment is None:
        return _GONE
    word, fingerprint = assignment.seen.word, assignment.fingerprint
    return f'event: {word}\ndata: {{"shown": "{fingerprint}"}}\n\n'.encode()
