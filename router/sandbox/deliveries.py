"""Deliver events to the subscriptions that want them: signed, in parallel, with retries, and lost on request."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Literal

import httpx

from router.sandbox.events import SandboxEvent, version_of
from router.sandbox.moments import NS_PER_MS, NS_PER_S, format_ms
from router.sandbox.records import Json, SandboxSubscription
from router.sandbox.retries import TIMEOUT_S, TRIES, TryOutcome, is_success, pause_s, should_retry
from router.sandbox.signing import signed_headers
from router.sandbox.world import World

TRIES_KEPT = 5000
MOST_AT_ONCE = 500

Order = Literal["as_made", "reversed", "shuffled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try of one delivery, as the log shows it.

    Attributes:
        delivery: the delivery's number; a duplicate is another delivery of the same event.
        pause_s: seconds until the next try; None if there is none.
    """

    delivery: int
    event: SandboxEvent
    subscription: SandboxSubscription
    attempt: int
    outcome: TryOutcome
    at_ns: int
    duration_ms: float = 0.0
    status: int | None = None
    error: str | None = None
    pause_s: float | None = None

    def shape(self) -> Json:
        """Return the try as the control API shows it."""
        return {
            "delivery": self.delivery,
            "event_id": self.event.id,
            "event_type": self.event.type,
            "subscription_id": self.subscription.id,
            "target_url": self.subscription.target_url,
            "attempt": self.attempt,
            "outcome": self.outcome,
            "status": self.status,
            "error": self.error,
            "at": format_ms(self.at_ns),
            "duration_ms": round(self.duration_ms, 1),
            "next_try_in_s": None if self.pause_s is None else round(self.pause_s, 4),
        }


class SandboxDeliveries:
    """All deliveries, current and past.

    Args:
        speed: how many times faster than Linq to retry.
    """

    def __init__(
        self, world: World, client: httpx.AsyncClient, *, now_ns: Callable[[], int], rng: Random, speed: float
    ) -> None:
        self._world = world
        self._client = client
        self._now_ns = now_ns
        self._rng = rng
        self._speed = speed
        self._numbers = count(1)
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)  # waiting for one must not reduce the receiver's 10 s
        self._under_way: set[asyncio.Task[None]] = set()
        self._held: list[tuple[SandboxEvent, SandboxSubscription]] = []
        self.tries: deque[Try] = deque(maxlen=TRIES_KEPT)

    @property
    def pending(self) -> int:
        """How many deliveries are not done: running, waiting for a retry, or held."""
        return len(self._under_way) + len(self._held)

    def dispatch(self, event: SandboxEvent) -> None:
        """Start delivering an event to every subscription that wants it."""
        behaviour = self._world.behaviour
        for subscription in self._world.subscriptions.values():
            if not _wants(subscription, event):
                continue
            if self._rng.random() < behaviour.drops:
                self._lose(event, subscription)
                continue
            for _ in range(2 if self._rng.random() < behaviour.duplicates else 1):
                if behaviour.hold:
                    self._held.append((event, subscription))
                else:
                    self._start(event, subscription, delay_s=self._rng.random() * behaviour.disorder_ms / 1000)

    def release(self, order: Order) -> int:
        """Send the held deliveries one after the other in this order, and return how many there were."""
        held, self._held = self._held, []
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            self._rng.shuffle(held)
        if held:
            self._track(asyncio.create_task(self._deliver_in_turn(held)))
        return len(held)

    async def aclose(self) -> None:
        """Cancel running deliveries."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _lose(self, event: SandboxEvent, subscription: SandboxSubscription) -> None:
        self.tries.append(
            Try(
                delivery=next(self._numbers),
                event=event,
                subscription=subscription,
                attempt=0,
                outcome=TryOutcome.DROPPED,
                at_ns=self._now_ns(),
            )
        )

    def _start(self, event: SandboxEvent, subscription: SandboxSubscription, *, delay_s: float) -> None:
        self._track(asyncio.create_task(self._deliver(event, subscription, delay_s=delay_s)))

    def _track(self, task: asyncio.Task[None]) -> None:
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver_in_turn(self, held: list[tuple[SandboxEvent, SandboxSubscription]]) -> None:
        for event, subscription in held:
            number = next(self._numbers)
            pause = await self._try(number, event, subscription, 1)
            if pause is not None:
                self._track(asyncio.create_task(self._retry(number, event, subscription, pause)))

    async def _deliver(self, event: SandboxEvent, subscription: SandboxSubscription, *, delay_s: float) -> None:
        if delay_s:
            await asyncio.sleep(delay_s)
        number = next(self._numbers)
        pause = await self._try(number, event, subscription, 1)
        if pause is not None:
            await self._retry(number, event, subscription, pause)

    async def _retry(self, number: int, event: SandboxEvent, subscription: SandboxSubscription, pause: float) -> None:
        for attempt in range(2, TRIES + 1):
            await asyncio.sleep(pause)
            if subscription.id not in self._world.subscriptions or not subscription.is_active:
                return
            next_pause = await self._try(number, event, subscription, attempt)
            if next_pause is None:
                return
            pause = next_pause

    async def _try(
        self, number: int, event: SandboxEvent, subscription: SandboxSubscription, attempt: int
    ) -> float | None:
        """Try once, and return the seconds until the next try; None if there will be none."""
        before_ns = self._now_ns()
        answer = await self._post(event, subscription)
        outcome, pause = self._judge(answer, attempt)
        self.tries.append(
            Try(
                delivery=number,
                event=event,
                subscription=subscription,
                attempt=attempt,
                outcome=outcome,
                at_ns=before_ns,
                duration_ms=(self._now_ns() - before_ns) / NS_PER_MS,
                status=answer if isinstance(answer, int) else None,
                error=None if isinstance(answer, int) else type(answer).__name__,
                pause_s=pause,
            )
        )
        return pause

    async def _post(self, event: SandboxEvent, subscription: SandboxSubscription) -> int | Exception:
        body = event.encode(version_of(subscription.target_url))
        headers = signed_headers(
            secret=subscription.secret,
            event_id=event.id,
            event_type=event.type,
            subscription_id=subscription.id,
            timestamp_s=self._now_ns() // NS_PER_S,
            body=body,
            signatures=self._world.behaviour.signatures,
        )
        headers["Content-Type"] = "application/json"
        try:
            async with self._slots, asyncio.timeout(TIMEOUT_S):
                response = await self._client.post(subscription.target_url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return error
        return response.status_code

    def _judge(self, answer: int | Exception, attempt: int) -> tuple[TryOutcome, float | None]:
        if isinstance(answer, int) and is_success(answer):
            return TryOutcome.DELIVERED, None
        if not should_retry(answer):
            return TryOutcome.REFUSED, None
        if attempt == TRIES:
            return TryOutcome.GIVEN_UP, None
        return TryOutcome.RETRYING, pause_s(attempt, self._rng) / self._speed


def _wants(subscription: SandboxSubscription, event: SandboxEvent) -> bool:
    if not subscription.is_active or not (event.is_for_all or event.type in subscription.events):
        return False
    return not subscription.phone_numbers or event.line is None or event.line in subscription.phone_numbers
