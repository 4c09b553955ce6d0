"""Open a campaign for each failed line and for a waitlist, advance it past hold-down and brake, and end it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict, Unpack

from router.core.act import BY_WORKER, Act
from router.core.campaigns.campaign import NO_LINE, Campaign, CampaignState, PersonState, campaign_id
from router.core.campaigns.campaign_rules import CampaignRules, brake, hold_down_of, is_due, why_over
from router.core.campaigns.cause import Cause
from router.core.errors import Conflict
from router.core.line import OperatorState, Status
from router.core.phone import mask
from router.core.pool import Pool
from router.core.time_units import DAY_MS
from router.services.alerts import Alerts
from router.services.campaigns.room import allowances_of, describe_prospect
from router.store.campaigns import Campaigns
from router.store.keys import PoolKeys
from router.store.line_records import LineNow
from router.store.lines import Overview
from router.store.waitlist import Waitlist
from router.telemetry.logs import get_logger

_KEPT_MS = 90 * DAY_MS  # as long as the states of its people
_REACHED = (PersonState.SENT, PersonState.OPENED, PersonState.MOVED)
_TO_DECIDE = (PersonState.UNKNOWN, PersonState.FAILED)
_log = get_logger()


class CampaignFields(TypedDict, total=False):
    """The fields of a campaign that change during its life; fields left out stay as they are."""

    state: CampaignState
    why: str
    is_planned: bool
    is_released: bool
    ended_at_ms: int


class CampaignLifecycle:
    """Opens, advances and ends the campaigns of one pool at a time."""

    def __init__(self, campaigns: Campaigns, waitlist: Waitlist, alerts: Alerts, rules: CampaignRules) -> None:
        self._campaigns = campaigns
        self._waitlist = waitlist
        self._alerts = alerts
        self._rules = rules

    async def advance(self, pool: Pool, overview: Overview, *, now_ms: int) -> list[Campaign]:
        """Open the campaigns that are due, advance the live ones, and return all campaigns of the pool.

        Raises:
            StoreUnavailable: the next call does the rest.
        """
        keys = PoolKeys(pool.id)
        campaigns = await self._campaigns.all(keys)
        known, caused = {campaign.id for campaign in campaigns}, set[str]()
        for now in overview.lines.values():
            cause = cause_of(now)
            if cause is None:
                continue
            opened = self._opened(pool, now, cause, campaigns, now_ms=now_ms)
            caused.add(opened.id)
            is_new = opened.id not in known and now.load.confirmed > 0
            if is_new and await self._campaigns.put(keys, opened, is_new=True):
                campaigns.append(opened)
                await self._report_opened(overview, now, opened)
        campaigns += await self._open_waitlist(pool, overview, campaigns, now_ms=now_ms)
        campaigns = await self._without_old(keys, campaigns, caused, now_ms=now_ms)
        return [await self._advance_one(keys, campaign, overview, now_ms=now_ms) for campaign in campaigns]

    async def change(
        self, keys: PoolKeys, campaign: Campaign, *, by: Act, **fields: Unpack[CampaignFields]
    ) -> Campaign:
        """Change some fields of a campaign; a cancelled campaign loses its queues.

        Raises:
            Conflict: another process or an operator changed it first.
        """
        changed = replace(campaign, revision=campaign.revision + 1, **fields)
        await self._campaigns.put(keys, changed)
        if changed.state is CampaignState.CANCELLED:
            await self._campaigns.drop_queues(keys, campaign.id)
        _log.info("campaign_changed", campaign=campaign.id, state=changed.state, reason=changed.why, actor=by.actor)
        return changed

    async def finish(self, keys: PoolKeys, campaign: Campaign, *, now_ms: int) -> None:
        """End a campaign with nobody left to prompt, and alert operators to the people it may not have reached.

        Raises:
            Conflict: another process or an operator changed it first.
            StoreUnavailable: no alert was sent; `switchyard campaigns show` has the same numbers.
        """
        await self.change(keys, campaign, by=BY_WORKER, state=CampaignState.DONE, ended_at_ms=now_ms)
        counts = (await self._campaigns.progress(keys, campaign)).counts
        needs_decision = any(counts[state] for state in _TO_DECIDE)
        was_for_nobody = not any(counts[state] for state in _REACHED)  # usually: no channel is set up
        missed = [f"{counts[state]} {state.word}" for state in (*_TO_DECIDE, PersonState.SKIPPED) if counts[state]]
        if missed and (needs_decision or was_for_nobody):
            message = (
                f"Campaign {campaign.id} is done, and may not have reached {', '.join(missed)}. Whom, and why: "
                f"switchyard campaigns export {campaign.id}"
            )
            await self._alerts.send("campaign_left_behind", campaign.id, message)

    async def _open_waitlist(
        self, pool: Pool, overview: Overview, campaigns: Sequence[Campaign], *, now_ms: int
    ) -> list[Campaign]:
        """Open the campaign that invites people, if people wait for a line and no campaign invites them yet.

        If one ended today, operators already know that lines are missing: wait until there is room.
        """
        keys, earlier = PoolKeys(pool.id), [each for each in campaigns if each.cause is Cause.WAITLIST]
        if any(each.state.is_live for each in earlier):
            return []
        has_ended_today = any(now_ms - (each.ended_at_ms or 0) < DAY_MS for each in earlier)
        if has_ended_today and not allowances_of(overview, self._rules):
            return []
        head = await self._waitlist.head(keys)
        if not head:
            return []
        # A campaign that was cancelled before it invited anybody has the first ticket's id already.
        ticket = max(head[0][0], *(each.epoch + 1 for each in earlier), 0)
        opened = Campaign(
            id=campaign_id(pool.id, NO_LINE, Cause.WAITLIST, ticket),
            pool=pool.id,
            slot=NO_LINE,
            epoch=ticket,
            cause=Cause.WAITLIST,
            state=CampaignState.RUNNING,
            created_at_ms=now_ms,
            hold_until_ms=now_ms,
        )
        if not await self._campaigns.put(keys, opened, is_new=True):
            return []
        _log.info("campaign_opened", campaign=opened.id, pool=pool.id, count=len(head))
        return [opened]

    async def _without_old(
        self, keys: PoolKeys, campaigns: Sequence[Campaign], caused: set[str], *, now_ms: int
    ) -> list[Campaign]:
        """Drop campaigns that ended long ago; one whose cause still holds stays, or it would open again."""
        old = [
            campaign
            for campaign in campaigns
            if campaign.ended_at_ms is not None
            and now_ms - campaign.ended_at_ms > _KEPT_MS
            and campaign.id not in caused
        ]
        for campaign in old:
            await self._campaigns.delete(keys, campaign.id)
        return [campaign for campaign in campaigns if campaign not in old]

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

    async def _advance_one(self, keys: PoolKeys, campaign: Campaign, overview: Overview, *, now_ms: int) -> Campaign:
        if not campaign.state.is_live:
            return campaign
        now = overview.lines.get(campaign.slot)
        braked = "" if now is None else self._braked(overview, campaign, now)
        next_fields = _next_of(campaign, now, braked, now_ms=now_ms)
        if next_fields is None:
            return campaign
        try:
            advanced = await self.change(keys, campaign, by=BY_WORKER, **next_fields)
        except Conflict:  # another worker or an operator was faster
            return await self._campaigns.get(keys, campaign.id) or campaign
        if advanced.state is CampaignState.PAUSED:
            await self._report_braked(campaign, braked)
        return advanced

    def _braked(self, overview: Overview, campaign: Campaign, left: LineNow) -> str:
        lines = [(now.line, now.provider.flagged_at_ms) for now in overview.lines.values()]
        own_ms = left.provider.flagged_at_ms if campaign.cause is Cause.FLAGGED else None
        return brake(lines, self._rules, flagged_at_ms=own_ms)

    async def _report_opened(self, overview: Overview, now: LineNow, campaign: Campaign) -> None:
        people = now.load.confirmed
        _log.info("campaign_opened", campaign=campaign.id, pool=campaign.pool, count=people)
        message = (
            f"Campaign {campaign.id}: {people} people on line {mask(now.line.number)} will be asked to move. "
            f"{describe_prospect(overview, people, self._rules)} See it: switchyard campaigns show {campaign.id}"
        )
        await self._alerts.send("campaign_opened", campaign.id, message)

    async def _report_braked(self, campaign: Campaign, braked: str) -> None:
        message = (
            f"Campaign {campaign.id} is paused and waits for you: {braked}. If its people should move all the same: "
            f"switchyard campaigns resume {campaign.id}"
        )
        await self._alerts.send("campaign_waits", campaign.id, message)


def _next_of(campaign: Campaign, now: LineNow | None, braked: str, *, now_ms: int) -> CampaignFields | None:
    """Return the fields that change in a live campaign now; None if nothing changes."""
    why = why_over(campaign, None if now is None else now.line, 0 if now is None else now.provider.flags)
    if why:
        return {"state": CampaignState.CANCELLED, "why": why, "ended_at_ms": now_ms}
    if braked and campaign.state is not CampaignState.PAUSED and not campaign.is_released:
        return {"state": CampaignState.PAUSED, "why": braked}
    return {"state": CampaignState.RUNNING, "why": ""} if is_due(campaign, now_ms=now_ms) else None


def cause_of(now: LineNow) -> Cause | None:
    """Return why the people of a line must move without an operator; None if they need not. Operators start a drain."""
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
    return now.line.joined_at_ms // 1000  # a retired line that comes back joins anew
