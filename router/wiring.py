"""Put the gateway together: one place says who gets what. Clock and randomness enter here and nowhere else."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from typing import cast

from router.channels.alerts import Notifier
from router.channels.channel import Channel
from router.channels.configured import channels_of
from router.core.campaign_rules import CampaignRules, burst_of
from router.core.errors import StoreUnavailable
from router.core.nonce import Nonces
from router.core.personal_data import PersonalData, derive_key
from router.core.prompt import ChannelName
from router.core.sealer import Sealer
from router.core.suspicion import SuspicionRules
from router.core.token import Tokens
from router.providers.linq.signatures import Scheme
from router.secret_key import ensure_secret_key
from router.services.access import Access
from router.services.alerts import Alerts, Notify
from router.services.capacity import CapacityReports
from router.services.cards import Cards
from router.services.clock import StoreClock
from router.services.directory import Directory
from router.services.history import History
from router.services.intake.deliveries import SEALING_USE as DELIVERIES
from router.services.intake.deliveries import Deliveries
from router.services.intake.events import EventIntake
from router.services.intake.observing import Observer
from router.services.line_reports import LineReports
from router.services.lines import LineAdmin
from router.services.linq.webhook_secrets import SEALING_USE as SECRETS
from router.services.linq.webhook_secrets import WebhookSecrets
from router.services.migration.admin import CampaignAdmin
from router.services.migration.engine import MigrationEngine
from router.services.migration.finding import PeopleFinder
from router.services.migration.news import App, NewsTeller
from router.services.migration.openings import Openings
from router.services.migration.outlook import Outlooks
from router.services.migration.preview import Previewer
from router.services.migration.prompting import Prompting
from router.services.migration.recipients import Recipients
from router.services.migration.sending import Sender
from router.services.migration.watch import CampaignWatch
from router.services.migration.writing import PromptWriter
from router.services.new_codes import NewCodes
from router.services.pools import PoolAdmin
from router.services.randomness import BufferedRandomness, Randomness
from router.services.routing import Routing
from router.services.signups import Signups
from router.services.watcher import Watcher
from router.settings import Settings
from router.starter import has_lost_its_starter, was_started_by_gateway
from router.store import embedded
from router.store.api_keys import ApiKeys
from router.store.assignments import Assignments
from router.store.campaigns import Campaigns
from router.store.connection import ServerInfo, StoreConnection, check_server, connect, server_time_ms
from router.store.embedded import EmbeddedStore
from router.store.event_log import EventLog
from router.store.hook_log import HookLog
from router.store.ingest import Ingest
from router.store.lines import Lines
from router.store.news import NewsLog
from router.store.pools import Pools
from router.store.routes import Routes
from router.store.scripts import Scripts
from router.store.traffic import TrafficLog
from router.store.waitlist import Waitlist
from router.store.webhook_secrets import SealedSecrets

START_PATIENCE = timedelta(seconds=20)
FIRST_KEY = "1"
_TOKEN_KEY_BYTES = 64
_RETRY_PAUSE_S = 0.25
_NOWHERE = "192.0.2.1"  # TEST-NET-1 (RFC 5737): asked for a route, never sent to


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Everything the edges (HTTP, worker, CLI) call."""

    settings: Settings
    base_url: str
    client: StoreConnection
    server: ServerInfo
    scripts: Scripts
    assignments: Assignments
    lines: Lines
    pools: Pools
    api_keys: ApiKeys
    clock: StoreClock
    directory: Directory
    access: Access
    signups: Signups
    pool_admin: PoolAdmin
    line_admin: LineAdmin
    capacity: CapacityReports
    personal_data: PersonalData
    tokens: Tokens
    nonces: Nonces
    cards: Cards
    watcher: Watcher
    random_bytes: Randomness
    alerts: Alerts
    deliveries: Deliveries
    event_intake: EventIntake
    history: History
    hook_log: HookLog
    line_reports: LineReports
    suspicion_rules: SuspicionRules
    webhook_secrets: WebhookSecrets
    campaigns: Campaigns
    campaign_admin: CampaignAdmin
    channels: Mapping[ChannelName, Channel]
    migration_engine: MigrationEngine
    news_teller: NewsTeller
    openings: Openings
    outlooks: Outlooks
    routing: Routing

    async def refresh(self) -> None:
        """Bring what this process keeps at hand up to date.

        Raises:
            StoreUnavailable: what it had goes on.
        """
        await self.clock.synchronise()
        await self.directory.refresh()
        await self.access.refresh()
        await self.webhook_secrets.refresh()
        await self.deliveries.flush()


