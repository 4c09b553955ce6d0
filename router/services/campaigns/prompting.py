"""Prompt people: claim a batch, send each a message over their channel, and record the result.

A claim marks a person as being sent to before the network is touched. So a sender that dies leaves nobody who might be
prompted twice: its people are tried again only over a channel that drops repeated messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from router.channels.channel import Channel
from router.core.campaigns.campaign import CHANNELS, Campaign, CampaignPerson
from router.core.campaigns.campaign_rules import CampaignRules
from router.core.campaigns.cause import Cause
from router.core.campaigns.prompt import Recipient, SendOutcome
from router.core.campaigns.quiet_hours import may_prompt_at_ms
from router.core.campaigns.retries import NO_PAUSE, Pause, SettleWord, after_loss
from router.core.channel import ChannelName
from router.core.pool import PoolId
from router.core.time_units import MILLISECOND
from router.services.campaigns.messages import Recipients
from router.services.campaigns.room import allowances_of
from router.services.campaigns.sending import PromptSender
from router.services.people.left_contacts import LeftContacts
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.store.campaign_people import Candidate, ClaimReply, Offer, Settlement
from router.store.campaign_queue import MAX_CLAIMED, CampaignQueue
from router.store.lines import Overview
from router.store.waitlist import Waitlist

_SHORTEST_WAIT = timedelta(milliseconds=100)  # a claim of one prompt costs as much as one of ten
_PLACE_HELD = timedelta(days=1)  # an invitation holds its place this long: some people read e-mail in the evening
_S = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptingReport:
    """What one batch did.

    Attributes:
        is_idle: nobody moved on, so another batch would not help either before something changes.
        is_held_up: somebody was left because no line may take more people this hour.
        has_no_room: and no line has room at all.
        wait: until a channel's pace allows the next prompt; zero if the pace holds nobody back.
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
        queue: whose turn it is.
        waitlist: whose turn it is for an invitation.
        channels: the channels that are set up, by name.
        recipients: reads how people can be reached.
        left_contacts: knows at which contacts nobody wants an invitation.
        sender: sends to the people who were claimed.
        rules: the pace, and how long a claim may take.
        clock: the store's.
    """

    def __init__(
        self,
        *,
        queue: CampaignQueue,
        waitlist: Waitlist,
        channels: Mapping[ChannelName, Channel],
        recipients: Recipients,
        left_contacts: LeftContacts,
        sender: PromptSender,
        rules: CampaignRules,
        clock: StoreClock,
    ) -> None:
        self._queue = queue
        self._waitlist = waitlist
        self._channels = channels
        self._recipients = recipients
        self._left_contacts = left_contacts
        self._sender = sender
        self._rules = rules
        self._clock = clock
        # The store knows both as well; remembering them only saves calls that would claim nobody.
        self._pauses: dict[tuple[PoolId, ChannelName], Pause] = {}
        self._without_room: set[str] = set()  # campaigns whose last claim found no line that may take people now

    async def send_next_batch(self, view: PoolView, overview: Overview, campaign: Campaign) -> PromptingReport:
        """Claim and prompt as many people as may be prompted now, at most one claim of them.

        Raises:
            StoreUnavailable: `settle_abandoned` finds the people who were claimed and not settled.
        """
        now_ms = self._clock.now_ms()
        channels = [name for name in view.pool.prompt_channels if name in self._channels]
        with_room = [name for name in channels if not self._pause_left_ms(view, name, now_ms)]
        if channels and not with_room:
            return PromptingReport(wait=self._shortest_pause(view, channels, now_ms))
        limit = 1 if campaign.id in self._without_room else MAX_CLAIMED
        candidates = await self._queue.candidates(view.keys, campaign.id, with_room, limit=limit)
        if not candidates:
            return PromptingReport(wait=self._shortest_pause(view, channels, now_ms))
        recipients = {one.person.code: self._recipients.open(one.contacts) for one in candidates}
        if campaign.cause is Cause.WAITLIST:
            recipients = await self._left_contacts.without_refused(view, recipients)
        offers = [self._offer(view, one, recipients[one.person.code], now_ms) for one in candidates]
        claim = await self._claim(view, overview, campaign, offers, now_ms)
        self._remember(view, campaign, claim, now_ms)
        claimed = [one for one in claim.people if one.word == "claimed"]
        outcomes = await self._sender.send(view, overview, campaign, claimed, recipients)
        return PromptingReport(
            sent=outcomes.count(SendOutcome.SENT),
            failed=outcomes.count(SendOutcome.FAILED),
            unknown=outcomes.count(SendOutcome.UNKNOWN),
            is_idle=all(one.word in {"gone", "stuck"} for one in claim.people),
            is_held_up=claim.word in {"next_hour", "no_room"},
            has_no_room=claim.word == "no_room",
            wait=self._shortest_pause(view, channels, now_ms),
        )

    async def settle_abandoned(self, view: PoolView, campaigns: Sequence[Campaign]) -> int:
        """Settle the people whose sender died; return how many of them are unknown.

        They are tried again where that is safe, but not in a campaign that is over.
        """
        now_ms, unknown = self._clock.now_ms(), 0
        by_id = {campaign.id: campaign for campaign in campaigns}
        before_ms = now_ms - self._rules.lease // MILLISECOND
        for name, people in (await self._queue.abandoned_sends(view.keys, by_id, before_ms=before_ms)).items():
            is_live = by_id[name].state.is_live
            settlements = [self._after_loss(person, is_live=is_live, now_ms=now_ms) for person in people]
            await self._queue.settle(view.keys, name, settlements, now_ms=now_ms)
            unknown += sum(one.word == SettleWord.UNKNOWN for one in settlements)
        return unknown

    def channel_for(
        self, view: PoolView, recipient: Recipient, failed: frozenset[ChannelName] = frozenset()
    ) -> ChannelName | None:
        """Return the pool's first channel that can reach a person and has not failed for them, or None."""
        for name in view.pool.prompt_channels:
            channel = self._channels.get(name)
            if channel is not None and name not in failed and channel.can_reach(recipient):
                return name
        return None

    async def _claim(
        self, view: PoolView, overview: Overview, campaign: Campaign, offers: Sequence[Offer], now_ms: int
    ) -> ClaimReply:
        allowances = allowances_of(overview, self._rules)
        if campaign.cause is Cause.WAITLIST:
            return await self._waitlist.invite(
                view.keys,
                campaign.id,
                offers,
                backups=view.pool.backups,
                rules=self._rules,
                allowances=allowances,
                reservation_s=max(view.policy.reservation_s, _PLACE_HELD // _S),
                now_ms=now_ms,
            )
        return await self._queue.claim(
            view.keys,
            campaign.id,
            offers,
            backups=view.pool.backups,
            rules=self._rules,
            allowances=allowances,
            now_ms=now_ms,
        )

    def _after_loss(self, person: CampaignPerson, *, is_live: bool, now_ms: int) -> Settlement:
        channel = None if person.channel is None else self._channels.get(person.channel)
        word = after_loss(person.tries, resend_is_safe=is_live and channel is not None and channel.resend_is_safe)
        return Settlement(code=person.code, word=word, channel=person.channel, tries=person.tries, again_ms=now_ms)

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

    def _remember(self, view: PoolView, campaign: Campaign, claim: ClaimReply, now_ms: int) -> None:
        """Remember which channels must pause, and whether the lines have room."""
        for name, wait_ms in zip(CHANNELS, claim.waits_ms, strict=True):
            if wait_ms:
                self._pauses[view.pool.id, name] = Pause.of(max(wait_ms * MILLISECOND, _SHORTEST_WAIT), now_ms=now_ms)
        if claim.word in {"next_hour", "no_room"}:
            self._without_room.add(campaign.id)
        else:
            self._without_room.discard(campaign.id)

    def _pause_left_ms(self, view: PoolView, channel: ChannelName, now_ms: int) -> int:
        return self._pauses.get((view.pool.id, channel), NO_PAUSE).left_ms(now_ms)

    def _shortest_pause(self, view: PoolView, channels: Sequence[ChannelName], now_ms: int) -> timedelta:
        pauses_ms = [left_ms for name in channels if (left_ms := self._pause_left_ms(view, name, now_ms))]
        return min(pauses_ms, default=0) * MILLISECOND
