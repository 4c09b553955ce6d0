"""People's handles: whom the account has blocked, and what they can receive."""

from typing import Any

from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency

from router.providers.sandbox.api.bodies import Blocking, CapabilityCheck, read
from router.providers.sandbox.conversations import clean_handle
from router.providers.sandbox.moments import spell_ms
from router.providers.sandbox.records import BlockedHandle, Json
from router.providers.sandbox.sandbox import Sandbox


class HandleController(Controller):
    """The account's view of people."""

    @get("/blocked_handles")
    async def list_blocked(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """List who is blocked, the newest first."""
        return {"blocked_handles": [_shape(each) for each in reversed(sandbox.world.blocked.values())]}

    @post("/blocked_handles", status_code=200)
    async def block(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """Block somebody; who is blocked already stays so."""
        body = read(Blocking, await request.body())
        handle = clean_handle(body.handle)
        entry = BlockedHandle(handle=handle, reason=body.reason, blocked_ns=sandbox.now_ns())
        return {"blocked_handle": _shape(sandbox.world.blocked.setdefault(handle, entry))}

    @delete("/blocked_handles", status_code=204)
    async def unblock(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> None:
        """Hear somebody again."""
        body = read(Blocking, await request.body())
        sandbox.world.blocked.pop(clean_handle(body.handle), None)

    @post("/capability/check_imessage", status_code=200)
    async def check_imessage(self, request: Request[Any, Any, Any]) -> Json:
        """Say that everybody has iMessage."""
        return {"address": read(CapabilityCheck, await request.body()).address, "available": True}

    @post("/capability/check_rcs", status_code=200)
    async def check_rcs(self, request: Request[Any, Any, Any]) -> Json:
        """Say that every number has RCS, and no e-mail address."""
        address = read(CapabilityCheck, await request.body()).address
        return {"address": address, "available": "@" not in address}


def _shape(entry: BlockedHandle) -> Json:
    return {"handle": entry.handle, "reason": entry.reason, "blocked_at": spell_ms(entry.blocked_ns)}
