"""What every part of the gateway shares: one connection, one clock, one set of keys, one source of randomness."""

import os
import time
from dataclasses import dataclass

from router.core.links.token import Tokens
from router.core.people.personal_data import PersonalData, derive_key
from router.services.alerts import Alerts, Notify
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.services.runtime.randomness import BufferedRandomness, Randomness
from router.store.alerts import AlertStore
from router.store.assignments import Assignments
from router.store.campaign_queue import CampaignQueue
from router.store.campaigns import Campaigns
from router.store.deliveries import DeliveryStore
from router.store.lines import Lines
from router.store.pools import Pools
from router.store.server.client import StoreClient
from router.store.server.scripts import Scripts

FIRST_KEY = "1"
_TOKEN_KEY_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What more than one part needs.

    Attributes:
        base_url: the origin of every link we hand out.
    """

    client: StoreClient
    scripts: Scripts
    assignments: Assignments
    lines: Lines
    pools: Pools
    campaigns: Campaigns
    campaign_queue: CampaignQueue
    delivery_store: DeliveryStore
    alert_store: AlertStore
    pool_cache: PoolCache
    clock: StoreClock
    alerts: Alerts
    personal_data: PersonalData
    tokens: Tokens
    random_bytes: Randomness
    base_url: str


def make_shared(client: StoreClient, secret: bytes, *, base_url: str, notify: Notify | None) -> Shared:
    """Make the shared objects over one connection.

    Args:
        client: connected to the store.
        secret: the installation's secret key; every other key is derived from it.
        base_url: the origin of every link we hand out.
        notify: sends an alert to the operators, if there is a way to.
    """
    random_bytes = BufferedRandomness(os.urandom)
    scripts = Scripts(client, random_bytes)
    pools, lines, alert_store = Pools(client, scripts), Lines(scripts), AlertStore(client)
    clock = StoreClock(client.time_ms, lambda: time.monotonic() * 1000)
    return Shared(
        client=client,
        scripts=scripts,
        assignments=Assignments(client, scripts),
        lines=lines,
        pools=pools,
        campaigns=Campaigns(client, scripts),
        campaign_queue=CampaignQueue(client, scripts),
        delivery_store=DeliveryStore(client),
        alert_store=alert_store,
        pool_cache=PoolCache(pools, lines),
        clock=clock,
        alerts=Alerts(alert_store, clock, notify),
        personal_data=PersonalData(secret),
        tokens=Tokens({FIRST_KEY: derive_key(secret, "tokens", _TOKEN_KEY_BYTES)}),
        random_bytes=random_bytes,
        base_url=base_url,
    )
