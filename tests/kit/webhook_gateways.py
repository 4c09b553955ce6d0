"""A gateway with two environments of a Linq account, and deliveries to its services without HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.line import Gate
from router.core.lines.line_rules import LineSpec
from router.gateway import Gateway
from router.services.events.deliveries import Deliveries, DeliveryOutcome
from router.settings.linq import LinqTable
from router.settings.settings import Settings
from router.wiring.open import open_gateway
from tests.kit.deliveries import OTHER_SECRET, SECRET, ProviderEvent, make_event, moment, sign
from tests.kit.stores import PATIENCE_MS

ALPHA, BRAVO, CHARLIE = "+12025550101", "+12025550102", "+12025550103"
PRODUCTION, STAGING = "production", "staging"


def two_environments(store_url: str, tmp_path: Path) -> Settings:
    """Set up two environments, each with its secret."""
    return Settings(
        redis_url=SecretStr(store_url),
        data_dir=tmp_path / "data",
        store_timeout_ms=PATIENCE_MS,
        linq_webhook_secrets=(SecretStr(SECRET),),
        linq_environments={STAGING: LinqTable(webhook_secrets=(SecretStr(OTHER_SECRET),))},
    )


@asynccontextmanager
async def open_two_pools(settings: Settings) -> AsyncIterator[Gateway]:
    """Open a gateway with a pool of two lines in production, and one of one line in staging."""
    async with open_gateway(settings) as gateway:
        for pool, environment, numbers in (("main", PRODUCTION, (ALPHA, BRAVO)), ("trial", STAGING, (CHARLIE,))):
            await gateway.pool_admin.create(pool, {"environment": environment}, by=BY_SHELL)
            for number in numbers:
                await gateway.line_admin.add(pool, LineSpec(number=number, warm=True), by=BY_SHELL)
        yield gateway


def stop(line: str, person: str) -> ProviderEvent:
    """Make a person's text that says only STOP."""
    said = {"chat": {"id": f"chat of {line} with {person}", "owner_handle": {"handle": line, "is_me": True}}}
    who = {"direction": "inbound", "sender_handle": {"handle": person}, "sent_at": moment()}
    return make_event("message.received", said | who | {"parts": [{"type": "text", "value": " STOP "}]})


async def deliver(
    deliveries: Deliveries, event: ProviderEvent, *, secret: str = SECRET, to: str = PRODUCTION, at_s: int | None = None
) -> DeliveryOutcome:
    """Deliver one event, signed now unless `at_s` is given."""
    signed = sign(event.body, name=event.id, secret=secret, at_s=at_s)
    headers = {name.encode(): value.encode() for name, value in signed.items()}
    return await deliveries.receive(to, event.body, headers)


async def gate_of(gateway: Gateway, pool: str, number: str) -> Gate:
    """Return the gate that holds a line back."""
    return (await gateway.line_admin.get(pool, number)).gate


async def kinds_of_alerts(gateway: Gateway) -> list[str]:
    """Return the kinds of the operators' alerts, oldest first."""
    return [alert.kind for alert in reversed(await gateway.alert_store.alerts())]


async def tally(gateway: Gateway) -> dict[str, int]:
    """Return the counts of deliveries, without the times."""
    await gateway.deliveries.flush()
    return {name: times for name, times in (await gateway.delivery_store.tally()).items() if not name.endswith("_ms")}
