"""Prompt people: claim some, send to each over their channel, and write what became of it.

A claim marks a person as being sent to before the network is touched, so a sender that dies leaves nobody who might be
prompted twice: whoever it left behind is tried again only where the channel itself drops a repetition.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from router.channels.channel import Channel
from router.core.campaign import Campaign
from router.core.campaign_rules import CampaignRules, hourly_allowance
from router.core.capacity import FULL_PERCENT
from router.core.code import Code
from router.core.errors import InvalidText
from router.core.line import Tier
from router.core.phone import display
from router.core.prompt import ChannelName, Message, Outcome, Recipient, SendResult
from router.core.prompt_defaults import PromptReason
from router.core.prompt_text import PromptFields, write_prompt
from router.core.quiet_hours import may_prompt_at_ms
from router.core.token import PAGE, Tokens
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.directory import PoolView
from router.services.migration.recipients import Recipients
from router.store.campaigns import Campaigns, Candidate, Claimed, Offer, Settlement
from router.store.lines import Overview

_MAX_TRIES = 5
_FIRST_PAUSE = timedelta(seconds=30)
_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptingReport:
    """What one round did.

    Attributes:
        is_idle: nobody waited, or nobody was to be prompted now.
        has_no_room: no line may take anybody more this hour.
        wait: when a channel's pace allows the next prompt; zero if it does not hold anybody back.
    """

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    is_idle: bool = True
    has_no_room: bool = False
    wait: timedelta = timedelta(0)


class Prompting:
    """Prompts the people of running campaigns.

    Args:
        campaigns: who waits, and what became of whom.
        channels: those that are set up, by name.
        recipients: opens what people gave us.
        tokens: makes the links to their pages.
        base_url: of those links.
        rules: pace, cooldown and lease.
        clock: the store's.
    """

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        channels: Mapping[ChannelName, Channel],
        recipients: Recipients,
        tokens: Tokens,
        base_url: str,
        rules: CampaignRules,
        clock: StoreClock,
    ) -> None:
        self._campaigns = campaigns
        self._channels = channels
        self._recipients = recipients
        self._tokens = tokens
        self._base_url = base_url
        self._rules = rules
        self._clock = clock
        self._closed_until_ms: dict[ChannelName, int] = {}

    async def go_on(self, view: PoolView, overview: Overview, campaign: Campaign) -> PromptingReport:
        """Prompt as many as may be prompted now, at most one claim of them.

        Raises:
            StoreUnavailable: what was claimed and not settled is found by `recover`.
        """
        now_ms = self._clock.now_ms()
        await self._campaigns.wake(view.keys, campaign.id, now_ms=now_ms)
        candidates = await self._campaigns.candidates(view.keys, campaign.id)
        if not candidates:
            return PromptingReport()
        reached = {one.person.code: self._recipients.open(one.contacts) for one in candidates}
        offers = [self._offer(view, one, reached[one.person.code], now_ms) for one in candidates]
        claim = await self._campaigns.claim(
            view.keys,
            campaign.id,
            offers,
            backups=view.pool.backups,
            rules=self._rules,
            allowances=self._allowances(overview),
            now_ms=now_ms,
        )
        claimed = [one for one in claim.people if one.word == "claimed"]
        results = await asyncio.gather(
            *(self._send(view, campaign, one, reached[one.code], overview) for one in claimed)
        )
        await self._settle(view, campaign, claimed, results)
        outcomes = [result.outcome for result in results]
        return PromptingReport(
            sent=outcomes.count(Outcome.SENT),
            failed=outcomes.count(Outcome.FAILED),
            unknown=outcomes.count(Outcome.UNKNOWN),
            is_idle=not claim.people,
            has_no_room=claim.word == "no_room",
            wait=timedelta(milliseconds=claim.wait_ms),
        )

    async def recover(self, view: PoolView, campaign: Campaign) -> int:
        """Settle those whose sender died: sent again where that is safe, else shown as unknown. Returns how many."""
        now_ms = self._clock.now_ms()
        lease_ms = self._rules.lease // timedelta(milliseconds=1)
        lost = await self._campaigns.lost(view.keys, campaign.id, before_ms=now_ms - lease_ms)
        settlements = []
        for person in lost:
            channel = None if person.channel is None else self._channels.get(person.channel)
            word = "again" if channel is not None and channel.resend_is_safe else "unknown"
            settlements.append(Settlement(code=person.code, word=word, again_ms=now_ms))
        return await self._campaigns.settle(view.keys, campaign.id, settlements, now_ms=now_ms)

    def _offer(self, view: PoolView, one: Candidate, recipient: Recipient, now_ms: int) -> Offer:
        channel = self.channel_for(view, recipient, one.person.failed)
        pool = view.pool
        may_at_ms = may_prompt_at_ms(
            recipient.phone,
            now_ms=now_ms,
            opens=pool.prompts_from,
            closes=pool.prompts_until,
            fallback=pool.time_zone,
        )
        if channel is not None:
            may_at_ms = max(may_at_ms, self._closed_until_ms.get(channel, 0))
        return Offer(code=one.person.code, channel=channel, may_at_ms=may_at_ms)

    def channel_for(
        self, view: PoolView, recipient: Recipient, failed: frozenset[ChannelName] = frozenset()
    ) -> ChannelName | None:
        """The first channel of the pool that can reach a person and has not failed for them; None if there is none."""
        for name in view.pool.prompt_channels:
            channel = self._channels.get(name)
            if channel is not None and name not in failed and channel.can_reach(recipient):
                return name
        return None

    def _allowances(self, overview: Overview) -> dict[int, int]:
        """New people an hour for each line that may take some; less while it warms up."""
        return {
            slot: hourly_allowance(
                now.limits.weight // now.line.weight if now.line.weight else FULL_PERCENT, self._rules
            )
            for slot, now in overview.lines.items()
            if now.tier in {Tier.HEALTHY, Tier.RESERVE}
        }

    async def _send(
        self, view: PoolView, campaign: Campaign, one: Claimed, recipient: Recipient, overview: Overview
    ) -> SendResult:
        assert one.channel is not None
        try:
            message = self.message(
                view,
                campaign,
                overview,
                code=one.code,
                target=one.target,
                channel=one.channel,
                recipient=recipient,
            )
        except InvalidText as error:
            return SendResult(outcome=Outcome.FAILED, reason=f"the text does not fit: {error}")
        return await self._channels[one.channel].send(message)

    def message(
        self,
        view: PoolView,
        campaign: Campaign,
        overview: Overview,
        *,
        code: Code,
        target: int,
        channel: ChannelName,
        recipient: Recipient,
    ) -> Message:
        """Write one person's prompt.

        Raises:
            InvalidText: the pool's words for it do not fit.
        """
        old, new = overview.lines[campaign.slot].line.number, overview.lines[target].line.number
        page_url = f"{self._base_url}/t/{self._tokens.mint(PAGE, view.pool.id, code)}"
        fields = PromptFields(name=view.pool.name, number=display(new), old_number=display(old), link=page_url)
        words = write_prompt(channel, PromptReason(campaign.cause.value), fields, view.pool.prompt_texts)
        return Message(
            attempt=attempt_of(campaign.id, code, channel),
            campaign=campaign.id,
            pool=view.pool.id,
            signup=code,
            recipient=recipient,
            old_number=old,
            new_number=new,
            page_url=page_url,
            subject=words.subject,
            text=words.text,
            html="",
            unsubscribe_url=f"{page_url}/quiet",
            reason=campaign.cause.value,
        )

    async def _settle(
        self,
        view: PoolView,
        campaign: Campaign,
        claimed: Sequence[Claimed],
        results: Sequence[SendResult],
    ) -> None:
        now_ms = self._clock.now_ms()
        settlements = [self._settlement(one, result, now_ms) for one, result in zip(claimed, results, strict=True)]
        await self._campaigns.settle(view.keys, campaign.id, settlements, now_ms=now_ms)
        for one, result in zip(claimed, results, strict=True):
            if result.outcome is not Outcome.SENT:
                _log.warning(
                    "prompt_not_sent",
                    campaign=campaign.id,
                    channel=one.channel,
                    state=result.outcome,
                    attempt=one.tries,
                    reason=result.reason,
                )

    def _settlement(self, one: Claimed, result: SendResult, now_ms: int) -> Settlement:
        assert one.channel is not None
        if result.outcome is Outcome.SENT:
            return Settlement(code=one.code, word="sent")
        if result.outcome is Outcome.FAILED:
            return Settlement(code=one.code, word="next", again_ms=now_ms)
        may_repeat = result.outcome is Outcome.RETRY or self._channels[one.channel].resend_is_safe
        if not may_repeat:
            return Settlement(code=one.code, word="unknown")
        if result.retry_after_s is not None:
            until_ms = now_ms + int(result.retry_after_s * 1000)
            self._closed_until_ms[one.channel] = max(self._closed_until_ms.get(one.channel, 0), until_ms)
        if one.tries >= _MAX_TRIES:
            return Settlement(
                code=one.code, word="unknown" if result.outcome is Outcome.UNKNOWN else "next", again_ms=now_ms
            )
        pause_ms = int(_FIRST_PAUSE.total_seconds() * 1000) * 2 ** (one.tries - 1)
        again_ms = max(now_ms + pause_ms, self._closed_until_ms.get(one.channel, 0))
        return Settlement(code=one.code, word="again", again_ms=again_ms)


def attempt_of(campaign: str, code: Code, channel: ChannelName) -> str:
    """The idempotency key of a prompt: the same for every try of it, and of no other."""
    return f"sy_{sha256(f'{campaign}:{code}:{channel}'.encode()).hexdigest()[:32]}"
