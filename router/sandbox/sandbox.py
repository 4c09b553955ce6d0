"""The running sandbox: the world with a clock, randomness, deliveries and timers."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from random import Random
from uuid import uuid4

import httpx

from router.sandbox import conversations
from router.sandbox.allowance import Allowance
from router.sandbox.deliveries import MOST_AT_ONCE, SandboxDeliveries
from router.sandbox.events import EVENT_TYPES
from router.sandbox.lines import add_line
from router.sandbox.planned_faults import PlannedFaults
from router.sandbox.records import SandboxMessage, SandboxSubscription
from router.sandbox.signing import SECRET_BYTES, make_secret
from router.sandbox.sinks.all_sinks import Sinks, open_sinks
from router.sandbox.subscriptions import SubscriptionWish, subscribe
from router.sandbox.world import World

PAIR_LIMIT, PAIR_WINDOW_S = 30, 60
CARD_LIMIT, CARD_WINDOW_S = 3, 600
SHARE_LIMIT, SHARE_WINDOW_S = 1, 300

_SENT_AFTER_S = 0.1
_DELIVERED_AFTER_S = 0.6
_READ_AFTER_S = 2.0
_USER_AGENT = "switchyard-sandbox (a local Linq)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """How a sandbox starts.

    Attributes:
        lines: how many lines the account has.
        seed: makes random choices repeatable, except ids and secrets.
        api_key: the only valid token; None accepts any token.
        webhook: an address to subscribe to all events at the start.
        webhook_secret: its secret; None to make one.
        speed: how many times faster than Linq everything runs, except the receiver's 10 s to answer.
        sinks: host, HTTP port and SMTP port of the sinks, 0 for a free port; None for no sinks.
    """

    lines: int = 6
    seed: int | None = None
    api_key: str | None = None
    webhook: str | None = None
    webhook_secret: str | None = None
    speed: float = 1.0
    sinks: tuple[str, int, int] | None = None


class Sandbox:
    """All state and services that the controllers use."""

    def __init__(self, options: SandboxOptions, client: httpx.AsyncClient, sinks: Sinks | None = None) -> None:
        rng = Random(options.seed)  # noqa: S311 - it must be repeatable
        self.options = options
        self.sinks = sinks
        self.link_key = secrets.token_bytes(SECRET_BYTES)
        self.world = World(new_id=lambda: str(uuid4()), rng=rng)
        self.deliveries = SandboxDeliveries(self.world, client, now_ns=self.now_ns, rng=rng, speed=options.speed)
        self.planned_faults = PlannedFaults()
        self.pair_allowance = Allowance(PAIR_LIMIT, PAIR_WINDOW_S / options.speed)
        self.card_allowance = Allowance(CARD_LIMIT, CARD_WINDOW_S / options.speed)
        self.share_allowance = Allowance(SHARE_LIMIT, SHARE_WINDOW_S / options.speed)
        self.world.announce = self.deliveries.dispatch
        self._timers: set[asyncio.TimerHandle] = set()
        for _ in range(options.lines):
            add_line(self.world, now_ns=self.now_ns(), quietly=True)
        if options.webhook is not None:
            self.subscribe_to_all(options.webhook, secret=options.webhook_secret)

    def now_ns(self) -> int:
        """Return the time in nanoseconds since 1970."""
        return time.time_ns()

    def new_secret(self) -> str:
        """Return a new signing secret."""
        return make_secret(secrets.token_bytes(SECRET_BYTES))

    def subscribe_to_all(self, target_url: str, *, secret: str | None = None) -> SandboxSubscription:
        """Subscribe an address to every event type.

        Raises:
            LinqFault: the address has a subscription already, or must not be called.
        """
        wish = SubscriptionWish(target_url=target_url, events=list(EVENT_TYPES))
        return subscribe(self.world, wish, secret=secret or self.new_secret(), now_ns=self.now_ns())

    def later(self, delay_s: float, action: Callable[[], object]) -> None:
        """Run an action after a delay, which is shorter in a faster sandbox."""

        def act() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(delay_s / self.options.speed, act)
        self._timers.add(timer)

    def send_and_deliver(self, message: SandboxMessage) -> None:
        """Send a line's message now, and with receipts deliver it and have it read a moment later."""
        self.later(_SENT_AFTER_S, lambda: conversations.mark_sent(self.world, message, now_ns=self.now_ns()))
        if self.world.behaviour.receipts:
            self.later(
                _DELIVERED_AFTER_S, lambda: conversations.mark_delivered(self.world, message, now_ns=self.now_ns())
            )
            self.later(_READ_AFTER_S, lambda: conversations.mark_read(self.world, message, now_ns=self.now_ns()))

    def answer_later(self, message: SandboxMessage) -> None:
        """Answer a person's text as the customer's app would, if `auto_reply` is set."""
        text = self.world.behaviour.auto_reply
        person = message.chat.people[0].handle
        if text is None or message.recovered_ns is not None or person in self.world.opted_out:
            return

        def answer() -> None:
            line = self.world.lines.get(message.chat.line.handle)
            if line is None or not line.is_usable:
                return
            reply = conversations.write(
                self.world, message.chat, [{"type": "text", "value": text}], now_ns=self.now_ns()
            )
            self.send_and_deliver(reply)

        self.later(self.world.behaviour.auto_reply_ms / 1000, answer)

    def settle(self) -> None:
        """Cancel all timers."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def reset_allowances(self) -> None:
        """Reset every rate limit."""
        for allowance in (self.pair_allowance, self.card_allowance, self.share_allowance):
            allowance.reset()


@asynccontextmanager
async def open_sandbox(options: SandboxOptions) -> AsyncIterator[Sandbox]:
    """Start a sandbox, and end its timers and deliveries afterwards.

    Raises:
        LinqFault: the webhook's address must not be called.
        OSError: a port of the sinks is taken.
    """
    limits = httpx.Limits(max_connections=MOST_AT_ONCE)
    headers = {"User-Agent": _USER_AGENT}
    async with httpx.AsyncClient(timeout=None, trust_env=False, limits=limits, headers=headers) as client:  # noqa: S113 - a delivery as a whole has 10 s
        with _sinks_of(options) as sinks:
            sandbox = Sandbox(options, client, sinks)
            try:
                yield sandbox
            finally:
                sandbox.settle()
                await sandbox.deliveries.aclose()


def _sinks_of(options: SandboxOptions) -> AbstractContextManager[Sinks | None]:
    if options.sinks is None:
        return nullcontext()
    host, http_port, smtp_port = options.sinks
    return open_sinks(host, http_port=http_port, smtp_port=smtp_port)
