"""Workers of campaigns, and channels that answer as a test tells them.

The engine, its store and its clock are the real ones; only the world beyond the channels is played.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random

from router.channels.channel import Channel
from router.core.campaign_rules import CampaignRules
from router.core.code import Code
from router.core.personal_data import PersonalData
from router.core.prompt import ChannelName, Message, Outcome, Recipient, SendResult
from router.core.token import Tokens
from router.services.alerts import Alerts
from router.services.clock import StoreClock
from router.services.directory import Directory
from router.services.migration.admin import CampaignAdmin
from router.services.migration.engine import MigrationEngine, Sleep
from router.services.migration.finding import PeopleFinder
from router.services.migration.preview import Previewer
from router.services.migration.prompting import Prompting
from router.services.migration.recipients import Recipients
from router.services.migration.sending import Sender
from router.services.migration.watch import CampaignWatch
from router.services.migration.writing import PromptWriter
from router.store.campaigns import Campaigns
from router.store.hook_log import HookLog
from router.store.waitlist import Waitlist
from tests.stores import Store

APP, EMAIL, SMS = ChannelName.APP, ChannelName.EMAIL, ChannelName.SMS
SENT = SendResult(outcome=Outcome.SENT)
Answer = Callable[[Message], Awaitable[SendResult]]
_KNOWN_BY: Mapping[ChannelName, str] = {APP: "user", EMAIL: "email", SMS: "phone"}


async def take_it(_: Message) -> SendResult:
    """Answer as a channel that works."""
    return SENT


def answer(outcome: Outcome, *, retry_after_s: float | None = None) -> Answer:
    """Make a channel answer the same to everybody."""

    async def told(_: Message) -> SendResult:
        return SendResult(outcome=outcome, reason="as told", retry_after_s=retry_after_s)

    return told


class Recorder:
    """A channel that keeps what it was given, and answers as it is told."""

    def __init__(self, name: ChannelName, *, resend_is_safe: bool = False) -> None:
        self.name = name
        self.resend_is_safe = resend_is_safe
        self.answer: Answer = take_it
        self.messages: list[Message] = []

    def can_reach(self, recipient: Recipient) -> bool:
        """Each by what it is addressed with."""
        return getattr(recipient, _KNOWN_BY[self.name]) is not None

    async def send(self, message: Message) -> SendResult:
        """Keep it, then answer."""
        self.messages.append(message)
        return await self.answer(message)

    async def aclose(self) -> None:
        """Nothing is open."""

    @property
    def codes(self) -> list[Code]:
        """Who was sent to, in order."""
        return [message.signup for message in self.messages]


@dataclass(slots=True)
class Worker:
    """What one worker process has of its own."""

    alerts: Alerts
    watch: CampaignWatch
    engine: MigrationEngine
    prompting: Prompting
    admin: CampaignAdmin
    previewer: Previewer


def make_worker(
    store: Store,
    channels: Mapping[ChannelName, Channel],
    rules: CampaignRules,
    *,
    clock: StoreClock,
    sleep: Sleep,
    personal_data: PersonalData,
) -> Worker:
    """Put a worker together, as the wiring does."""
    campaigns, alerts = Campaigns(store.client, store.scripts), Alerts(HookLog(store.client), clock)
    waitlist, recipients = Waitlist(store.client, store.scripts), Recipients(personal_data)
    watch = CampaignWatch(campaigns, waitlist, alerts, rules)
    writer = PromptWriter(Tokens({"1": b"k" * 64}), "https://text.example")
    prompting = Prompting(
        campaigns=campaigns,
        waitlist=waitlist,
        channels=channels,
        recipients=recipients,
        sender=Sender(
            campaigns=campaigns, channels=channels, writer=writer, rules=rules, clock=clock, draw=Random(1).random
        ),
        rules=rules,
        clock=clock,
    )
    previewer = Previewer(
        campaigns=campaigns,
        assignments=store.assignments,
        lines=store.lines,
        prompting=prompting,
        recipients=recipients,
        rules=rules,
    )
    engine = MigrationEngine(
        campaigns=campaigns,
        lines=store.lines,
        watch=watch,
        finder=PeopleFinder(campaigns, waitlist, clock),
        prompting=prompting,
        alerts=alerts,
        clock=clock,
        sleep=sleep,
    )
    admin = CampaignAdmin(
        campaigns=campaigns,
        lines=store.lines,
        directory=Directory(store.pools, store.lines),
        watch=watch,
        previewer=previewer,
        clock=clock,
    )
    return Worker(alerts, watch, engine, prompting, admin, previewer)
