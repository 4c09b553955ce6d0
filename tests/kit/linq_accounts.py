"""A gateway next to a local Linq: the services as commands and ticks use them, and changes made by hand on Linq's side.

async with open_account_of(sandbox, tmp_path) as account:
    await account.sync()
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.gateway import Gateway
from router.providers.linq.api import LinqApi
from router.services.linq.inventory import Comparison, LinqInventory, SyncedLine
from router.services.linq.listed_health import ListedHealth
from router.settings.linq import PRODUCTION, LinqEnvironment
from router.settings.settings import Settings
from router.wiring.open import open_gateway
from tests.kit.sandboxes import RunningSandbox
from tests.kit.servers import start_valkey

NUMBERS = ("+12025550101", "+12025550102", "+12025550103", "+12025550104")


@dataclass(frozen=True, slots=True)
class Account:
    """The gateway's side and Linq's side.

    Attributes:
        waited_s: how long the gateway's side would have waited, pause by pause.
    """

    gateway: Gateway
    sandbox: RunningSandbox
    linq: LinqApi
    waited_s: list[float] = field(default_factory=list)

    @property
    def environment(self) -> LinqEnvironment:
        """The one environment of the account."""
        return self.gateway.settings.environments()[PRODUCTION]

    @property
    def inventory(self) -> LinqInventory:
        """The service that `switchyard linq sync` uses."""
        gateway = self.gateway
        health = ListedHealth(gateway.line_reports)
        return LinqInventory(gateway.pool_admin, gateway.line_admin, gateway.clock, health.observe)

    async def compare(self, pool: str | None = None) -> Comparison:
        """Compare Linq's list with our pools."""
        return await self.inventory.compare(self.linq, self.environment, pool)

    async def sync(self, pool: str | None = None, *, force: bool = False) -> list[SyncedLine]:
        """Do what `switchyard linq sync --yes` does."""
        return await self.inventory.apply(await self.compare(pool), force=force, by=BY_SHELL)

    async def pause(self, seconds: float) -> None:
        """Record that the gateway would wait, and return at once."""
        self.waited_s.append(seconds)

    def release(self, number: str) -> None:
        """Remove a line from the account."""
        self.sandbox.control("DELETE", f"/lines/{quote(number)}")

    def plan(self, path: str, **fault: object) -> None:
        """Make the next call of a path fail."""
        self.sandbox.control("POST", "/faults", {"path": path, **fault})


def start_over(sandbox: RunningSandbox, numbers: Sequence[str]) -> None:
    """Reset a sandbox to these lines and nothing else, because starting a new one takes longer than most tests."""
    for number in sandbox.lines:
        sandbox.control("DELETE", f"/lines/{quote(number)}")
    for subscription in sandbox.api("GET", "/webhook-subscriptions").json()["subscriptions"]:
        sandbox.api("DELETE", f"/webhook-subscriptions/{subscription['id']}")
    for number in numbers:
        sandbox.control("POST", "/lines", {"number": number})
    sandbox.control("DELETE", "/faults")
    sandbox.control("POST", "/allowances/reset")


@asynccontextmanager
async def open_account_of(
    sandbox: RunningSandbox, tmp_path: Path, *, numbers: Sequence[str] = NUMBERS, **settings: object
) -> AsyncIterator[Account]:
    """Start a store, and open a gateway with one pool, main, on an account that has these lines."""
    start_over(sandbox, numbers)
    with start_valkey(tmp_path) as server:
        known = Settings(
            redis_url=SecretStr(server.url),
            data_dir=tmp_path / "data",
            linq_api_key=SecretStr(sandbox.api_key),
            linq_base_url=sandbox.base_url,
            **settings,
        )
        async with open_gateway(known) as gateway, LinqApi(sandbox.api_key, sandbox.base_url) as linq:
            await gateway.pool_admin.create("main", {"name": "Acme"}, by=BY_SHELL)
            yield Account(gateway, sandbox, linq)
