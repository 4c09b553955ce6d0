"""Which number to write to a person from now."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.schemas.routes import RouteAnswer
from router.services.people.routing import Routing
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_viewer


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
        """Show which line to write to a person from, and whether to; it changes the moment a line is flagged."""
        return RouteAnswer.of(await routing.of_user(pool, user))
