"""The whole application in the test's own process, so that a test can run the worker's steps itself.

    async with open_app(store, tmp_path, hold_down_minutes=0) as app:
        await app.call("POST", "/pools/main/lines/+12025550101/flag", json=WHY)
        await app.step()

Requests go through the front door, deliveries are signed as the provider signs them, and the store is a real one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from router.asgi import make_front_door
from router.assets import load_static, static_dir
from router.core.access import Role
from router.core.act import BY_SHELL
from router.gateway import Gateway
from router.services.campaigns.engine import CampaignStepReport
from router.services.pools.pool_cache import PoolView
from router.settings.settings import Settings
from router.web.api.app import create_litestar
from router.web.rendering.page_templates import PageTemplates
from router.wiring.open import open_gateway
from tests.kit.deliveries import PATH, SECRET, ProviderEvent, sign
from tests.kit.servers import Server

API = "/api/v1"
BASE_URL = "http://127.0.0.1:8000"
WHY = {"reason": "a test"}
AT_ANY_HOUR = {"prompts_from": "00:00", "prompts_until": "00:00"}


@dataclass(frozen=True, slots=True)
class OpenApp:
    """An application and its gateway, with a key of each role."""

    http: AsyncClient
    gateway: Gateway
    keys: dict[Role, str]

    async def call(self, method: str, path: str, *, role: Role | None = Role.ADMIN, **more: Any) -> Response:
        """Call a path below /api/v1; with a role of None the call has no key."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.keys[role]}"}
        return await self.http.request(method, API + path, headers=headers, **more)

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """Call a path, which must succeed, and return the JSON of its answer."""
        response = await self.call(method, path, **more)
        assert response.is_success, response.text
        return response.json()

    async def open_pool(self, *numbers: str, pool: str = "main", **settings: object) -> str:
        """Make a pool of warm lines that may prompt at any hour, and return its path."""
        await self.ask("POST", "/pools", json={"id": pool, "name": "Acme"} | AT_ANY_HOUR | settings)
        for number in numbers:
            await self.ask("POST", f"/pools/{pool}/lines", json={"number": number, "warm": True})
        return f"/pools/{pool}"

    async def add_person(self, user: str, line: str, *, pool: str = "main", **identity: str) -> Any:
        """Sign a person up on a line, and confirm that they texted it."""
        person = {"user": user, "prefer": line} | identity
        signup = await self.ask("POST", f"/pools/{pool}/signups", json=person)
        assert signup["line"] == line
        await self.ask("POST", f"/pools/{pool}/signups/{signup['id']}/confirm")
        return signup

    async def deliver(self, event: ProviderEvent) -> None:
        """Deliver a provider event, which must be accepted."""
        headers = sign(event.body, name=event.id) | {"Content-Type": "application/json"}
        response = await self.http.post(PATH, content=event.body, headers=headers)
        assert response.status_code == 200, response.text

    async def view(self, pool: str = "main") -> PoolView:
        """Return the pool as the worker sees it."""
        view = await self.gateway.pool_cache.reload((await self.gateway.pool_cache.get(pool)).pool.id)
        assert view is not None
        return view

    async def step(self, pool: str = "main") -> CampaignStepReport:
        """Run one step of the worker's campaigns."""
        return await self.gateway.campaign_engine.step(await self.view(pool))


@asynccontextmanager
async def open_app(store: Server, directory: Path, **settings: Any) -> AsyncIterator[OpenApp]:
    """Open the application on an empty store."""
    with store.admin() as admin:
        admin.flushall()
    chosen = Settings(
        redis_url=SecretStr(store.url),
        data_dir=directory / "data",
        base_url=BASE_URL,
        store_timeout_ms=5000,
        linq_webhook_secrets=(SecretStr(SECRET),),
        **settings,
    )
    async with open_gateway(chosen) as gateway:
        keys = {role: (await gateway.access.create(role, role.word, by=BY_SHELL))[1] for role in Role}
        door = make_front_door(gateway, PageTemplates(load_static(static_dir())), create_litestar(gateway))
        async with AsyncClient(transport=ASGITransport(door), base_url=BASE_URL) as http:
            yield OpenApp(http, gateway, keys)
