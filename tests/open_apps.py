"""The whole application in the test's own process, so that a test may take the worker's steps itself.

    async with open_app(store, tmp_path, hold_down_minutes=0) as app:
        await app.call("POST", "/pools/main/lines/+12025550101/flag", json=WHY)
        await app.step()

Requests go through the front door, deliveries are signed as the provider signs, and the store is a real one.
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
from router.services.directory import PoolView
from router.services.migration.engine import MigrationReport
from router.settings import Settings
from router.web.app import create_litestar
from router.web.templates import make_templates
from router.wiring import Gateway, open_gateway
from tests.deliveries import PATH, SECRET, Happening, sign
from tests.servers import Server

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
        """Call a path below /api/v1; None presents no key."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.keys[role]}"}
        return await self.http.request(method, API + path, headers=headers, **more)

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """Call a path that answers well, and return what it says."""
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
        """Sign somebody up on a line, and say that they texted it."""
        person = {"user": user, "prefer": line} | identity
        signup = await self.ask("POST", f"/pools/{pool}/signups", json=person)
        assert signup["line"] == line
        await self.ask("POST", f"/pools/{pool}/signups/{signup['id']}/confirm")
        return signup

    async def deliver(self, happening: Happening) -> None:
        """Deliver an event of the provider; it is taken."""
        headers = sign(happening.body, name=happening.id) | {"Content-Type": "application/json"}
        response = await self.http.post(PATH, content=happening.body, headers=headers)
        assert response.status_code == 200, response.text

    async def view(self, pool: str = "main") -> PoolView:
        """The pool as the worker knows it."""
        view = await self.gateway.directory.reload((await self.gateway.directory.seek(pool)).pool.id)
        assert view is not None
        return view

    async def step(self, pool: str = "main") -> MigrationReport:
        """Let the worker move the campaigns on by one step."""
        return await self.gateway.migration_engine.step(await self.view(pool))


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
        keys = {role: (await gateway.access.create(role, role.word))[1] for role in Role}
        door = make_front_door(gateway, make_templates(load_static(static_dir())), create_litestar(gateway))
        async with AsyncClient(transport=ASGITransport(door), base_url=BASE_URL) as http:
            yield OpenApp(http, gateway, keys)
