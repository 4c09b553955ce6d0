"""Send prompts that were claimed, and write what became of each."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from router.channels.channel import Channel
from router.core.campaign import Campaign
from router.core.campaign_rules import CampaignRules
from router.core.code import Code
from router.core.errors import InvalidText, StoreUnavailable
from router.core.prompt import ChannelName, Outcome, Recipient, SendResult
from router.core.retries import Step, after_try, closed_for
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.directory import PoolView
from router.services.migration.writing import PromptWriter
from router.store.campaign_people import Claimed, Settlement
from router.store.campaigns import Campaigns
from router.store.lines import Overview

_PAUSES_S = (0.1, 0.5, 1.0, 2.0, 4.0)
_MS = timedelta(milliseconds=1)
_log = get_logger()


class Sender:
    """Sends to people over their channels.

    Args:
        campaigns: where what became of them is written.
        channels: those that are set up, by name.
        writer: finds the words.
        rules: the lease, half of which a channel may take.
        clock: the store's.
        draw: at random from 0 to 1, for the pauses between tries.
    """

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        channels: Mapping[ChannelName, Channel],
        writer: PromptWriter,
        rules: CampaignRules,
        clock: StoreClock,
        draw: Callable[[], float],
    ) -> None:
        self._campaigns = campaigns
        self._channels = channels
        self._writer = writer
        self._rules = rules
        self._clock = clock
        self._draw = draw

    async def send(
        self,
        view: PoolView,
        overview: Overview,
        campaign: Campaign,
        claimed: Sequence[Claimed],
        reached: Mapping[Code, Recipient],
    ) -> list[Outcome]:
        """Send to all at once, and write what became of each as soon as it is known; one's fault is no other's.

        Raises:
            StoreUnavailable: what was not written of is found by `Prompting.recover`.
        """
        sending = asyncio.gather(
            *(self._send_one(view, overview, campaign, one, reached[one.code]) for one in claimed),
            return_exceptions=True,
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

    async def _send_one(
        self, view: PoolView, overview: Overview, campaign: Campaign, one: Claimed, recipient: Recipient
    ) -> Outcome:
        assert one.channel is not None
        result = await self._try(view, overview, campaign, one, recipient)
        now_ms = self._clock.now_ms()
        is_safe = self._channels[one.channel].resend_is_safe
        step, pause = after_try(result, one.tries, resend_is_safe=is_safe, draw=self._draw())
        settlement = Settlement(
            code=one.code, word=step, channel=one.channel, tries=one.tries, again_ms=now_ms + pause // _MS
        )
        await self._settle(view, campaign, settlement)
        if closed := closed_for(result):
            await self._campaigns.close_channel(view.keys, one.channel, until_ms=now_ms + closed // _MS)
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

    async def _settle(self, view: PoolView, campaign: Campaign, settlement: Settlement) -> None:
        """Write what became of somebody, also if the store is away for a moment: later nobody could say it any more."""
        for pause_s in _PAUSES_S:
            with suppress(StoreUnavailable):
                await self._campaigns.settle(view.keys, campaign.id, [settlement], now_ms=self._clock.now_ms())
                return
            await asyncio.sleep(pause_s)
        await self._campaigns.settle(view.keys, campaign.id, [settlement], now_ms=self._clock.now_ms())

    async def _try(
        self, view: PoolView, overview: Overview, campaign: Campaign, one: Claimed, recipient: Recipient
    ) -> SendResult:
        assert one.channel is not None
        left = overview.lines.get(campaign.slot)
        old, new = None if left is None else left.line.number, overview.lines[one.target].line.number
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
