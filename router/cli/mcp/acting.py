"""The tools that act, which are offered with --allow-acts only. Each takes a reason, which is stored and shown."""

from typing import Annotated

from mcp.types import ToolAnnotations
from pydantic import Field

from router.cli.mcp.arguments import ACTS, HARMS, CampaignId, Force, Number, PoolName, Why
from router.cli.mcp.desk import Desk
from router.cli.mcp.reading import Work
from router.core.act import BY_MODEL
from router.core.campaigns.campaign import CampaignAction
from router.core.line import MAX_WEIGHT
from router.core.lines.line_rules import LineAction, check_reason
from router.gateway import Gateway
from router.schemas.campaigns import CampaignAnswer
from router.schemas.lines import LineAnswer

Weight = Annotated[int, Field(description="The line's share; 0 parks it.", ge=0, le=MAX_WEIGHT)]


class LineActs:
    """What an operator does to a line."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def tools(self) -> tuple[tuple[Work, ToolAnnotations], ...]:
        """Everything that a model may call, and how careful its client should be."""
        return (
            (self.drain_line, HARMS),
            (self.resume_line, ACTS),
            (self.maintain_line, HARMS),
            (self.flag_line, HARMS),
            (self.unflag_line, ACTS),
            (self.set_weight, HARMS),
        )

    async def drain_line(
        self,
        number: Number,
        reason: Why,
        pool: PoolName = None,
        force: Force = False,
    ) -> LineAnswer:
        """Give a line no new people; those who have it keep it. Undo it with resume_line."""
        return await self._set(LineAction.DRAIN, number, reason, pool, force=force)

    async def resume_line(self, number: Number, reason: Why, pool: PoolName = None) -> LineAnswer:
        """Put a drained or maintained line back in rotation; it warms up."""
        return await self._set(LineAction.RESUME, number, reason, pool)

    async def maintain_line(self, number: Number, reason: Why, pool: PoolName = None) -> LineAnswer:
        """Give a line no new people while somebody works on it. Undo it with resume_line."""
        return await self._set(LineAction.MAINT, number, reason, pool)

    async def flag_line(self, number: Number, reason: Why, pool: PoolName = None) -> LineAnswer:
        """Report that the provider flagged a line: its people get a backup, and a campaign may prompt them."""
        return await self._set(LineAction.FLAG, number, reason, pool)

    async def unflag_line(self, number: Number, reason: Why, pool: PoolName = None) -> LineAnswer:
        """Report that a flagged line works again; it warms up."""
        return await self._set(LineAction.UNFLAG, number, reason, pool)

    async def set_weight(self, number: Number, weight: Weight, reason: Why, pool: PoolName = None) -> LineAnswer:
        """Change a line's share of new people."""

        async def act(gateway: Gateway, pool_id: str) -> LineAnswer:
            check_reason(reason)
            return LineAnswer.of(
                await gateway.line_admin.change(pool_id, number, {"weight": weight}, by=BY_MODEL.because(reason))
            )

        return await self._desk.ask_pool(pool, act)

    async def _set(
        self, action: LineAction, number: str, reason: str, pool: str | None, *, force: bool = False
    ) -> LineAnswer:
        async def act(gateway: Gateway, pool_id: str) -> LineAnswer:
            now = await gateway.line_admin.set_state(pool_id, number, action, by=BY_MODEL.because(reason), force=force)
            return LineAnswer.of(now)

        return await self._desk.ask_pool(pool, act)


class CampaignActs:
    """What an operator does to a campaign."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def tools(self) -> tuple[tuple[Work, ToolAnnotations], ...]:
        """Everything that a model may call, and how careful its client should be."""
        return (
            (self.start_campaign, HARMS),
            (self.pause_campaign, ACTS),
            (self.resume_campaign, HARMS),
            (self.cancel_campaign, HARMS),
        )

    async def start_campaign(
        self,
        number: Number,
        reason: Why,
        pool: PoolName = None,
        force: Force = False,
    ) -> CampaignAnswer:
        """Ask the people of a drained line to text another, by messages. Call campaign_preview first."""

        async def act(gateway: Gateway, pool_id: str) -> CampaignAnswer:
            started = await gateway.campaign_admin.start(pool_id, number, by=BY_MODEL.because(reason), force=force)
            return CampaignAnswer.of(await gateway.outlooks.of(started))

        return await self._desk.ask_pool(pool, act)

    async def pause_campaign(self, campaign: CampaignId, reason: Why) -> CampaignAnswer:
        """Stop prompting people; those who were prompted stay so. Undo it with resume_campaign."""
        return await self._act(CampaignAction.PAUSE, campaign, reason)

    async def resume_campaign(self, campaign: CampaignId, reason: Why) -> CampaignAnswer:
        """Continue a paused campaign. It sends messages to people."""
        return await self._act(CampaignAction.RESUME, campaign, reason)

    async def cancel_campaign(self, campaign: CampaignId, reason: Why) -> CampaignAnswer:
        """End a campaign for good; nobody else is prompted."""
        return await self._act(CampaignAction.CANCEL, campaign, reason)

    async def _act(self, action: CampaignAction, campaign: str, reason: str) -> CampaignAnswer:
        async def act(gateway: Gateway) -> CampaignAnswer:
            return CampaignAnswer.of(
                await gateway.outlooks.of(
                    await gateway.campaign_admin.act(campaign, action, by=BY_MODEL.because(reason))
                )
            )

        return await self._desk.ask(act)
