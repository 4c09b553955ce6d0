"""The control API's paths below /sandbox/api. The answer to every change has the events it caused."""

from collections.abc import Callable
from typing import Any

from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.sandbox import lines
from router.sandbox.control import acts
from router.sandbox.control.bodies import Failure, Health, Move, NewLine, Reply, Tapback, Text, read
from router.sandbox.control.overview import event_shape, line_shape, message_shape, world_shape
from router.sandbox.records import Json
from router.sandbox.sandbox import Sandbox

WebRequest = Request[Any, Any, Any]


class WorldController(Controller):
    """Lines and the people who text them."""

    @get("/world")
    async def show_world(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """Show an overview of everything."""
        return world_shape(sandbox)

    @post("/lines", status_code=201)
    async def add_line(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Give the account a line."""
        order = read(NewLine, await request.body())
        return with_events(sandbox, lambda: {"line": line_shape(acts.add_line(sandbox, order))})

    @delete("/lines/{number:str}", status_code=200)
    async def release_line(self, sandbox: NamedDependency[Sandbox], number: FromPath[str]) -> Json:
        """Take a line away from the account."""
        line = acts.find_line(sandbox, number)

        def act() -> Json:
            lines.release_line(sandbox.world, line, now_ns=sandbox.now_ns())
            return {"line": line_shape(line)}

        return with_events(sandbox, act)

    @post("/lines/{number:str}/status", status_code=200)
    async def set_health(self, sandbox: NamedDependency[Sandbox], request: WebRequest, number: FromPath[str]) -> Json:
        """Flag a line, let it recover, or change its reputation."""
        order = read(Health, await request.body())
        return with_events(sandbox, lambda: {"line": line_shape(acts.set_health(sandbox, number, order))})

    @post("/lines/{number:str}/move", status_code=200)
    async def move_line(self, sandbox: NamedDependency[Sandbox], request: WebRequest, number: FromPath[str]) -> Json:
        """Move a line to another environment, or back to Production."""
        order = read(Move, await request.body())
        line = acts.find_line(sandbox, number)

        def act() -> Json:
            lines.move_line(sandbox.world, line, order.environment, now_ns=sandbox.now_ns())
            return {"line": line_shape(line)}

        return with_events(sandbox, act)

    @post("/texts", status_code=201)
    async def text(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Let a person text a line."""
        order = read(Text, await request.body())

        def act() -> Json:
            message = acts.text_line(sandbox, order)
            return {"message": None if message is None else message_shape(message)}

        return with_events(sandbox, act)

    @post("/replies", status_code=201)
    async def reply(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Let the customer's app write to a person."""
        order = read(Reply, await request.body())
        return with_events(sandbox, lambda: {"message": message_shape(acts.reply(sandbox, order))})

    @post("/reactions", status_code=201)
    async def react(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Let one side react to the other's newest message."""
        order = read(Tapback, await request.body())
        return with_events(sandbox, lambda: {"message": message_shape(acts.tap_back(sandbox, order))})

    @post("/failures", status_code=201)
    async def fail(self, sandbox: NamedDependency[Sandbox], request: WebRequest) -> Json:
        """Let a message of the account fail."""
        order = read(Failure, await request.body())
        return with_events(sandbox, lambda: {"message": message_shape(acts.fail(sandbox, order))})


def with_events(sandbox: Sandbox, act: Callable[[], Json]) -> Json:
    """Run an action, and add the events it caused to its answer."""
    with sandbox.world.recording() as events:
        answer = act()
    return answer | {"events": [event_shape(event) for event in events]}
