"""Send what waits together in one call.

Requests that arrive while a call is under way wait for it and then go together; an idle coalescer sends in the same
event-loop turn, so it adds no latency. Each time enough wait, a further call goes out beside the first, so that this
process makes the next while the store works on the last; more than three would only make batches smaller.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from router.core.errors import StoreUnavailable

Request = TypeVar("Request")
Answer = TypeVar("Answer")

ENOUGH_FOR_A_FURTHER_CALL = 12
MAX_CALLS_UNDER_WAY = 3


class Coalescer(Generic[Request, Answer]):
    """Gathers requests of one event loop into batches.

    Args:
        send: answers a batch, in order. An exception is given to everybody who waits, also for the next batch: a store
            that has just timed out would only keep them waiting.
        max_batch: requests a call; more makes the store's other clients wait.
        max_waiting: requests that may wait; beyond it they are refused at once rather than piled up.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Request]], Awaitable[Sequence[Answer]]],
        *,
        max_batch: int,
        max_waiting: int = 2048,
    ) -> None:
        self._send = send
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting: deque[tuple[Request, asyncio.Future[Answer]]] = deque()
        self._senders: set[asyncio.Task[None]] = set()

    def ask(self, request: Request) -> asyncio.Future[Answer]:
        """Return the future answer to one request.

        Raises:
            StoreUnavailable: too many are waiting already; here, or from `send` when awaited.
        """
        if len(self._waiting) >= self._max_waiting:
            raise StoreUnavailable("More requests wait for the store than it can answer in time. Try again shortly.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((request, future))
        if not self._senders or self._may_send_beside():
            self._senders.add(loop.create_task(self._send_all()))
        return future

    def _may_send_beside(self) -> bool:
        is_worth_it = len(self._waiting) % ENOUGH_FOR_A_FURTHER_CALL == 0
        return is_worth_it and len(self._senders) < MAX_CALLS_UNDER_WAY

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                # Whoever asks in this turn of the loop, the people just answered among them, goes along.
                await asyncio.sleep(0)
                if batch := [self._waiting.popleft() for _ in range(min(self._max_batch, len(self._waiting)))]:
                    await self._send_batch(batch)
        finally:
            me = asyncio.current_task()
            assert me is not None
            self._senders.discard(me)

    async def _send_batch(self, batch: list[tuple[Request, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._send([request for request, _ in batch])
        except Exception as error:  # noqa: BLE001 - a border: whoever waits gets it, none is swallowed
            self._fail([*batch, *self._waiting], error)
            self._waiting.clear()
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    @staticmethod
    def _fail(waiting: Sequence[tuple[Request, asyncio.Future[Answer]]], error: Exception) -> None:
        for _, future in waiting:
            if not future.done():
                future.set_exception(error)
