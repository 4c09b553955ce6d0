"""What happened in a pool."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from router.schemas.events import ROW_PATTERN, EventAnswer
from router.services.events.history import History
from router.store.event_log import MAX_ROWS, About
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_viewer

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_ROWS)]
Before = Annotated[str | None, QueryParameter(pattern=ROW_PATTERN, description="id of the last row already read")]


class EventController(Controller):
    """Any key reads the logs."""

    path = "/pools/{pool:str}"
    tags = ("events",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/events", operation_id="list_events", responses=may_fail(404, 422))
    async def list_events(
        self,
        history: NamedDependency[History],
        pool: FromPath[str],
        *,
        about: Annotated[About, QueryParameter(description="of lines, or of people")] = About.LINES,
        before: Before = None,
        limit: Limit = 50,
    ) -> list[EventAnswer]:
        """List what happened to lines or people, newest first."""
        return [EventAnswer.of(row) for row in await history.latest(pool, about, before=before, limit=limit)]
