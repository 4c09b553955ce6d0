"""The control API of the sinks, below /sandbox/api/sinks: arrivals, and answers to the next ones."""

from typing import Any

import msgspec
from litestar import Controller, Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import Field

from router.sandbox.control.bodies import ControlFault, Order, read
from router.sandbox.records import Json
from router.sandbox.sandbox import Sandbox
from router.sandbox.sinks.all_sinks import Box, Sinks, shapes_of
from router.sandbox.sinks.answers import Kind, PlannedAnswer, Stage
from router.sandbox.sinks.http import Posted
from router.sandbox.sinks.mail import Mail

WebRequest = Request[Any, Any, Any]
_SHOWN = 200


class AnswerPlan(Order):
    """The answer to the next arrivals."""

    kind: Kind = Kind.STATUS
    status: int = Field(default=500, ge=300, le=599)
    code: int | None = None
    retry_after_s: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=60.0, gt=0, le=600)
    stage: Stage = Stage.DATA
    times: int = Field(default=1, ge=1, le=1_000_000)


class OptedOutNumbers(Order):
    """Numbers that opted out of SMS."""

    numbers: list[str]


class SinkController(Controller):
    """Arrivals and planned answers of the sinks."""

    path = "/sinks"

    @get("/")
    async def show_sinks(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """Show the sinks' addresses and counts."""
        return sinks_of(sandbox).shape()

    @get("/{sink:str}/arrivals")
    async def list_arrivals(self, sandbox: NamedDependency[Sandbox], sink: FromPath[str]) -> Json:
        """List the latest arrivals, the newest first, with the total."""
        arrivals: list[Posted | Mail] = [*box_of(sandbox, sink).arrivals]
        return {"total": len(arrivals), "arrivals": shapes_of(arrivals, _SHOWN)}

    @delete("/{sink:str}/arrivals", status_code=204)
    async def forget_arrivals(self, sandbox: NamedDependency[Sandbox], sink: FromPath[str]) -> None:
        """Delete the arrivals."""
        box_of(sandbox, sink).arrivals.clear()

    @get("/{sink:str}/answers")
    async def list_answers(self, sandbox: NamedDependency[Sandbox], sink: FromPath[str]) -> Json:
        """List the remaining planned answers."""
        return _answers(box_of(sandbox, sink))

    @post("/{sink:str}/answers", status_code=201)
    async def plan_answer(self, sandbox: NamedDependency[Sandbox], request: WebRequest, sink: FromPath[str]) -> Json:
        """Refuse the next arrivals, or accept and never answer them."""
        box = box_of(sandbox, sink)
        box.plans.add(PlannedAnswer(**read(AnswerPlan, await request.body()).model_dump()))
        return _answers(box)

    @delete("/{sink:str}/answers", status_code=204)
    async def clear_answers(self, sandbox: NamedDependency[Sandbox], sink: FromPath[str]) -> None:
        """Drop all planned answers."""
        box_of(sandbox, sink).plans.clear()

    @put("/sms/opted-out", status_code=200)
    async def set_opted_out(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Set the numbers that opted out of SMS."""
        sinks = sinks_of(sandbox)
        sinks.opted_out.clear()
        sinks.opted_out.update(read(OptedOutNumbers, await request.body()).numbers)
        return sinks.shape()


def sinks_of(sandbox: Sandbox) -> Sinks:
    """Return the sandbox's sinks.

    Raises:
        ControlFault: it was started without sinks.
    """
    if sandbox.sinks is None:
        raise ControlFault(404, "The sandbox was started without sinks.")
    return sandbox.sinks


def box_of(sandbox: Sandbox, sink: str) -> Box:
    """Return the box of one sink.

    Raises:
        ControlFault: there is no sink of that name.
    """
    box = sinks_of(sandbox).box(sink)
    if box is None:
        raise ControlFault(404, f"There is no sink {sink[:40]!r}: there are app, email and sms.")
    return box


def _answers(box: Box) -> Json:
    return {"answers": [msgspec.to_builtins(plan) for plan in box.plans.left]}
