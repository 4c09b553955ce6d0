"""Capacity: what a pool carries, and how many lines it needs."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from router.services.capacity import CapacityReports
from router.web.documented import BEARER, may_fail
from router.web.guards import requires_viewer
from router.web.schemas.capacity import CapacityAnswer

MAX_DEMAND = 100_000_000

More = Annotated[int, QueryParameter(ge=0, le=MAX_DEMAND, description="people to plan for beside those there are")]


class CapacityController(Controller):
    """Any key reads it."""

    path = "/pools/{pool:str}/capacity"
    tags = ("pools",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/", operation_id="get_capacity", responses=may_fail(404, 422))
    async def get_capacity(
        self, capacity: NamedDependency[CapacityReports], pool: FromPath[str], demand: More = 0
    ) -> CapacityAnswer:
        """Say how much a pool carries, measured and planned, and how many lines it needs."""
        return CapacityAnswer.of(await capacity.report(pool, more_people=demand))