@asynccontextmanager
async def open_gateway(settings: Settings, *, patience: timedelta = timedelta(seconds=2)) -> AsyncIterator[Gateway]:
    """Connect to the store, check it, load the scripts, and give the gateway.

    With the embedded store, a running gateway's is shared; else one is started for the time of the context.

    Args:
        settings: where the store is, and what our links say.
        patience: how long to try again while the store does not answer: after a restart of everything it comes last.

    Raises:
        Refused: the store is too old, or the data directory can not be used.
        StoreUnavailable: it does not answer.
        SecretKeyError: the secret key can not be read or made.
    """
    secret, _ = ensure_secret_key(settings.data_dir, settings.secret_key)
    with ExitStack() as stack:
        if settings.redis_url is not None:
            url = settings.redis_url.get_secret_value()
        else:
            url = await _embedded_url(settings, stack, patience)
        async with _connected(settings, url, secret.get_secret_value(), patience) as gateway:
            yield gateway


async def _embedded_url(settings: Settings, stack: ExitStack, patience: timedelta) -> str:
    """Share the store of the gateway that runs on the data directory, or start one and end it with the stack."""
    ends_at_s = time.monotonic() + patience.total_seconds()
    while (url := embedded.attach(settings.data_dir)) is None:
        if not was_started_by_gateway():
            return stack.enter_context(EmbeddedStore.start(settings.data_dir)).url
        if has_lost_its_starter() or time.monotonic() >= ends_at_s:
            raise StoreUnavailable("The gateway that started this process is gone, and its store with it.")
        await asyncio.sleep(_RETRY_PAUSE_S)
    return url


def base_url_of(settings: Settings) -> str:
    """The origin of every link we hand out."""
    return settings.origin(lan_address())


