"""Prompt people: claim some, send to each over their channel, and write what became of it.

A claim marks a person as being sent to before the network is touched, so a sender that dies leaves nobody who might be
prompted twice: whoever it left behind is tried again only where the channel itself drops a repetition.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from router.channels.channel import Channel
from router.core.campaign import CHANNELS, Campaign, CampaignPerson, Cause
from router.core.campaign_rules import CampaignRules
from router.core.pool import PoolId
from router.core.prompt import ChannelName, Outcome, Recipient
from router.core.quiet_hours import may_prompt_at_ms
from router.core.retries import Step, after_loss
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.directory import PoolView
from router.services.migration.recipients import Recipients
from router.services.migration.sending import Sender
from router.services.migration.targets import allowances_of
from router.store.campaign_people import Candidate, Claim, Offer, Settlement
from router.store.campaigns import MAX_CLAIMED, Campaigns
from router.store.lines import Overview
from router.store.waitlist import Waitlist

_SHORTEST_WAIT = timedelta(milliseconds=100)  # a claim of one prompt costs as much as one of ten
_PLACE_HELD = timedelta(days=1)  # for who was invited: they may read an e-mail in the evening
_MS = timedelta(milliseconds=1)
_S = timedelta(seconds=1)
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
        waitlist: who found no line.
        channels: those that are set up, by name.
        recipients: opens what people gave us.
        sender: carries what was claimed.
        rules: pace, cooldown and lease.
        clock: the store's.
    """

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        waitlist: Waitlist,
        channels: Mapping[ChannelName, Channel],
        recipients: Recipients,
        sender: Sender,
        rules: CampaignRules,
        clock: StoreClock,
    ) -> None:
        self._campaigns = campaigns
        self._waitlist = waitlist
        self._channels = channels
        self._recipients = recipients
        self._sender = sender
        self._rules = rules
        self._clock = clock
        # What the store knows as well: it only spares calls that would bring nothing.
        self._paced_ms: dict[tuple[PoolId, ChannelName], tuple[int, int]] = {}  # since when, and until when
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
        offers = [self._offer(view, one, reached[one.person.code], now_ms) for one in candidates]
        claim = await self._claim(view, overview, campaign, offers, now_ms)
        self._note(view, campaign, claim, now_ms)
        claimed = [one for one in claim.people if one.word == "claimed"]
        outcomes = await self._sender.send(view, overview, campaign, claimed, reached)
        return PromptingReport(
            sent=outcomes.count(Outcome.SENT),
            failed=outcomes.count(Outcome.FAILED),
            unknown=outcomes.count(Outcome.UNKNOWN),
            is_idle=all(one.word in {"gone", "stuck"} for one in claim.people),
            is_held_up=claim.word in {"next_hour", "no_room"},
            has_no_room=claim.word == "no_room",
            wait=self._wait(view, channels, now_ms),
        )

    async def _claim(
        self, view: PoolView, overview: Overview, campaign: Campaign, offers: Sequence[Offer], now_ms: int
    ) -> Claim:
        claim: Callable[..., Awaitable[Claim]] = self._campaigns.claim
        if campaign.cause is Cause.WAITLIST:
            held_s = max(view.policy.reservation_s, _PLACE_HELD // _S)
            claim = partial(self._waitlist.invite, reservation_s=held_s)
        return await claim(
            view.keys,
            campaign.id,
            offers,
            backups=view.pool.backups,
            rules=self._rules,
            allowances=allowances_of(overview, self._rules),
            now_ms=now_ms,
        )

    async def recover(self, view: PoolView, campaigns: Sequence[Campaign]) -> int:
        """Settle those whose sender died: tried again where that is safe, else unknown. Returns how many are unknown.

        Nobody of a campaign that is over is tried again.
        """
        now_ms, unknown = self._clock.now_ms(), 0
        by_id = {campaign.id: campaign for campaign in campaigns}
        before_ms = now_ms - self._rules.lease // _MS
        for name, people in (await self._campaigns.lost(view.keys, by_id, before_ms=before_ms)).items():
            found = [self._found(person, is_live=by_id[name].state.is_live, now_ms=now_ms) for person in people]
            await self._campaigns.settle(view.keys, name, found, now_ms=now_ms)
            unknown += sum(one.word == Step.UNKNOWN for one in found)
        return unknown

    def _found(self, person: CampaignPerson, *, is_live: bool, now_ms: int) -> Settlement:
        channel = None if person.channel is None else self._channels.get(person.channel)
        step = after_loss(person.tries, resend_is_safe=is_live and channel is not None and channel.resend_is_safe)
        return Settlement(code=person.code, word=step, channel=person.channel, tries=person.tries, again_ms=now_ms)

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
                self._paced_ms[view.pool.id, name] = now_ms, now_ms + max(wait_ms, _SHORTEST_WAIT // _MS)
        if claim.word in {"next_hour", "no_room"}:
            self._held_up.add(campaign.id)
        else:
            self._held_up.discard(campaign.id)

    def _wait_ms(self, view: PoolView, channel: ChannelName, now_ms: int) -> int:
        since_ms, until_ms = self._paced_ms.get((view.pool.id, channel), (0, 0))
        return until_ms - now_ms if since_ms <= now_ms < until_ms else 0  # the store knows, if the clock was set back

    def _wait(self, view: PoolView, channels: Sequence[ChannelName], now_ms: int) -> timedelta:
        waits_ms = [wait_ms for name in channels if (wait_ms := self._wait_ms(view, name, now_ms))]
        return min(waits_ms, default=0) * _MS
