"""The running sandbox: the world with a clock, chance, deliveries, and what happens by itself a moment later."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from random import Random
from uuid import uuid4

import httpx

from router.providers.sandbox import conversations
from router.providers.sandbox.allowance import Allowance
from router.providers.sandbox.deliveries import MOST_AT_ONCE, Deliveries
from router.providers.sandbox.events import EVENT_TYPES
from router.providers.sandbox.lines import add_line
from router.providers.sandbox.planned_faults import PlannedFaults
from router.providers.sandbox.records import Message, Subscription
from router.providers.sandbox.signing import SECRET_BYTES, make_secret
from router.providers.sandbox.sinks.all_sinks import Sinks, open_sinks
from router.providers.sandbox.subscriptions import SubscriptionWish, subscribe
from router.providers.sandbox.world import World

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
        lines: how many the account has.
        seed: makes chance repeatable; ids and secrets never are.
        api_key: the only good token; None lets any token in.
        webhook: an address to subscribe at the start to all events.
        webhook_secret: its secret; None makes one.
        speed: how many times faster than Linq everything that takes time is, but for the 10 s a receiver has.
        sinks: host, HTTP port and SMTP port of the sinks, 0 for a free port; None starts none.
    """

    lines: int = 6
    seed: int | None = None
    api_key: str | None = None
    webhook: str | None = None
    webhook_secret: str | None = None
    speed: float = 1.0
    sinks: tuple[str, int, int] | None = None


class Sandbox:
    """What the controllers act on."""

    def __init__(self, options: SandboxOptions, client: httpx.AsyncClient, sinks: Sinks | None = None) -> None:
        rng = Random(options.seed)  # noqa: S311 - chance that can be repeated is the point
        self.options = options
        self.sinks = sinks
        self.link_key = secrets.token_bytes(SECRET_BYTES)
        self.world = World(new_id=lambda: str(uuid4()), rng=rng)
        self.deliveries = Deliveries(self.world, client, now_ns=self.now_ns, rng=rng, speed=options.speed)
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
        """Nanoseconds since 1970."""
        return time.time_ns()

    def new_secret(self) -> str:
        """Return a new signing secret."""
        return make_secret(secrets.token_bytes(SECRET_BYTES))

    def subscribe_to_all(self, target_url: str, *, secret: str | None = None) -> Subscription:
        """Subscribe an address to every event type.

        Raises:
            LinqFault: the address is taken or not one to call.
        """
        wish = SubscriptionWish(target_url=target_url, events=list(EVENT_TYPES))
        return subscribe(self.world, wish, secret=secret or self.new_secret(), now_ns=self.now_ns())

    def later(self, delay_s: float, action: Callable[[], object]) -> None:
        """Do something after a while, sooner in a faster sandbox."""

        def act() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(delay_s / self.options.speed, act)
        self._timers.add(timer)

    def move_on(self, message: Message) -> None:
        """Let a message of a line be sent now, and with receipts be delivered and read after a moment."""
        self.later(_SENT_AFTER_S, lambda: conversations.mark_sent(self.world, message, now_ns=self.now_ns()))
        if self.world.behaviour.receipts:
            self.later(
                _DELIVERED_AFTER_S, lambda: conversations.mark_delivered(self.world, message, now_ns=self.now_ns())
            )
            self.later(_READ_AFTER_S, lambda: conversations.mark_read(self.world, message, now_ns=self.now_ns()))

    def answer_later(self, message: Message) -> None:
        """Let the customer's app answer a person's text, where the sandbox plays that too."""
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
            self.move_on(reply)

        self.later(self.world.behaviour.auto_reply_ms / 1000, answer)

    def settle(self) -> None:
        """Cancel what was to happen later."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def forgive(self) -> None:
        """Give every allowance back."""
        for allowance in (self.pair_allowance, self.card_allowance, self.share_allowance):
            allowance.forget()


@asynccontextmanager
async def open_sandbox(options: SandboxOptions) -> AsyncIterator[Sandbox]:
    """Start a sandbox, and end what it does by itself.

    Raises:
        LinqFault: the webhook's address is not one to call.
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
