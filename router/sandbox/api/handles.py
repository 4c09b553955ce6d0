"""The paths about people's handles: which are blocked, and what they can receive."""

from typing import Any

from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency

from router.sandbox.api.bodies import Blocking, CapabilityCheck, read
from router.sandbox.conversations import clean_handle
from router.sandbox.moments import format_ms
from router.sandbox.records import BlockedHandle, Json
from router.sandbox.sandbox import Sandbox


class HandleController(Controller):
    """The account's view of people."""

    @get("/blocked_handles")
    async def list_blocked(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """List blocked handles, the newest first."""
        return {"blocked_handles": [_shape(each) for each in reversed(sandbox.world.blocked.values())]}

    @post("/blocked_handles", status_code=200)
    async def block(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """Block a handle. One that is already blocked stays as it is."""
        body = read(Blocking, await request.body())
        handle = clean_handle(body.handle)
        entry = BlockedHandle(handle=handle, reason=body.reason, blocked_ns=sandbox.now_ns())
        return {"blocked_handle": _shape(sandbox.world.blocked.setdefault(handle, entry))}

    @delete("/blocked_handles", status_code=204)
    async def unblock(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> None:
        """Unblock a handle."""
        body = read(Blocking, await request.body())
        sandbox.world.blocked.pop(clean_handle(body.handle), None)

    @post("/capability/check_imessage", status_code=200)
    async def check_imessage(self, request: Request[Any, Any, Any]) -> Json:
        """Answer that everybody has iMessage."""
        return {"address": read(CapabilityCheck, await request.body()).address, "available": True}

    @post("/capability/check_rcs", status_code=200)
    async def check_rcs(self, request: Request[Any, Any, Any]) -> Json:
        """Answer that every number has RCS, and that e-mail addresses do not."""
        address = read(CapabilityCheck, await request.body()).address
        return {"address": address, "available": "@" not in address}


def _shape(entry: BlockedHandle) -> Json:
    return {"handle": entry.handle, "reason": entry.reason, "blocked_at": format_ms(entry.blocked_ns)}
