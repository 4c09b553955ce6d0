"""The funnel of a pool: from the signup page to a conversation."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from router.schemas.funnel import FunnelAnswer
from router.services.lines.funnels import MAX_FUNNEL_DAYS, Funnels
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_viewer

Days = Annotated[int, QueryParameter(ge=1, le=MAX_FUNNEL_DAYS, description="how many days, today included")]


@get(
    "/pools/{pool:str}/funnel",
    operation_id="get_funnel",
    tags=["pools"],
    guards=[requires_viewer],
    security=BEARER,
    responses=may_fail(404, 422),
)
async def funnel(funnels: NamedDependency[Funnels], pool: FromPath[str], days: Days = 7) -> FunnelAnswer:
    """Show how many people reached each step on the way to a conversation, by day and line."""
    return FunnelAnswer.of(await funnels.report(pool, days=days))
