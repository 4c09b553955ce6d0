"""Let the story happen: a line is flagged and recovers, another is at risk, and so on with the next ones."""

import asyncio
import time

import httpx

from router.cli.demo.account import Account, Answered
from router.cli.demo.campaign_news import LeftAlone
from router.cli.demo.campaign_watch import CampaignWatch
from router.cli.demo.crowd import Crowd
from router.cli.demo.customer import Customer
from router.cli.demo.frame import Position
from router.cli.demo.gateway import Gateway
from router.cli.demo.happenings import Trouble
from router.cli.demo.ledger import Ledger
from router.cli.demo.line_news import LineAtRisk, LineCalm, LineFlagged, LineRecovered, StillClosed
from router.cli.demo.people_news import PageChanged
from router.cli.demo.phone import PageFault
from router.cli.demo.proof import Closure, Proof
from router.cli.demo.story import Pace, Story
from router.cli.demo.visit import Tell, Visit
from router.cli.demo.watch import Watch

_ANSWER_PATIENCE_S = 10.0
_OPT_OUT_PATIENCE_S = 30.0  # the texts of all who came at once may be before it
_POLL_S = 0.02
_BAD = {"status": "FLAGGED", "reputation": "CRITICAL"}
_GOOD = {"status": "ACTIVE", "reputation": "HEALTHY"}


class Plot:
    """Does to lines what the story says, and tells what came of it."""

    def __init__(
        self,
        *,
        story: Story,
        pace: Pace,
        account: Account,
        gateway: Gateway,
        watch: Watch,
        crowd: Crowd,
        proof: Proof,
        campaigns: CampaignWatch,
        ledger: Ledger,
        customer: Customer,
        tell: Tell,
    ) -> None:
        self._story = story
        self._pace = pace
        self._account = account
        self._gateway = gateway
        self._watch = watch
        self._crowd = crowd
        self._proof = proof
        self._campaigns = campaigns
        self._ledger = ledger
        self._customer = customer
        self._tell = tell

    async def unfold(self) -> None:
        """Go on until cancelled."""
        await asyncio.sleep(self._pace.first_s)
        async with asyncio.TaskGroup() as followers:
            while True:
                try:
                    await self._flag_one(followers)
                    await asyncio.sleep(self._pace.recovering_s)
                    await self._warn_of_one()
                except (PageFault, httpx.HTTPError, TimeoutError) as fault:
                    self._tell(Trouble(what=f"the story: {fault!r}"))
                    for line in self._proof.open_lines():
                        self._proof.forget(line)
                await asyncio.sleep(self._pace.between_s)

    async def _flag_one(self, followers: asyncio.TaskGroup) -> None:
        chosen = self._story.choose_for_flag(self._watch.positions)
        if chosen is None:
            return
        await self._let_one_opt_out(chosen.line)
        answered = await self._close(chosen, is_promised=True, **_BAD)
        self._tell(
            LineFlagged(line=chosen.line, people=chosen.people, answered_after_ms=round(answered.after_s * 1000))
        )
        await self._tell_of_pages(list(self._crowd.on(chosen.line)), followers)
        await asyncio.sleep(self._pace.counted_s)
        closure = self._proof.recount(chosen.line, given=await self._given(chosen.line))
        if closure is not None:
            self._tell(StillClosed(line=chosen.line, newcomers=closure.newcomers, to_it=closure.to_it))
        await self._campaigns.wait_until_running(chosen.line)
        await asyncio.sleep(self._pace.prompted_s)
        ended = await self._open(chosen.line, **_GOOD)
        await self._campaigns.note_recovery(chosen.line)
        if ended is not None:
            self._tell(
                LineRecovered(
                    line=chosen.line,
                    newcomers=ended.newcomers,
                    to_it=ended.to_it,
                    weight_percent=await self._weight_percent(chosen.line),
                    warm_up_s=self._pace.warm_up_s,
                )
            )

    async def _let_one_opt_out(self, line: str) -> None:
        """Let one of the people of a line text STOP, and write down everybody who has and of whom the gateway knows it.

        Raises:
            TimeoutError: the gateway does not say that it knows.
        """
        candidates = [visit for visit in self._crowd.on(line) if visit.is_recognised]
        if candidates:
            chosen = candidates[-1]
            await chosen.opt_out()
            async with asyncio.timeout(_OPT_OUT_PATIENCE_S):
                while not await self._has_opted_out(chosen):  # noqa: ASYNC110 - another process knows
                    await asyncio.sleep(_POLL_S)
            self._tell(LeftAlone(line=line, signup=chosen.signup))
        stopped = self._crowd.opted_out()
        known = await asyncio.gather(*(self._has_opted_out(visit) for visit in stopped))
        self._ledger.bar(visit.phone.person.number for visit, is_out in zip(stopped, known, strict=True) if is_out)

    async def _has_opted_out(self, visit: Visit) -> bool:
        return (await self._customer.look_up(visit.signup)).state == "opted_out"

    async def _tell_of_pages(self, visits: list[Visit], followers: asyncio.TaskGroup) -> None:
        """Open the page of one of a closed line's people, and let all of them find out by themselves."""
        for visit in visits:
            followers.create_task(visit.follow())
        if visits:
            before, now = visits[0].shown, await visits[0].look()
            if before is not None and now is not None and now.line != before.line:
                self._tell(PageChanged(page_url=now.page_url, old=before.line, new=now.line))

    async def _warn_of_one(self) -> None:
        chosen = self._story.choose_for_warning(self._watch.positions)
        if chosen is None:
            return
        await self._close(chosen, is_promised=False, reputation="AT_RISK")
        self._tell(LineAtRisk(line=chosen.line, people=chosen.people))
        await asyncio.sleep(self._pace.at_risk_s)
        ended = await self._open(chosen.line, reputation="HEALTHY")
        if ended is not None:
            self._tell(LineCalm(line=chosen.line, newcomers=ended.newcomers, to_it=ended.to_it))

    async def _close(self, chosen: Position, *, is_promised: bool, **health: str) -> Answered:
        answered = await self._change(chosen.line, **health)
        given = await self._given(chosen.line)
        self._proof.close(chosen.line, is_promised=is_promised, at_s=answered.at_s, given=given)
        return answered

    async def _open(self, line: str, **health: str) -> Closure | None:
        """Count first: once the provider is told, the gateway may give the line again."""
        ended = self._proof.reopen(line, at_s=time.time(), given=await self._given(line))
        await self._change(line, **health)
        return ended

    async def _change(self, line: str, **health: str) -> Answered:
        """Change a line's health at the provider, and return once the gateway has answered the event.

        Raises:
            TimeoutError: it did not.
        """
        async with self._watch.by_story:
            event = await self._account.set_health(line, **health)
            self._watch.own_events.add(event)
        async with asyncio.timeout(_ANSWER_PATIENCE_S):
            while (answered := await self._account.answered(event)) is None:  # noqa: ASYNC110 - another process knows
                await asyncio.sleep(_POLL_S)
        return answered

    async def _given(self, line: str) -> int:
        return (await self._gateway.given())[line]

    async def _weight_percent(self, line: str) -> int:
        positions = await self._gateway.positions(time.monotonic())
        return next((round(one.weight_percent) for one in positions if one.line == line), 0)
