"""The line paths: list them, suggest one, forward calls, and audit reputation."""

from typing import Any

from litestar import Controller, Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.sandbox import audits, faults
from router.sandbox.api.bodies import Forwarding, read
from router.sandbox.lines import forward_line
from router.sandbox.records import HOME, Json, Kind, SandboxLine
from router.sandbox.sandbox import Sandbox
from router.sandbox.selection import check_numbers, suggest_line
from router.sandbox.sending import check_people
from router.sandbox.shapes import line_shape
from router.sandbox.vcf import signed_path

_KINDS: dict[str, Kind] = {"imessage": "iMessage", "rcs": "RCS"}


class NumberController(Controller):
    """The lines of the account."""

    @get("/phone_numbers")
    async def list_numbers(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """List the lines of this environment."""
        return {"phone_numbers": [line_shape(line) for line in sandbox.world.own_lines()]}

    @get("/phonenumbers")
    async def list_numbers_as_before(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """List the lines under the deprecated path."""
        return {
            "phone_numbers": [
                {"id": line.id, "phone_number": line.number, "type": None, "country_code": None, "capabilities": None}
                for line in sandbox.world.own_lines()
            ]
        }

    @put("/phone_numbers/{number_id:str}")
    async def forward(
        self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any], number_id: FromPath[str]
    ) -> Json:
        """Set or clear the number to which calls are forwarded."""
        body = read(Forwarding, await request.body())
        line = next((line for line in sandbox.world.own_lines() if line.id == number_id), None)
        if line is None:
            raise faults.not_found(2019, "Phone number")
        if body.forwarding_number:
            check_numbers([body.forwarding_number])
        forward_line(sandbox.world, line, body.forwarding_number, now_ns=sandbox.now_ns())
        return {"id": line.id, "phone_number": line.number, "forwarding_number": line.forwarding_number}

    @post("/phone_numbers/{number:str}/reputation_audit", status_code=202)
    async def start_audit(self, sandbox: NamedDependency[Sandbox], number: FromPath[str]) -> Json:
        """Start an audit of a line."""
        line = _audited(sandbox, number)
        audit = audits.start_audit(sandbox.world, line, speed=sandbox.options.speed, now_ns=sandbox.now_ns())
        return {"audit_id": audit.id, "status": "pending"}

    @get("/phone_numbers/{number:str}/reputation_audit/{audit_id:str}")
    async def read_audit(
        self, sandbox: NamedDependency[Sandbox], number: FromPath[str], audit_id: FromPath[str]
    ) -> Json:
        """Return an audit in its current state."""
        return audits.audit_shape(sandbox.world, number, audit_id, now_ns=sandbox.now_ns())

    @get("/available_number")
    async def suggest(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """Suggest a line to send from, with a link to its vCard."""
        query = request.query_params
        exclude = _listed(query.getall("exclude_from", []))
        people = _listed(query.getall("to", []))
        asked = query.get("type")
        kind = None if asked is None else _KINDS.get(asked.lower())
        if asked is not None and kind is None:
            raise faults.invalid_value("type must be RCS or iMessage")
        line = suggest_line(sandbox.world, frozenset(check_people(people)) if people else frozenset(), exclude, kind)
        path = signed_path(sandbox.link_key, line.number, exclude=exclude, now_ns=sandbox.now_ns())
        return {"phone_number": line.number, "vcf_url": f"{request.base_url}".rstrip("/") + path}


def _audited(sandbox: Sandbox, number: str) -> SandboxLine:
    check_numbers([number])
    line = sandbox.world.lines.get(number)
    if line is None or line.environment != HOME:
        raise faults.not_found(2019, "Phone number")
    return line


def _listed(values: list[str]) -> list[str]:
    """Return a parameter's values, whether it is repeated, as the docs say, or has commas, as the SDK sends it."""
    return [part for value in values for part in value.split(",") if part]
