"""Campaign workers, and channels that answer as a test sets them.

The engine, its store and its clock are the real ones; only the world beyond the channels is simulated.
"""

from collections.abc import Awaitable, Callable, Mapping
from os import urandom
from random import Random

from router.channels.channel import Channel
from router.core.campaigns.campaign_rules import CampaignRules
from router.core.campaigns.prompt import Message, Recipient, SendOutcome, SendResult
from router.core.channel import ChannelName
from router.core.code import Code
from router.core.links.token import Tokens
from router.core.people.personal_data import PersonalData
from router.services.alerts import Alerts
from router.services.campaigns.engine import Sleep
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.services.runtime.randomness import BufferedRandomness
from router.store.alerts import AlertStore
from router.store.campaign_queue import CampaignQueue
from router.store.campaigns import Campaigns
from router.store.deliveries import DeliveryStore
from router.wiring.campaigns import CampaignParts, make_campaigns
from router.wiring.shared import Shared
from tests.kit.stores import Store

APP, EMAIL, SMS = ChannelName.APP, ChannelName.EMAIL, ChannelName.SMS
SENT = SendResult(outcome=SendOutcome.SENT)
Answer = Callable[[Message], Awaitable[SendResult]]
_KNOWN_BY: Mapping[ChannelName, str] = {APP: "user", EMAIL: "email", SMS: "phone"}


async def accept(_: Message) -> SendResult:
    """Answer as a channel that works."""
    return SENT


def answer(outcome: SendOutcome, *, retry_after_s: float | None = None) -> Answer:
    """Make a channel answer the same to every message."""

    async def send(_: Message) -> SendResult:
        return SendResult(outcome=outcome, reason="as told", retry_after_s=retry_after_s)

    return send


class Recorder:
    """A channel that stores each message it is given, and answers as the test sets it."""

    def __init__(self, name: ChannelName, *, resend_is_safe: bool = False) -> None:
        self.name = name
        self.resend_is_safe = resend_is_safe
        self.answer: Answer = accept
        self.messages: list[Message] = []

    def can_reach(self, recipient: Recipient) -> bool:
        """A recipient with an address for this channel can be reached."""
        return getattr(recipient, _KNOWN_BY[self.name]) is not None

    async def send(self, message: Message) -> SendResult:
        """Store the message, then answer."""
        self.messages.append(message)
        return await self.answer(message)

    async def aclose(self) -> None:
        """Do nothing: a recorder holds no connection."""

    @property
    def codes(self) -> list[Code]:
        """The codes of the recipients, in order."""
        return [message.signup for message in self.messages]


def make_worker(
    store: Store,
    channels: Mapping[ChannelName, Channel],
    rules: CampaignRules,
    *,
    clock: StoreClock,
    sleep: Sleep,
    personal_data: PersonalData,
) -> CampaignParts:
    """Make the campaign services as the gateway's wiring does, with the test's own clock and sleep."""
    alert_store = AlertStore(store.client)
    shared = Shared(
        client=store.client,
        scripts=store.scripts,
        assignments=store.assignments,
        lines=store.lines,
        pools=store.pools,
        campaigns=Campaigns(store.client, store.scripts),
        campaign_queue=CampaignQueue(store.client, store.scripts),
        delivery_store=DeliveryStore(store.client),
        alert_store=alert_store,
        pool_cache=PoolCache(store.pools, store.lines),
        clock=clock,
        alerts=Alerts(alert_store, clock),
        personal_data=personal_data,
        tokens=Tokens({"1": b"k" * 64}),
        random_bytes=BufferedRandomness(urandom),
        base_url="https://text.example",
    )
    return make_campaigns(shared, channels, rules, draw=Random(1).random, sleep=sleep)
