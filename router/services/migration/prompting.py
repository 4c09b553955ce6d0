"""Prompt people: claim some, send to each over their channel, and write what became of it.

A claim marks a person as being sent to before the network is touched, so a sender that dies leaves nobody who might be
prompted twice: whoever it left behind is tried again only where the channel itself drops a repetition.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from router.channels.channel import Channel
from router.core.campaign import CHANNELS, Campaign
from router.core.campaign_rules import CampaignRules
from router.core.code import Code
from router.core.errors import InvalidText
from router.core.pool import PoolId
from router.core.prompt import ChannelName, Outcome, Recipient, SendResult
from router.core.quiet_hours import may_prompt_at_ms
from router.core.retries import Step, after_loss, after_try, closed_for
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.directory import PoolView
from router.services.migration.recipients import Recipients
from router.services.migration.targets import allowances_of
from router.services.migration.writing import PromptWriter
from router.store.campaign_people import Candidate, Claim, Claimed, Offer, Settlement
from router.store.campaigns import MAX_CLAIMED, Campaigns
from router.store.lines import Overview

_SHORTEST_WAIT = timedelta(milliseconds=100)  # a claim of one prompt costs as much as one of ten
_MS = timedelta(milliseconds=1)
_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptingReport:
    """What one round did.

    Attributes:
        is_idle: it took nobody further, so another round would not either before something changes.
        is_held_up: somebody was left because no line may take anybody more this hour.
        has_no_room: and none has room at all.
        wait: until a channel's pace allows the next prompt; zero if it does not hold anybody back.
    """

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    is_idle: bool = True
    is_held_up: bool = False
    has_no_room: bool = False
    wait: timedelta = timedelta(0)


class Prompting:
    """Prompts the people of running campaigns.

    Args:
        campaigns: who waits, and what became of whom.
        channels: those that are set up, by name.
        recipients: opens what people gave us.
        writer: finds the words.
        rules: pace, cooldown and lease.
        clock: the store's.
    """

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        channels: Mapping[ChannelName, Channel],
        recipients: Recipients,
        writer: PromptWriter,
        rules: CampaignRules,
        clock: StoreClock,
    ) -> None:
        self._campaigns = campaigns
        self._channels = channels
        self._recipients = recipients
        self._writer = writer
        self._rules = rules
        self._clock = clock
        # What the store knows as well: it only spares calls that would bring nothing.
        self._paced_until_ms: dict[tuple[PoolId, ChannelName], int] = {}
        self._held_up: set[str] = set()

    async def go_on(self, view: PoolView, overview: Overview, campaign: Campaign) -> PromptingReport:
        """Prompt as many as may be prompted now, at most one claim of them.

        Raises:
            StoreUnavailable: what was claimed and not settled is found by `recover`.
        """
        now_ms = self._clock.now_ms()
        channels = [name for name in view.pool.prompt_channels if name in self._channels]
        with_room = [name for name in channels if self._wait_ms(view, name, now_ms) == 0]
        if channels and not with_room:
            return PromptingReport(wait=self._wait(view, channels, now_ms))
        limit = 1 if campaign.id in self._held_up else MAX_CLAIMED
        candidates = await self._campaigns.candidates(view.keys, campaign.id, with_room, limit=limit)
        if not candidates:
            return PromptingReport(wait=self._wait(view, channels, now_ms))
        reached = {one.person.code: self._recipients.open(one.contacts) for one in candidates}
        claim = await self._campaigns.claim(
            view.keys,
            campaign.id,
            [self._offer(view, one, reached[one.person.code], now_ms) for one in candidates],
            backups=view.pool.backups,
            rules=self._rules,
            allowances=allowances_of(overview, self._rules),
            now_ms=now_ms,
        )
        self._note(view, campaign, claim, now_ms)
        claimed = [one for one in claim.people if one.word == "claimed"]
        outcomes = await self._send_all(view, overview, campaign, claimed, reached)
        return PromptingReport(
            sent=outcomes.count(Outcome.SENT),
            failed=outcomes.count(Outcome.FAILED),
            unknown=outcomes.count(Outcome.UNKNOWN),
            is_idle=all(one.word in {"gone", "stuck"} for one in claim.people),
            is_held_up=claim.word in {"next_hour", "no_room"},
            has_no_room=claim.word == "no_room",
            wait=self._wait(view, channels, now_ms),
        )

    async def recover(self, view: PoolView, campaigns: Sequence[Campaign]) -> int:
        """Settle those whose sender died: tried again where that is safe, else shown as unknown. Returns how many.

        Nobody of a campaign that is over is tried again.
        """
        now_ms, recovered = self._clock.now_ms(), 0
        live = {campaign.id for campaign in campaigns if campaign.state.is_live}
        lost = await self._campaigns.lost(
            view.keys, [campaign.id for campaign in campaigns], before_ms=now_ms - self._rules.lease // _MS
        )
        for campaign, people in lost.items():
            settlements = []
            for person in people:
                channel = None if person.channel is None else self._channels.get(person.channel)
                is_safe = campaign in live and channel is not None and channel.resend_is_safe
                step = after_loss(person.tries, resend_is_safe=is_safe)
                settlements.append(
                    Settlement(code=person.code, word=step, channel=person.channel, tries=person.tries, again_ms=now_ms)
                )
            recovered += await self._campaigns.settle(view.keys, campaign, settlements, now_ms=now_ms)
        return recovered

    def channel_for(
        self, view: PoolView, recipient: Recipient, failed: frozenset[ChannelName] = frozenset()
    ) -> ChannelName | None:
        """The first channel of the pool that can reach a person and has not failed for them; None if there is none."""
        for name in view.pool.prompt_channels:
            channel = self._channels.get(name)
            if channel is not None and name not in failed and channel.can_reach(recipient):
                return name
        return None

    def _offer(self, view: PoolView, one: Candidate, recipient: Recipient, now_ms: int) -> Offer:
        pool = view.pool
        may_at_ms = may_prompt_at_ms(
            recipient.phone,
            now_ms=now_ms,
            opens=pool.prompts_from,
            closes=pool.prompts_until,
            fallback=pool.time_zone,
        )
        channel = self.channel_for(view, recipient, one.person.failed)
        return Offer(code=one.person.code, channel=channel, may_at_ms=may_at_ms)

    def _note(self, view: PoolView, campaign: Campaign, claim: Claim, now_ms: int) -> None:
        for name, wait_ms in zip(CHANNELS, claim.waits_ms, strict=True):
            if wait_ms:
                self._paced_until_ms[view.pool.id, name] = now_ms + max(wait_ms, _SHORTEST_WAIT // _MS)
        if claim.word in {"next_hour", "no_room"}:
            self._held_up.add(campaign.id)
        else:
            self._held_up.discard(campaign.id)

    def _wait_ms(self, view: PoolView, channel: ChannelName, now_ms: int) -> int:
        return max(0, self._paced_until_ms.get((view.pool.id, channel), 0) - now_ms)

    def _wait(self, view: PoolView, channels: Sequence[ChannelName], now_ms: int) -> timedelta:
        waits_ms = [wait_ms for name in channels if (wait_ms := self._wait_ms(view, name, now_ms))]
        return min(waits_ms, default=0) * _MS

    async def _send_all(
        self,
        view: PoolView,
        overview: Overview,
        campaign: Campaign,
        claimed: Sequence[Claimed],
        reached: Mapping[Code, Recipient],
    ) -> list[Outcome]:
        """Send to all at once, and write what became of each as soon as it is known; one's fault is no other's."""
        sending = asyncio.gather(
            *(self._send(view, overview, campaign, one, reached[one.code]) for one in claimed), return_exceptions=True
        )
        try:
            ends = await asyncio.shield(sending)
        except asyncio.CancelledError:  # what is on its way is waited for: nobody could tell later whether it arrived
            await sending
            raise
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return [end for end in ends if not isinstance(end, BaseException)]

    async def _send(
        self, view: PoolView, overview: Overview, campaign: Campaign, one: Claimed, recipient: Recipient
    ) -> Outcome:
        assert one.channel is not None
        result = await self._try(view, overview, campaign, one, recipient)
        now_ms, closed = self._clock.now_ms(), closed_for(result)
        if closed:
            await self._campaigns.close_channel(view.keys, one.channel, until_ms=now_ms + closed // _MS)
        step, pause = after_try(result, one.tries, resend_is_safe=self._channels[one.channel].resend_is_safe)
        settlement = Settlement(
            code=one.code, word=step, channel=one.channel, tries=one.tries, again_ms=now_ms + pause // _MS
        )
        await self._campaigns.settle(view.keys, campaign.id, [settlement], now_ms=now_ms)
        if step is not Step.SENT:
            _log.warning(
                "prompt_not_sent",
                campaign=campaign.id,
                channel=one.channel,
                state=result.outcome,
                attempt=one.tries,
                reason=result.reason,
            )
        return result.outcome

    async def _try(
        self, view: PoolView, overview: Overview, campaign: Campaign, one: Claimed, recipient: Recipient
    ) -> SendResult:
        assert one.channel is not None
        old, new = overview.lines[campaign.slot].line.number, overview.lines[one.target].line.number
        try:
            message = self._writer.write(view, campaign, one.code, one.channel, recipient, old=old, new=new)
        except InvalidText as error:
            return SendResult(outcome=Outcome.FAILED, reason=f"the text does not fit: {error}")
        patience_s = self._rules.lease.total_seconds() / 2
        try:
            async with asyncio.timeout(patience_s):
                return await self._channels[one.channel].send(message)
        except TimeoutError:
            return SendResult(outcome=Outcome.UNKNOWN, reason=f"no answer within {patience_s:g} s")