def lan_address() -> str:
    """This machine's address on its own network, so that a phone beside it can reach it; loopback if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_NOWHERE, 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


@asynccontextmanager
async def _connected(settings: Settings, url: str, secret: bytes, patience: timedelta) -> AsyncIterator[Gateway]:
    client = connect(url, timeout=timedelta(milliseconds=settings.store_timeout_ms))
    try:
        gateway = await _prepared(settings, client, secret, ends_at_s=time.monotonic() + patience.total_seconds())
        try:
            yield gateway
        finally:
            await gateway.alerts.aclose()
            for channel in gateway.channels.values():
                await channel.aclose()
    finally:
        with suppress(StoreUnavailable):
            await client.aclose()


async def _prepared(settings: Settings, client: StoreConnection, secret: bytes, *, ends_at_s: float) -> Gateway:
    while True:
        try:
            gateway = _assemble(settings, client, await check_server(client), secret)
            await gateway.scripts.load()
            await gateway.refresh()
        except StoreUnavailable:
            if has_lost_its_starter() or time.monotonic() >= ends_at_s:
                raise
            await asyncio.sleep(_RETRY_PAUSE_S)
        else:
            return gateway


def _assemble(settings: Settings, client: StoreConnection, server: ServerInfo, secret: bytes) -> Gateway:
    base_url = base_url_of(settings)
    random_bytes, draw = BufferedRandomness(os.urandom), SystemRandom().random
    scripts = Scripts(client, random_bytes)
    assignments, lines = Assignments(client, scripts), Lines(scripts)
    pools, api_keys = Pools(client, scripts), ApiKeys(client)

    async def ask_store_ms() -> int:
        return await server_time_ms(client)

    clock = StoreClock(ask_store_ms, lambda: time.monotonic() * 1000)
    directory = Directory(pools, lines)
    personal_data = PersonalData(secret)
    signups = Signups(assignments, directory, clock, personal_data, random_bytes)
    environments, rules, hook_log = settings.environments(), SuspicionRules(), HookLog(client)
    alerts = Alerts(hook_log, clock, _notify_of(settings))
    event_intake = EventIntake(
        ingest=Ingest(scripts),
        directory=directory,
        observer=Observer(personal_data, NewCodes(random_bytes), random_bytes),
        alerts=alerts,
        clock=clock,
        environments=environments,
        rules=rules,
    )
    webhook_secrets = WebhookSecrets(
        SealedSecrets(client), Sealer(derive_key(secret, SECRETS)), environments, random_bytes
    )
    deliveries = Deliveries(
        events=event_intake,
        secrets=webhook_secrets,
        schemes=frozenset(Scheme(scheme) for scheme in settings.linq_signatures),
        environments=environments,
        hook_log=hook_log,
        sealer=Sealer(derive_key(secret, DELIVERIES)),
        alerts=alerts,
        clock=clock,
        wall_ms=lambda: time.time() * 1000,
        random_bytes=random_bytes,
    )
    line_reports = LineReports(event_intake, directory, clock, random_bytes)
    tokens = Tokens({FIRST_KEY: derive_key(secret, "tokens", _TOKEN_KEY_BYTES)})
    campaigns, campaign_rules = Campaigns(client, scripts), _campaign_rules(settings)
    waitlist, recipients = Waitlist(client, scripts), Recipients(personal_data)
    watch = CampaignWatch(campaigns, waitlist, alerts, campaign_rules)
    channels = channels_of(settings, wall_s=time.time)
    prompting = Prompting(
        campaigns=campaigns,
        waitlist=waitlist,
        channels=channels,
        recipients=recipients,
        sender=Sender(
            campaigns=campaigns,
            channels=channels,
            writer=PromptWriter(tokens, base_url),
            rules=campaign_rules,
            clock=clock,
            draw=draw,
        ),
        rules=campaign_rules,
        clock=clock,
    )
    previewer = Previewer(
        campaigns=campaigns,
        assignments=assignments,
        lines=lines,
        prompting=prompting,
        recipients=recipients,
        rules=campaign_rules,
    )
    return Gateway(
        settings=settings,
        base_url=base_url,
        client=client,
        server=server,
        scripts=scripts,
        assignments=assignments,
        lines=lines,
        pools=pools,
        api_keys=api_keys,
        clock=clock,
        directory=directory,
        access=Access(api_keys, clock, os.urandom),
        signups=signups,
        pool_admin=PoolAdmin(pools, lines, directory, clock, environments=environments),
        line_admin=LineAdmin(lines, pools, directory, clock, line_reports),
        capacity=CapacityReports(pools, lines, TrafficLog(client), clock),
        personal_data=personal_data,
        tokens=tokens,
        nonces=Nonces(derive_key(secret, "nonces")),
        cards=Cards(base_url),
        watcher=Watcher(signups, directory),
        random_bytes=random_bytes,
        alerts=alerts,
        deliveries=deliveries,
        event_intake=event_intake,
        history=History(EventLog(client), directory),
        hook_log=hook_log,
        line_reports=line_reports,
        suspicion_rules=rules,
        webhook_secrets=webhook_secrets,
        campaigns=campaigns,
        campaign_admin=CampaignAdmin(
            campaigns=campaigns, lines=lines, directory=directory, watch=watch, previewer=previewer, clock=clock
        ),
        channels=channels,
        migration_engine=MigrationEngine(
            campaigns=campaigns,
            lines=lines,
            watch=watch,
            finder=PeopleFinder(campaigns, waitlist, clock),
            prompting=prompting,
            alerts=alerts,
            clock=clock,
            sleep=asyncio.sleep,
        ),
        news_teller=NewsTeller(
            cast(App | None, channels.get(ChannelName.APP)),
            news=NewsLog(client),
            assignments=assignments,
            recipients=recipients,
            tokens=tokens,
            base_url=base_url,
            clock=clock,
            draw=draw,
        ),
        openings=Openings(campaigns),
        outlooks=Outlooks(lines, directory, campaign_rules, clock),
        routing=Routing(
            assignments=assignments,
            routes=Routes(scripts),
            directory=directory,
            personal_data=personal_data,
            tokens=tokens,
            base_url=base_url,
            clock=clock,
        ),
    )


def _notify_of(settings: Settings) -> Notify | None:
    urls = [url.get_secret_value() for url in settings.alert_urls]
    return Notifier(urls).notify if urls else None


def _campaign_rules(settings: Settings) -> CampaignRules:
    pace = settings.prompts_per_second
    return CampaignRules(
        hold_down=timedelta(minutes=settings.hold_down_minutes),
        prompts_per_second=pace,
        burst=burst_of(pace),
        people_per_hour=settings.prompted_people_per_hour,
    )
