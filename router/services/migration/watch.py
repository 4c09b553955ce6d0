"""Open a campaign for each line that failed, and move each on: past its hold-down, by its brakes, to its end."""

from collections.abc import Sequence
from dataclasses import replace

from router.core.campaign import Campaign, CampaignState, Cause, campaign_id
from router.core.campaign_rules import CampaignRules, brake, hold_down_of, is_due, should_go_on
from router.core.errors import Conflict
from router.core.line import OperatorState, Status
from router.core.phone import mask
from router.core.pool import Pool
from router.observe.logs import get_logger
from router.services.alerts import Alerts
from router.store.campaigns import Campaigns
from router.store.keys import PoolKeys
from router.store.line_records import LineNow
from router.store.lines import Overview

_log = get_logger()


class CampaignWatch:
    """Decides on the campaigns of one pool at a time."""

    def __init__(self, campaigns: Campaigns, alerts: Alerts, rules: CampaignRules) -> None:
        self._campaigns = campaigns
        self._alerts = alerts
        self._rules = rules

    async def look(self, pool: Pool, overview: Overview, *, now_ms: int) -> list[Campaign]:
        """Open what must be opened, move on what can be, and return all campaigns of the pool.

        Raises:
            StoreUnavailable: the next look does the rest.
        """
        keys = PoolKeys(pool.id)
        campaigns = await self._campaigns.all(keys)
        known = {campaign.id for campaign in campaigns}
        for now in overview.lines.values():
            cause = cause_of(now)
            if cause is None or not now.load.confirmed:
                continue
            opened = self._opened(pool, now, cause, campaigns, now_ms=now_ms)
            if opened.id not in known and await self._campaigns.put(keys, opened, is_new=True):
                campaigns.append(opened)
                await self._tell_opened(pool, now, opened)
        why = self._braked(overview, now_ms=now_ms)
        return [await self._move_on(keys, campaign, overview, why, now_ms=now_ms) for campaign in campaigns]

    async def change(self, keys: PoolKeys, campaign: Campaign, **fields: object) -> Campaign:
        """Write some fields of a campaign.

        Raises:
            Conflict: somebody changed it first.
        """
        changed: Campaign = replace(campaign, revision=campaign.revision + 1, **fields)  # type: ignore[arg-type]
        await self._campaigns.put(keys, changed)
        _log.info("campaign_changed", campaign=campaign.id, state=changed.state, reason=changed.why)
        return changed

    def _opened(
        self, pool: Pool, now: LineNow, cause: Cause, campaigns: Sequence[Campaign], *, now_ms: int
    ) -> Campaign:
        slot = now.line.slot
        epoch = _epoch_of(now, cause)
        hold_until_ms = now_ms
        if cause is Cause.FLAGGED:
            held = hold_down_of(campaigns, slot, self._rules, now_ms=now_ms)
            hold_until_ms = (now.provider.flagged_at_ms or now_ms) + int(held.total_seconds() * 1000)
        return Campaign(
            id=campaign_id(pool.id, slot, cause, epoch),
            pool=pool.id,
            slot=slot,
            epoch=epoch,
            cause=cause,
            state=CampaignState.HOLDING,
            created_at_ms=now_ms,
            hold_until_ms=hold_until_ms,
        )

    def _braked(self, overview: Overview, *, now_ms: int) -> str:
        lines = [(now.line, now.provider.flagged_at_ms) for now in overview.lines.values()]
        return brake(lines, self._rules, now_ms=now_ms)

    async def _move_on(
        self, keys: PoolKeys, campaign: Campaign, overview: Overview, braked: str, *, now_ms: int
    ) -> Campaign:
        next_fields = _next_of(campaign, overview.lines.get(campaign.slot), braked, now_ms=now_ms)
        if next_fields is None:
            return campaign
        try:
            moved_on = await self.change(keys, campaign, **next_fields)
        except Conflict:  # another worker, or an operator, was faster
            return await self._campaigns.get(keys, campaign.id) or campaign
        if moved_on.state is CampaignState.PAUSED:
            await self._tell_braked(campaign, braked)
        return moved_on

    async def _tell_opened(self, pool: Pool, now: LineNow, campaign: Campaign) -> None:
        _log.info("campaign_opened", campaign=campaign.id, pool=pool.id, count=now.load.confirmed)
        message = (
            f"Campaign {campaign.id}: {now.load.confirmed} people of line {mask(now.line.number)} will be led to "
            f"others. See it: switchyard campaigns show {campaign.id}"
        )
        await self._alerts.tell("campaign_opened", campaign.id, message)

    async def _tell_braked(self, campaign: Campaign, braked: str) -> None:
        message = (
            f"Campaign {campaign.id} waits for you: {braked}. When you have looked at it: "
            f"switchyard campaigns resume {campaign.id}"
        )
        await self._alerts.tell("campaign_waits", campaign.id, message)


def _next_of(campaign: Campaign, now: LineNow | None, braked: str, *, now_ms: int) -> dict[str, object] | None:
    """What changes of a campaign by itself; None for nothing."""
    if not campaign.state.is_live:
        return None
    if now is None or not should_go_on(campaign, now.line, now.provider.flags):
        return {"state": CampaignState.CANCELLED, "why": "the line works again", "ended_at_ms": now_ms}
    is_beginning = is_due(campaign, now_ms=now_ms)
    is_running = campaign.state is CampaignState.RUNNING and not campaign.is_released
    if braked and (is_beginning or is_running):
        return {"state": CampaignState.PAUSED, "why": braked}
    return {"state": CampaignState.RUNNING, "why": ""} if is_beginning else None


def cause_of(now: LineNow) -> Cause | None:
    """Why the people of a line must be led away by themselves; None if they need not. A drain is a human's wish."""
    health = now.line.health
    if health.status is Status.FLAGGED:
        return Cause.FLAGGED
    if health.status is Status.RELEASED or health.operator_state is OperatorState.RETIRED:
        return Cause.RELEASED
    return None


def _epoch_of(now: LineNow, cause: Cause) -> int:
    if cause is Cause.FLAGGED:
        return now.provider.flags
    if now.line.health.status is Status.RELEASED:
        return now.provider.gone_at_us // 1_000_000
    return now.line.revision
