"""Send the prompts of people who were claimed, and record each result."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from router.channels.channel import Channel
from router.core.campaigns.campaign import Campaign
from router.core.campaigns.campaign_rules import CampaignRules
from router.core.campaigns.prompt import Recipient, SendOutcome, SendResult
from router.core.campaigns.retries import SettleWord, after_try, closed_for
from router.core.channel import ChannelName
from router.core.code import Code
from router.core.errors import InvalidText, StoreUnavailable
from router.core.time_units import MILLISECOND
from router.services.campaigns.messages import PromptWriter
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.store.campaign_people import Claimed, Settlement
from router.store.campaign_queue import CampaignQueue
from router.store.lines import Overview
from router.telemetry.logs import get_logger

_PAUSES_S = (0.1, 0.5, 1.0, 2.0, 4.0)
_log = get_logger()


class PromptSender:
    """Sends prompts over people's channels.

    Args:
        queue: stores the results.
        channels: the channels that are set up, by name.
        writer: writes the messages.
        rules: the lease; a channel may take half of it.
        clock: the store's.
        draw: returns a random number from 0 to 1, for the pauses between tries.
    """

    def __init__(
        self,
        *,
        queue: CampaignQueue,
        channels: Mapping[ChannelName, Channel],
        writer: PromptWriter,
        rules: CampaignRules,
        clock: StoreClock,
        draw: Callable[[], float],
    ) -> None:
        self._queue = queue
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
        recipients: Mapping[Code, Recipient],
    ) -> list[SendOutcome]:
        """Send to all at once, and record each result as soon as it is known; a failure of one stops no other.

        Raises:
            StoreUnavailable: `Prompting.settle_abandoned` finds the people whose result was not recorded.
        """
        sending = asyncio.gather(
            *(self._send_one(view, overview, campaign, one, recipients[one.code]) for one in claimed),
            return_exceptions=True,
        )
        try:
            results = await asyncio.shield(sending)
        except asyncio.CancelledError:  # wait for what is on its way: later nobody would know whether it arrived
            await sending
            raise
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if not isinstance(result, BaseException)]

    async def _send_one(
        self, view: PoolView, overview: Overview, campaign: Campaign, one: Claimed, recipient: Recipient
    ) -> SendOutcome:
        assert one.channel is not None
        result = await self._send_within_lease(view, overview, campaign, one, recipient)
        now_ms = self._clock.now_ms()
        is_safe = self._channels[one.channel].resend_is_safe
        word, pause = after_try(result, one.tries, resend_is_safe=is_safe, draw=self._draw())
        settlement = Settlement(
            code=one.code, word=word, channel=one.channel, tries=one.tries, again_ms=now_ms + pause // MILLISECOND
        )
        await self._settle(view, campaign, settlement)
        if closed := closed_for(result):
            await self._queue.close_channel(view.keys, one.channel, until_ms=now_ms + closed // MILLISECOND)
        if word is not SettleWord.SENT:
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
        """Record a result, even if the store is away for a moment: later nobody would know it."""
        for pause_s in _PAUSES_S:
            with suppress(StoreUnavailable):
                await self._queue.settle(view.keys, campaign.id, [settlement], now_ms=self._clock.now_ms())
                return
            await asyncio.sleep(pause_s)
        await self._queue.settle(view.keys, campaign.id, [settlement], now_ms=self._clock.now_ms())

    async def _send_within_lease(
        self, view: PoolView, overview: Overview, campaign: Campaign, one: Claimed, recipient: Recipient
    ) -> SendResult:
        assert one.channel is not None
        left = overview.lines.get(campaign.slot)
        old, new = None if left is None else left.line, overview.lines[one.target].line.number
        try:
            message = self._writer.write(view, campaign, one.code, one.channel, recipient, old=old, new=new)
        except InvalidText as error:
            return SendResult(outcome=SendOutcome.FAILED, reason=f"the text does not fit: {error}")
        patience_s = self._rules.lease.total_seconds() / 2
        try:
            async with asyncio.timeout(patience_s):
                return await self._channels[one.channel].send(message)
        except TimeoutError:
            return SendResult(outcome=SendOutcome.UNKNOWN, reason=f"no answer within {patience_s:g} s")
