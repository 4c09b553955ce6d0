"""Put the gateway together: one place says who gets what. Clock and randomness enter here and nowhere else."""

import asyncio
import os
import socket
import time
from random import SystemRandom

from router.channels.alerts import Notifier
from router.channels.configured import channels_of
from router.core.links.nonce import Nonces
from router.core.people.personal_data import derive_key
from router.gateway import Gateway
from router.services.access import Access
from router.services.alerts import Notify
from router.services.campaigns.headroom_news import HeadroomNews
from router.services.campaigns.openings import Openings
from router.services.campaigns.outlook import Outlooks
from router.services.capacity.reports import CapacityReports
from router.services.lines.admin import LineAdmin
from router.services.lines.funnels import Funnels
from router.services.lines.line_import import LineImport
from router.services.metrics import MetricsReport
from router.services.pools.admin import PoolAdmin
from router.services.runtime.request_meter import RequestMeter
from router.services.runtime.step_counter import StepCounter
from router.settings.settings import Settings
from router.store.api_keys import ApiKeys
from router.store.app_news import NewsLog
from router.store.machine_counts import MachineCounts
from router.store.server.client import StoreClient
from router.store.server.server_check import ServerInfo
from router.store.traffic import TrafficLog
from router.store.waitlist import Waitlist
from router.wiring.campaigns import make_app_deliveries, make_app_news_sender, make_campaigns, rules_of
from router.wiring.events import make_events
from router.wiring.people import make_people
from router.wiring.shared import make_shared


def assemble(settings: Settings, client: StoreClient, server: ServerInfo, secret: bytes, *, base_url: str) -> Gateway:
    """Make the gateway over one connection; nothing is asked of the store yet.

    Args:
        settings: what the operator configured.
        client: connected to the store.
        server: what was found out about the store.
        secret: the installation's secret key.
        base_url: the origin of every link we hand out.
    """
    shared = make_shared(client, secret, base_url=base_url, notify=_notify_of(settings))
    people, events = make_people(shared), make_events(shared, settings, secret)
    rules, channels, draw = rules_of(settings), channels_of(settings, wall_s=time.time), SystemRandom().random
    campaigns = make_campaigns(shared, channels, rules, draw=draw, sleep=asyncio.sleep)
    pool_cache, lines, pools, clock = shared.pool_cache, shared.lines, shared.pools, shared.clock
    pool_admin = PoolAdmin(pools, lines, pool_cache, clock, environments=settings.environments())
    line_admin = LineAdmin(lines, pools, pool_cache, clock, events.line_reports)
    meter = RequestMeter(MachineCounts(client, socket.gethostname()))
    return Gateway(
        settings=settings,
        base_url=base_url,
        server=server,
        client=client,
        scripts=shared.scripts,
        clock=clock,
        random_bytes=shared.random_bytes,
        personal_data=shared.personal_data,
        tokens=shared.tokens,
        nonces=Nonces(derive_key(secret, "nonces")),
        access=Access(ApiKeys(client), clock, os.urandom),
        alerts=shared.alerts,
        channels=channels,
        pool_cache=pool_cache,
        pool_admin=pool_admin,
        lines=lines,
        line_admin=line_admin,
        line_import=LineImport(pool_admin, line_admin, pool_cache),
        line_reports=events.line_reports,
        assignments=shared.assignments,
        signups=people.signups,
        consents=people.consents,
        signup_export=people.signup_export,
        routing=people.routing,
        erasure=people.erasure,
        cards=people.cards,
        watcher=people.watcher,
        deliveries=events.deliveries,
        delivery_store=shared.delivery_store,
        alert_store=shared.alert_store,
        event_applier=events.event_applier,
        webhook_secrets=events.webhook_secrets,
        history=events.history,
        campaign_admin=campaigns.admin,
        campaign_engine=campaigns.engine,
        openings=Openings(shared.campaign_queue),
        outlooks=Outlooks(lines, pool_cache, rules, clock),
        app_news_sender=make_app_news_sender(shared, channels, events=settings.app_events, draw=draw),
        app_deliveries=make_app_deliveries(shared, channels, events=settings.app_events),
        headroom_news=HeadroomNews(NewsLog(client), shared.alert_store, clock),
        capacity=CapacityReports(pools, lines, TrafficLog(client), clock),
        metrics_report=MetricsReport(
            pool_cache=pool_cache,
            lines=lines,
            traffic=TrafficLog(client),
            campaigns=shared.campaigns,
            waitlist=Waitlist(client, shared.scripts),
            delivery_store=shared.delivery_store,
            clock=clock,
            environments=settings.environments(),
            meter=meter,
        ),
        request_meter=meter,
        step_counter=StepCounter(TrafficLog(client), clock),
        funnels=Funnels(pools, lines, TrafficLog(client), clock),
    )


def _notify_of(settings: Settings) -> Notify | None:
    urls = [url.get_secret_value() for url in settings.alert_urls]
    return Notifier(urls).notify if urls else None
