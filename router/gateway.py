"""Everything that the edges (HTTP, worker, command line) call, in one bundle; `router.wiring` makes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.channels.channel import Channel
from router.core.channel import ChannelName
from router.core.links.nonce import Nonces
from router.core.links.token import Tokens
from router.core.people.personal_data import PersonalData
from router.services.access import Access
from router.services.alerts import Alerts
from router.services.campaigns.admin import CampaignAdmin
from router.services.campaigns.app_deliveries import AppDeliveries
from router.services.campaigns.app_news import AppNewsSender
from router.services.campaigns.engine import CampaignEngine
from router.services.campaigns.headroom_news import HeadroomNews
from router.services.campaigns.openings import Openings
from router.services.campaigns.outlook import Outlooks
from router.services.capacity.reports import CapacityReports
from router.services.events.apply import EventApplier
from router.services.events.deliveries import Deliveries
from router.services.events.history import History
from router.services.events.webhook_secrets import WebhookSecrets
from router.services.lines.admin import LineAdmin
from router.services.lines.funnels import Funnels
from router.services.lines.line_import import LineImport
from router.services.lines.reports import LineReports
from router.services.metrics import MetricsReport
from router.services.people.cards import Cards
from router.services.people.consents import Consents
from router.services.people.erasure import Erasure
from router.services.people.page_watcher import PageWatcher
from router.services.people.routing import Routing
from router.services.people.signup_export import SignupExport
from router.services.people.signups import Signups
from router.services.pools.admin import PoolAdmin
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.services.runtime.randomness import Randomness
from router.services.runtime.request_meter import RequestMeter
from router.services.runtime.step_counter import StepCounter
from router.settings.settings import Settings
from router.store.alerts import AlertStore
from router.store.assignments import Assignments
from router.store.deliveries import DeliveryStore
from router.store.lines import Lines
from router.store.server.client import StoreClient
from router.store.server.scripts import Scripts
from router.store.server.server_check import ServerInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Everything the edges (HTTP, worker, CLI) call."""

    settings: Settings
    base_url: str
    server: ServerInfo
    client: StoreClient
    scripts: Scripts
    clock: StoreClock
    random_bytes: Randomness
    personal_data: PersonalData
    tokens: Tokens
    nonces: Nonces
    access: Access
    alerts: Alerts
    channels: Mapping[ChannelName, Channel]
    pool_cache: PoolCache
    pool_admin: PoolAdmin
    lines: Lines
    line_admin: LineAdmin
    line_import: LineImport
    line_reports: LineReports
    assignments: Assignments
    signups: Signups
    consents: Consents
    signup_export: SignupExport
    routing: Routing
    erasure: Erasure
    cards: Cards
    watcher: PageWatcher
    deliveries: Deliveries
    delivery_store: DeliveryStore
    alert_store: AlertStore
    event_applier: EventApplier
    webhook_secrets: WebhookSecrets
    history: History
    campaign_admin: CampaignAdmin
    campaign_engine: CampaignEngine
    openings: Openings
    outlooks: Outlooks
    app_news_sender: AppNewsSender
    app_deliveries: AppDeliveries
    headroom_news: HeadroomNews
    capacity: CapacityReports
    metrics_report: MetricsReport
    request_meter: RequestMeter
    step_counter: StepCounter
    funnels: Funnels

    async def start(self) -> None:
        """Load the scripts into the store, and fill the caches.

        Raises:
            StoreUnavailable: call it again.
        """
        await self.scripts.load()
        await self.refresh()

    async def refresh(self) -> None:
        """Bring this process's caches up to date.

        Raises:
            StoreUnavailable: the cached values stay in use.
        """
        await self.clock.synchronise()
        await self.pool_cache.refresh()
        await self.access.refresh()
        await self.webhook_secrets.refresh()
        await self.deliveries.flush()

    async def aclose(self) -> None:
        """Close what talks to the outside; the store's connection belongs to the caller."""
        await self.alerts.aclose()
        for channel in self.channels.values():
            await channel.aclose()
