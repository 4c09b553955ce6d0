"""The control API's paths for deliveries, events made by hand, planned faults and switches."""

from typing import Any
from uuid import uuid4

import msgspec
from litestar import Controller, Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import ValidationError

from router.sandbox.behaviour import Behaviour
from router.sandbox.control.bodies import (
    ControlFault,
    FaultPlan,
    NewEvent,
    Release,
    as_control_fault,
    read,
)
from router.sandbox.control.overview import event_shape, latest_tries
from router.sandbox.events import NEW_VERSION, SandboxEvent
from router.sandbox.planned_faults import PlannedFault
from router.sandbox.records import Json
from router.sandbox.sandbox import Sandbox

WebRequest = Request[Any, Any, Any]
_SHOWN = 200


class DeliveryController(Controller):
    """Deliveries, and events made by hand."""

    @get("/deliveries")
    async def list_tries(self, sandbox: NamedDependency[Sandbox], event_id: str | None = None) -> Json:
        """List delivery tries, the newest first, and count the deliveries that are not done."""
        tries = latest_tries(sandbox, _SHOWN, event_id=event_id)
        return {"deliveries": [one.shape() for one in tries], "pending": sandbox.deliveries.pending}

    @post("/deliveries/release", status_code=200)
    async def release(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Send the held deliveries, one after the other."""
        order = read(Release, await request.body())
        return {"released": sandbox.deliveries.release(order.order)}

    @get("/events")
    async def list_events(self, sandbox: NamedDependency[Sandbox], type: str | None = None) -> Json:  # noqa: A002 - the query's name
        """List events with their bodies, the newest first."""
        found = (event for event in reversed(sandbox.world.events) if type in {None, event.type})
        return {"events": [event.body(NEW_VERSION) for event, _ in zip(found, range(_SHOWN), strict=False)]}

    @post("/events", status_code=201)
    async def make_event(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Send every active subscription an event of any type, or raw bytes, with good signatures."""
        order = read(NewEvent, await request.body())
        event = SandboxEvent(
            id=order.id or str(uuid4()),
            type=order.type,
            trace_id=uuid4().hex,
            created_ns=sandbox.now_ns(),
            data=order.data,
            is_for_all=True,
            raw=None if order.raw is None else order.raw.encode(),
        )
        sandbox.world.publish(event)
        return {"events": [event_shape(event)]}

    @post("/events/{event_id:str}/replay", status_code=201)
    async def replay(self, sandbox: NamedDependency[Sandbox], event_id: FromPath[str]) -> Json:
        """Deliver an event again, as Linq's support does on request."""
        event = next((event for event in sandbox.world.events if event.id == event_id), None)
        if event is None:
            raise ControlFault(404, f"There is no event {event_id}.")
        sandbox.deliveries.dispatch(event)
        return {"events": [event_shape(event)]}


class SwitchController(Controller):
    """The sandbox's switches, planned faults and rate limits."""

    @get("/settings")
    async def show_settings(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """Show all switches."""
        return sandbox.world.behaviour.model_dump()

    @patch("/settings")
    async def change_settings(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Change some switches; the others stay as they are."""
        sandbox.world.behaviour = _changed(sandbox.world.behaviour, await request.body())
        return sandbox.world.behaviour.model_dump()

    @get("/faults")
    async def list_faults(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """List the remaining planned faults."""
        return {"faults": [msgspec.to_builtins(plan) for plan in sandbox.planned_faults.left]}

    @post("/faults", status_code=201)
    async def plan_fault(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Make the next calls to a path fail or wait."""
        order = read(FaultPlan, await request.body())
        sandbox.planned_faults.add(PlannedFault(**order.model_dump()))
        return {"faults": [msgspec.to_builtins(plan) for plan in sandbox.planned_faults.left]}

    @delete("/faults", status_code=204)
    async def clear_faults(self, sandbox: NamedDependency[Sandbox]) -> None:
        """Drop all planned faults."""
        sandbox.planned_faults.clear()

    @post("/allowances/reset", status_code=204)
    async def reset_allowances(self, sandbox: NamedDependency[Sandbox]) -> None:
        """Reset every rate limit."""
        sandbox.reset_allowances()


def _changed(behaviour: Behaviour, raw: bytes) -> Behaviour:
    try:
        changes = msgspec.json.decode(raw, type=dict[str, object])
        return behaviour.changed(changes)
    except msgspec.DecodeError as error:
        raise ControlFault(422, "A JSON object of switches is needed.") from error
    except ValidationError as error:
        raise as_control_fault(error) from error
