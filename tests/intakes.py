"""A gateway on two environments of an account, and deliveries to its services without HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from router.core.line import Gate
from router.core.line_rules import LineSpec
from router.linq_settings import LinqTable
from router.services.intake.deliveries import Deliveries, Verdict
from router.settings import Settings
from router.wiring import Gateway, open_gateway
from tests.deliveries import OTHER_SECRET, SECRET, Happening, happen, moment, sign
from tests.stores import PATIENCE_MS

ALPHA, BRAVO, CHARLIE = "+12025550101", "+12025550102", "+12025550103"
PRODUCTION, STAGING = "production", "staging"


def two_environments(store_url: str, tmp_path: Path) -> Settings:
    """Set up two environments, each with a secret."""
    return Settings(
        redis_url=SecretStr(store_url),
        data_dir=tmp_path / "data",
        store_timeout_ms=PATIENCE_MS,
        linq_webhook_secrets=(SecretStr(SECRET),),
        linq_environments={STAGING: LinqTable(webhook_secrets=(SecretStr(OTHER_SECRET),))},
    )


@asynccontextmanager
async def open_intake(settings: Settings) -> AsyncIterator[Gateway]:
    """Open a gateway with a pool of two lines in production, and one of one line in staging."""
    async with open_gateway(settings) as gateway:
        for pool, environment, numbers in (("main", PRODUCTION, (ALPHA, BRAVO)), ("trial", STAGING, (CHARLIE,))):
            await gateway.pool_admin.create(pool, {"environment": environment})
            for number in numbers:
                await gateway.line_admin.add(pool, LineSpec(number=number, warm=True))
        yield gateway


def stop(line: str, person: str) -> Happening:
    """Let a person write STOP, and nothing else."""
    said = {"chat": {"id": f"chat of {line} with {person}", "owner_handle": {"handle": line, "is_me": True}}}
    who = {"direction": "inbound", "sender_handle": {"handle": person}, "sent_at": moment()}
    return happen("message.received", said | who | {"parts": [{"type": "text", "value": " STOP "}]})


async def deliver(
    deliveries: Deliveries, happening: Happening, *, secret: str = SECRET, to: str = PRODUCTION, at_s: int | None = None
) -> Verdict:
    """Deliver one event, signed now unless told when."""
    signed = sign(happening.body, name=happening.id, secret=secret, at_s=at_s)
    headers = {name.encode(): value.encode() for name, value in signed.items()}
    return await deliveries.take(to, happening.body, headers)


async def gate_of(gateway: Gateway, pool: str, number: str) -> Gate:
    """What holds a line back."""
    return (await gateway.line_admin.get(pool, number)).gate


async def kinds_of_alerts(gateway: Gateway) -> list[str]:
    """What operators were told of, oldest first."""
    return [alert.kind for alert in reversed(await gateway.hook_log.alerts())]


async def tally(gateway: Gateway) -> dict[str, int]:
    """What was counted, times left out."""
    await gateway.deliveries.flush()
    return {name: times for name, times in (await gateway.hook_log.tally()).items() if not name.endswith("_ms")}
