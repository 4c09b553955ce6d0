"""The control API of the sinks, below /sandbox/api/sinks: what came, and what the next ones meet."""

from typing import Any

import msgspec
from litestar import Controller, Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import Field

from router.providers.sandbox.control.bodies import ControlFault, Order, read
from router.providers.sandbox.records import Json
from router.providers.sandbox.sandbox import Sandbox
from router.providers.sandbox.sinks.all_sinks import Box, Sinks, shapes_of
from router.providers.sandbox.sinks.answers import Kind, PlannedAnswer, Stage
from router.providers.sandbox.sinks.http import Posted
from router.providers.sandbox.sinks.mail import Mail

WebRequest = Request[Any, Any, Any]
_SHOWN = 200


class AnswerPlan(Order):
    """What the next arrivals meet."""

    kind: Kind = Kind.STATUS
    status: int = Field(default=500, ge=300, le=599)
    code: int | None = None
    retry_after_s: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=60.0, gt=0, le=600)
    stage: Stage = Stage.DATA
    times: int = Field(default=1, ge=1, le=1_000_000)


class OptedOut(Order):
    """Numbers that said STOP."""

    numbers: list[str]


class SinkController(Controller):
    """What goes to people beside the lines."""

    path = "/sinks"

    @get("/")
    async def show_sinks(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """Show where the sinks are, and how much came."""
        return sinks_of(sandbox).shape()

    @get("/{sink:str}/arrivals")
    async def list_arrivals(self, sandbox: NamedDependency[Sandbox], sink: FromPath[str]) -> Json:
        """List what came lately, the newest first, and say how much came in all."""
        arrivals: list[Posted | Mail] = [*box_of(sandbox, sink).arrivals]
        return {"total": len(arrivals), "arrivals": shapes_of(arrivals, _SHOWN)}

    @delete("/{sink:str}/arrivals", status_code=204)
    async def forget_arrivals(self, sandbox: NamedDependency[Sandbox], sink: FromPath[str]) -> None:
        """Forget what came."""
        box_of(sandbox, sink).arrivals.clear()

    @get("/{sink:str}/answers")
    async def list_answers(self, sandbox: NamedDependency[Sandbox], sink: FromPath[str]) -> Json:
        """List the planned answers that are left."""
        return _answers(box_of(sandbox, sink))

    @post("/{sink:str}/answers", status_code=201)
    async def plan_answer(self, sandbox: NamedDependency[Sandbox], request: WebRequest, sink: FromPath[str]) -> Json:
        """Let the next arrivals be refused, or taken and never answered."""
        box = box_of(sandbox, sink)
        box.plans.add(PlannedAnswer(**read(AnswerPlan, await request.body()).model_dump()))
        return _answers(box)

    @delete("/{sink:str}/answers", status_code=204)
    async def clear_answers(self, sandbox: NamedDependency[Sandbox], sink: FromPath[str]) -> None:
        """Drop all planned answers."""
        box_of(sandbox, sink).plans.clear()

    @put("/sms/opted-out", status_code=200)
    async def set_opted_out(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Say which numbers said STOP to the sender of texts."""
        sinks = sinks_of(sandbox)
        sinks.opted_out.clear()
        sinks.opted_out.update(read(OptedOut, await request.body()).numbers)
        return sinks.shape()


def sinks_of(sandbox: Sandbox) -> Sinks:
    """Return the sinks.

    Raises:
        ControlFault: it was started without.
    """
    if sandbox.sinks is None:
        raise ControlFault(404, "The sandbox was started without sinks.")
    return sandbox.sinks


def box_of(sandbox: Sandbox, sink: str) -> Box:
    """Return the box of one sink.

    Raises:
        ControlFault: there is none of that name.
    """
    box = sinks_of(sandbox).box(sink)
    if box is None:
        raise ControlFault(404, f"There is no sink {sink[:40]!r}: there are app, email and sms.")
    return box


def _answers(box: Box) -> Json:
    return {"answers": [msgspec.to_builtins(plan) for plan in box.plans.left]}
