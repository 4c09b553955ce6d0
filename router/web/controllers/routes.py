"""Which number is a person's now."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.services.routing import Routing
from router.web.documented import BEARER, may_fail
from router.web.guards import requires_viewer
from router.web.schemas.routes import RouteAnswer


class RouteController(Controller):
    """Any key reads it."""

    path = "/pools/{pool:str}/users/{user:str}/route"
    tags = ("signups",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/", operation_id="get_route", responses=may_fail(404))
    async def get_route(
        self, routing: NamedDependency[Routing], pool: FromPath[str], user: FromPath[str]
    ) -> RouteAnswer:
        """Say which line to write to a person from, and whether to; it changes the moment a line is flagged."""
        return RouteAnswer.of(await routing.of_user(pool, user))
