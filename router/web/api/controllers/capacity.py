"""Capacity: what a pool carries, how many lines it needs, and what would be with other inputs."""

from typing import Annotated

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from router.core.line import MAX_LINES_PER_POOL
from router.core.pool import MIN_MESSAGES_PER_PERSON
from router.core.pools.pool_rules import MAX_MESSAGES_PER_PERSON
from router.schemas.capacity import CapacityAnswer
from router.schemas.what_if import MAX_NAMED, WhatIfAnswer, WhatIfBody
from router.services.capacity.reports import CapacityReports
from router.services.capacity.what_if import MAX_DEMAND, MAX_PEAK_FACTOR, Changes
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_viewer

More = Annotated[int, QueryParameter(ge=0, le=MAX_DEMAND, description="people to plan for beside those there are")]
Peak = Annotated[float, QueryParameter(ge=1, le=MAX_PEAK_FACTOR, description="times the usual messages")]
PerPerson = Annotated[
    float | None, QueryParameter(ge=MIN_MESSAGES_PER_PERSON, le=MAX_MESSAGES_PER_PERSON, description="messages a day")
]
Added = Annotated[int, QueryParameter(ge=0, le=MAX_LINES_PER_POOL, description="further lines, warm")]
LostCount = Annotated[int, QueryParameter(ge=0, le=MAX_LINES_PER_POOL, description="those that are hardest to lose")]
LostNumbers = Annotated[
    list[str] | None, QueryParameter(max_items=MAX_NAMED, description="numbers of lines that are lost as well")
]
Spare = Annotated[float | None, QueryParameter(ge=0, le=1, description="instead of the pool's")]


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
        """Show how much a pool carries, measured and planned, and how many lines it needs."""
        return CapacityAnswer.of(await capacity.report(pool, more_people=demand))

    @get("/what-if", operation_id="get_what_if", responses=may_fail(404, 422))
    async def get_what_if(
        self,
        capacity: NamedDependency[CapacityReports],
        pool: FromPath[str],
        *,
        demand: More = 0,
        peak_factor: Peak = 1.0,
        messages_per_person_per_day: PerPerson = None,
        lines_added: Added = 0,
        lines_lost: LostCount = 0,
        lost: LostNumbers = None,
        over_provisioning: Spare = None,
    ) -> WhatIfAnswer:
        """Show what a pool would carry and need with other inputs. Nothing is changed."""
        changes = Changes(
            demand=demand,
            peak_factor=peak_factor,
            messages_per_person_per_day=messages_per_person_per_day,
            lines_added=lines_added,
            lines_lost=lines_lost,
            lost=tuple(lost or ()),
            over_provisioning=over_provisioning,
        )
        return WhatIfAnswer.of(await capacity.what_if(pool, changes))

    @post("/what-if", operation_id="ask_what_if", status_code=200, responses=may_fail(404, 422))
    async def ask_what_if(
        self, capacity: NamedDependency[CapacityReports], pool: FromPath[str], data: JSONBody[WhatIfBody]
    ) -> WhatIfAnswer:
        """Show the same, with the other inputs in a body."""
        return WhatIfAnswer.of(await capacity.what_if(pool, data.changes()))
