"""Make the services that apply the provider's events: from a signed delivery to a line's state."""

import time
from dataclasses import dataclass

from router.core.lines.suspicion import SuspicionRules
from router.core.people.personal_data import derive_key
from router.core.sealer import Sealer
from router.providers.linq.signatures import Scheme
from router.services.events.apply import EventApplier
from router.services.events.deliveries import SEALING_USE as DELIVERIES
from router.services.events.deliveries import Deliveries
from router.services.events.history import History
from router.services.events.translate import EventTranslator
from router.services.events.webhook_secrets import SEALING_USE as SECRETS
from router.services.events.webhook_secrets import WebhookSecrets
from router.services.lines.reports import LineReports
from router.services.people.new_codes import NewCodes
from router.settings.settings import Settings
from router.store.event_log import EventLog
from router.store.events import EventScript
from router.store.webhook_secrets import SealedSecrets
from router.wiring.shared import Shared


@dataclass(frozen=True, slots=True, kw_only=True)
class EventParts:
    """The services that apply the provider's events."""

    event_applier: EventApplier
    webhook_secrets: WebhookSecrets
    deliveries: Deliveries
    line_reports: LineReports
    history: History


def make_events(shared: Shared, settings: Settings, secret: bytes) -> EventParts:
    """Make the services that apply the provider's events.

    Args:
        shared: what all parts share.
        settings: name the Linq environments and the signatures that count.
        secret: the installation's secret key.
    """
    environments = settings.environments()
    event_applier = EventApplier(
        event_script=EventScript(shared.scripts),
        pool_cache=shared.pool_cache,
        translator=EventTranslator(
            shared.personal_data, NewCodes(shared.random_bytes), shared.random_bytes, shared.pool_cache.is_our_line
        ),
        alerts=shared.alerts,
        clock=shared.clock,
        environments=environments,
        rules=SuspicionRules(),
    )
    webhook_secrets = WebhookSecrets(
        SealedSecrets(shared.client),
        Sealer(derive_key(secret, SECRETS)),
        environments,
        frozenset(Scheme(scheme) for scheme in settings.linq_signatures),
        shared.random_bytes,
    )
    return EventParts(
        event_applier=event_applier,
        webhook_secrets=webhook_secrets,
        deliveries=Deliveries(
            events=event_applier,
            secrets=webhook_secrets,
            environments=environments,
            delivery_store=shared.delivery_store,
            sealer=Sealer(derive_key(secret, DELIVERIES)),
            alerts=shared.alerts,
            clock=shared.clock,
            wall_ms=lambda: time.time() * 1000,
            random_bytes=shared.random_bytes,
        ),
        line_reports=LineReports(event_applier, shared.pool_cache, shared.clock, shared.random_bytes),
        history=History(EventLog(shared.client), shared.assignments, shared.pool_cache),
    )
