"""Lines of a pool: their settings, their state, and why each gets what it gets."""

import asyncio
from typing import Annotated

from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, RawBody

from router.core.act import Act
from router.core.lines.line_rules import MAX_REASON_CHARACTERS, LineAction
from router.core.lines.line_table import MAX_TABLE_BYTES
from router.schemas.lines import ImportReport, LineAnswer, LineBody, LineChange, StateChange
from router.schemas.shares import ExplainAnswer, TrialAnswer
from router.services.lines.admin import LineAdmin
from router.services.lines.line_import import LineImport
from router.services.lines.trial import try_signups
from router.services.pools.admin import PoolAdmin
from router.web.api.openapi_specs import BEARER, TakesTable, may_fail
from router.web.guards import requires_operator, requires_viewer

MAX_TRIED = 10_000  # ten times the model's cost a request: above it, one caller would keep the others waiting

Why = Annotated[str, QueryParameter(max_length=MAX_REASON_CHARACTERS, description="kept and shown")]
Tried = Annotated[int, QueryParameter(ge=1, le=MAX_TRIED)]


class LineController(Controller):
    """Any key reads lines; operators work with them."""

    path = "/pools/{pool:str}"
    tags = ("lines",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/lines", operation_id="list_lines", responses=may_fail(404, 422))
    async def list_lines(
        self, line_admin: NamedDependency[LineAdmin], pool: FromPath[str], *, with_retired: FromQuery[bool] = False
    ) -> list[LineAnswer]:
        """List the lines of a pool in the order they joined."""
        return [LineAnswer.of(now) for now in await line_admin.all(pool, with_retired=with_retired)]

    @get("/lines/{number:str}", operation_id="get_line", responses=may_fail(404, 422))
    async def get_line(
        self, line_admin: NamedDependency[LineAdmin], pool: FromPath[str], number: FromPath[str]
    ) -> LineAnswer:
        """Get a line, even a retired one."""
        return LineAnswer.of(await line_admin.get(pool, number))

    @get("/explain", operation_id="explain", responses=may_fail(404))
    async def explain(self, line_admin: NamedDependency[LineAdmin], pool: FromPath[str]) -> ExplainAnswer:
        """Explain why each line gets the share of new people that it gets."""
        return ExplainAnswer.of(pool, await line_admin.explain(pool))

    @get("/trial", operation_id="try_signups", responses=may_fail(404, 422))
    async def try_signups(
        self,
        line_admin: NamedDependency[LineAdmin],
        pool_admin: NamedDependency[PoolAdmin],
        pool: FromPath[str],
        count: Tried = 1000,
    ) -> TrialAnswer:
        """Show which lines would get the next signups, on a model; nobody is signed up."""
        backups = (await pool_admin.get(pool)).backups
        overview = await line_admin.overview(pool)
        return TrialAnswer.of(pool, await asyncio.to_thread(try_signups, overview, count, backups))

    @post("/lines", operation_id="add_line", guards=[requires_operator], responses=may_fail(400, 404, 409, 413, 422))
    async def add_line(
        self,
        line_admin: NamedDependency[LineAdmin],
        by: NamedDependency[Act],
        pool: FromPath[str],
        data: JSONBody[LineBody],
    ) -> LineAnswer:
        """Add a line, or bring back a retired one with these settings."""
        return LineAnswer.of(await line_admin.add(pool, data.as_spec(), by=by))

    @post(
        "/lines/import",
        operation_id="import_lines",
        guards=[requires_operator],
        operation_class=TakesTable,
        status_code=200,
        request_max_body_size=MAX_TABLE_BYTES,
        responses=may_fail(404, 413, 422),
    )
    async def import_lines(
        self,
        line_import: NamedDependency[LineImport],
        by: NamedDependency[Act],
        pool: FromPath[str],
        body: RawBody,
        *,
        dry_run: FromQuery[bool] = False,
        unchecked: FromQuery[bool] = False,
    ) -> ImportReport:
        """Add the lines of a CSV table; a faulty row is reported and never stops the others."""
        rows = await line_import.run(pool, body, by=by, dry_run=dry_run, unchecked=unchecked)
        return ImportReport.of(rows, is_dry_run=dry_run)

    @patch(
        "/lines/{number:str}",
        operation_id="change_line",
        guards=[requires_operator],
        responses=may_fail(400, 404, 409, 413, 422),
    )
    async def change_line(
        self,
        line_admin: NamedDependency[LineAdmin],
        by: NamedDependency[Act],
        pool: FromPath[str],
        number: FromPath[str],
        data: JSONBody[LineChange],
    ) -> LineAnswer:
        """Change a line; what is left out stays as it is."""
        return LineAnswer.of(await line_admin.change(pool, number, data.fields(), by=by, revision=data.revision))

    @delete(
        "/lines/{number:str}",
        operation_id="remove_line",
        guards=[requires_operator],
        status_code=200,
        responses=may_fail(404, 409, 422),
    )
    async def remove_line(
        self,
        line_admin: NamedDependency[LineAdmin],
        by: NamedDependency[Act],
        pool: FromPath[str],
        number: FromPath[str],
        reason: Why = "removed by an operator",
        *,
        force: FromQuery[bool] = False,
    ) -> LineAnswer:
        """Retire a line; refused while people text on it, unless forced."""
        return LineAnswer.of(await line_admin.remove(pool, number, by=by.because(reason), force=force))

    @post(
        "/lines/{number:str}/{action:str}",
        operation_id="change_line_state",
        guards=[requires_operator],
        status_code=200,
        responses=may_fail(400, 404, 409, 413, 422),
    )
    async def change_line_state(
        self,
        line_admin: NamedDependency[LineAdmin],
        *,
        by: NamedDependency[Act],
        pool: FromPath[str],
        number: FromPath[str],
        action: FromPath[LineAction],
        data: JSONBody[StateChange],
    ) -> LineAnswer:
        """Drain, resume, maintain, flag or unflag a line."""
        now = await line_admin.set_state(pool, number, action, by=by.because(data.reason), force=data.force)
        return LineAnswer.of(now)
