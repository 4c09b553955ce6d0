"""Send waiting requests together in one call.

Requests that arrive while a call is under way wait for it and then go together. An idle coalescer sends in the same
event-loop turn, so it adds no latency. Each time enough requests wait, one more call goes out besides the first: this
process then prepares the next while the store works on the last. More than three would only make batches smaller.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from router.core.errors import StoreUnavailable

Request = TypeVar("Request")
Result = TypeVar("Result")

ENOUGH_FOR_A_FURTHER_CALL = 12
MAX_CALLS_UNDER_WAY = 3


class Coalescer(Generic[Request, Result]):
    """Gathers requests of one event loop into batches.

    Args:
        send: answers a batch, in order. An exception goes to every waiting request, also of the next batch: a store
            that has just timed out would only keep them waiting.
        max_batch: requests in one call; more make the store's other clients wait.
        max_waiting: requests that may wait; more are refused at once.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Request]], Awaitable[Sequence[Result]]],
        *,
        max_batch: int,
        max_waiting: int = 2048,
    ) -> None:
        self._send = send
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting: deque[tuple[Request, asyncio.Future[Result]]] = deque()
        self._senders: set[asyncio.Task[None]] = set()

    def ask(self, request: Request) -> asyncio.Future[Result]:
        """Return the future answer to one request.

        Raises:
            StoreUnavailable: too many are waiting already; here, or from `send` when awaited.
        """
        if len(self._waiting) >= self._max_waiting:
            raise StoreUnavailable("More requests wait for the store than it can answer in time. Try again shortly.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((request, future))
        if not self._senders or self._may_send_another():
            self._senders.add(loop.create_task(self._send_all()))
        return future

    def _may_send_another(self) -> bool:
        is_worth_it = len(self._waiting) % ENOUGH_FOR_A_FURTHER_CALL == 0
        return is_worth_it and len(self._senders) < MAX_CALLS_UNDER_WAY

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                # Requests of this turn of the loop go along, also of callers that were answered just now.
                await asyncio.sleep(0)
                if batch := [self._waiting.popleft() for _ in range(min(self._max_batch, len(self._waiting)))]:
                    await self._send_batch(batch)
        finally:
            me = asyncio.current_task()
            assert me is not None
            self._senders.discard(me)

    async def _send_batch(self, batch: list[tuple[Request, asyncio.Future[Result]]]) -> None:
        try:
            answers = await self._send([request for request, _ in batch])
        except Exception as error:  # noqa: BLE001 - a border: every waiting caller gets it, none is swallowed
            self._fail([*batch, *self._waiting], error)
            self._waiting.clear()
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    @staticmethod
    def _fail(waiting: Sequence[tuple[Request, asyncio.Future[Result]]], error: Exception) -> None:
        for _, future in waiting:
            if not future.done():
                future.set_exception(error)
