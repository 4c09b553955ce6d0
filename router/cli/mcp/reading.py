"""The tools that read. Each answers what the API's operation of that subject answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from router.cli.mcp.arguments import CampaignId, Number, PoolName
from router.cli.mcp.desk import Desk
from router.gateway import Gateway
from router.manual.llms import write_index
from router.manual.pages import START, Manual
from router.schemas.campaigns import CampaignAnswer, PreviewAnswer
from router.schemas.capacity import CapacityAnswer
from router.schemas.events import ROW_PATTERN, EventAnswer
from router.schemas.lines import LineAnswer
from router.schemas.pools import PoolAnswer
from router.schemas.routes import RouteAnswer
from router.schemas.shares import ExplainAnswer, TrialAnswer
from router.schemas.signups import MAX_USER_CHARACTERS
from router.services.capacity.what_if import MAX_DEMAND
from router.services.lines.trial import try_signups
from router.store.event_log import MAX_ROWS, About
from router.web.api.controllers.lines import MAX_TRIED

Work = Callable[..., Awaitable[Any]]

Retired = Annotated[bool, Field(description="Show retired lines too.")]
Demand = Annotated[int, Field(description="People to plan for besides those there are.", ge=0, le=MAX_DEMAND)]
Tried = Annotated[int, Field(description="How many signups.", ge=1, le=MAX_TRIED)]
User = Annotated[str, Field(description="Your own id of the person.", min_length=1, max_length=MAX_USER_CHARACTERS)]
Before = Annotated[str | None, Field(description="Id of the last row already read.", pattern=ROW_PATTERN)]
Limit = Annotated[int, Field(description="How many rows.", ge=1, le=MAX_ROWS)]
Subject = Annotated[About, Field(description="Of lines, or of people.")]
PageName = Annotated[str, Field(description="A page of the guide, such as guide/api; empty for the list of all pages.")]


class PoolReading:
    """Pools, their lines, and who gets which."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def tools(self) -> tuple[Work, ...]:
        """Everything that a model may call."""
        return self.pools, self.lines, self.line, self.explain, self.capacity, self.trial, self.route, self.events

    async def pools(self) -> list[PoolAnswer]:
        """List all pools with their settings."""

        async def read(gateway: Gateway) -> list[PoolAnswer]:
            return [PoolAnswer.of(pool) for pool in await gateway.pool_admin.all()]

        return await self._desk.ask(read)

    async def lines(self, pool: PoolName = None, with_retired: Retired = False) -> list[LineAnswer]:
        """List the lines of a pool: number, weight, state, the gate that holds each back, people and room."""

        async def read(gateway: Gateway, pool_id: str) -> list[LineAnswer]:
            return [LineAnswer.of(now) for now in await gateway.line_admin.all(pool_id, with_retired=with_retired)]

        return await self._desk.ask_pool(pool, read)

    async def line(self, number: Number, pool: PoolName = None) -> LineAnswer:
        """Get one line, even a retired one."""

        async def read(gateway: Gateway, pool_id: str) -> LineAnswer:
            return LineAnswer.of(await gateway.line_admin.get(pool_id, number))

        return await self._desk.ask_pool(pool, read)

    async def explain(self, pool: PoolName = None) -> ExplainAnswer:
        """Explain why each line gets the share of new people that it gets, and what holds it back."""

        async def read(gateway: Gateway, pool_id: str) -> ExplainAnswer:
            return ExplainAnswer.of(pool_id, await gateway.line_admin.explain(pool_id))

        return await self._desk.ask_pool(pool, read)

    async def capacity(self, pool: PoolName = None, demand: Demand = 0) -> CapacityAnswer:
        """Show how many people a pool carries, how much room is left, and how many lines it needs."""

        async def read(gateway: Gateway, pool_id: str) -> CapacityAnswer:
            return CapacityAnswer.of(await gateway.capacity.report(pool_id, more_people=demand))

        return await self._desk.ask_pool(pool, read)

    async def trial(self, pool: PoolName = None, count: Tried = 1000) -> TrialAnswer:
        """Show which lines would get the next signups, on a model of the pool. Nobody is signed up."""

        async def read(gateway: Gateway, pool_id: str) -> TrialAnswer:
            backups = (await gateway.pool_admin.get(pool_id)).backups
            overview = await gateway.line_admin.overview(pool_id)
            return TrialAnswer.of(pool_id, await asyncio.to_thread(try_signups, overview, count, backups))

        return await self._desk.ask_pool(pool, read)

    async def route(self, user: User, pool: PoolName = None) -> RouteAnswer:
        """Show which line to write to a person from now, and whether to write at all."""

        async def read(gateway: Gateway, pool_id: str) -> RouteAnswer:
            return RouteAnswer.of(await gateway.routing.of_user(pool_id, user))

        return await self._desk.ask_pool(pool, read)

    async def events(
        self, pool: PoolName = None, about: Subject = About.LINES, before: Before = None, limit: Limit = 50
    ) -> list[EventAnswer]:
        """List what happened to the lines or the people of a pool, the newest first."""

        async def read(gateway: Gateway, pool_id: str) -> list[EventAnswer]:
            rows = await gateway.history.latest(pool_id, about, before=before, limit=limit)
            return [EventAnswer.of(row) for row in rows]

        return await self._desk.ask_pool(pool, read)


class CampaignReading:
    """Campaigns: how far they are, and what one would do."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def tools(self) -> tuple[Work, ...]:
        """Everything that a model may call."""
        return self.campaigns, self.campaign, self.campaign_preview

    async def campaigns(
        self,
        pool: Annotated[str | None, Field(description="Only those of this pool.")] = None,
        live: Annotated[bool, Field(description="Only those that are not over.")] = False,
    ) -> list[CampaignAnswer]:
        """List the campaigns that move people off a line, the newest first."""

        async def read(gateway: Gateway) -> list[CampaignAnswer]:
            found = await gateway.campaign_admin.all(pool=pool, only_live=live)
            return [CampaignAnswer.of(await gateway.outlooks.of(progress)) for progress in found]

        return await self._desk.ask(read)

    async def campaign(self, campaign: CampaignId) -> CampaignAnswer:
        """Get a campaign and how far it is."""

        async def read(gateway: Gateway) -> CampaignAnswer:
            return CampaignAnswer.of(await gateway.outlooks.of(await gateway.campaign_admin.get(campaign)))

        return await self._desk.ask(read)

    async def campaign_preview(self, number: Number, pool: PoolName = None) -> PreviewAnswer:
        """Show whom a campaign off a line would prompt, over which channel, to which lines. Nobody is prompted."""

        async def read(gateway: Gateway, pool_id: str) -> PreviewAnswer:
            return PreviewAnswer.of(await gateway.campaign_admin.preview(pool_id, number))

        return await self._desk.ask_pool(pool, read)


class GuideReading:
    """The guide, so that a model need not guess."""

    def __init__(self, manual: Manual) -> None:
        self._manual = manual

    @property
    def tools(self) -> tuple[Work, ...]:
        """Everything that a model may call."""
        return (self.guide,)

    async def guide(self, page: PageName = "") -> str:
        """Read the guide that comes with this gateway, as Markdown. Without a page it lists all pages."""
        if not page:
            return write_index(self._manual, "")
        name = page.strip().removeprefix(f"{START}/").removesuffix(".md")
        found = self._manual.pages.get(name)
        if found is None:
            raise ToolError(f"not_found: The guide has no page {page[:80]!r}. Call guide without a page for the list.")
        return self._manual.text_of(found)
