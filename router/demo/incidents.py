"""Cause the incidents: a line is flagged and recovers, another is at risk, and so on with the next lines."""

import asyncio
import time

import httpx

from router.demo.checks.campaign_watch import CampaignProgress
from router.demo.checks.flag_check import Closure, FlagCheck
from router.demo.checks.line_watch import LineWatch
from router.demo.checks.prompt_check import PromptCheck
from router.demo.clients.gateway_api import GatewayApi
from router.demo.clients.linq_account import AcceptedEvent, SandboxAccount
from router.demo.clients.signups_api import SignupsApi
from router.demo.output.campaign_events import LeftAlone
from router.demo.output.event import Trouble
from router.demo.output.line_events import LineAtRisk, LineCalm, LineFlagged, LineRecovered, StillClosed
from router.demo.output.people_events import PageChanged
from router.demo.output.run_events import Position
from router.demo.pace import IncidentPlan, Pace
from router.demo.people.crowd import Crowd
from router.demo.people.journey import Journey, Report
from router.demo.people.phone import PageFault

_ANSWER_PATIENCE_S = 10.0
_OPT_OUT_PATIENCE_S = 30.0  # the texts of everyone who came at once may be ahead of it
_POLL_S = 0.02
_BAD = {"status": "FLAGGED", "reputation": "CRITICAL"}
_GOOD = {"status": "ACTIVE", "reputation": "HEALTHY"}


class Incidents:
    """Changes lines as the plan says, and reports what followed."""

    def __init__(
        self,
        *,
        plan: IncidentPlan,
        pace: Pace,
        account: SandboxAccount,
        gateway: GatewayApi,
        watch: LineWatch,
        crowd: Crowd,
        flag_check: FlagCheck,
        campaigns: CampaignProgress,
        prompt_check: PromptCheck,
        customer: SignupsApi,
        report: Report,
    ) -> None:
        self._plan = plan
        self._pace = pace
        self._account = account
        self._gateway = gateway
        self._watch = watch
        self._crowd = crowd
        self._flag_check = flag_check
        self._campaigns = campaigns
        self._prompt_check = prompt_check
        self._customer = customer
        self._report = report

    async def run(self) -> None:
        """Cause incidents until cancelled."""
        await asyncio.sleep(self._pace.first_s)
        async with asyncio.TaskGroup() as followers:
            while True:
                try:
                    await self._flag_one(followers)
                    await asyncio.sleep(self._pace.recovering_s)
                    await self._warn_of_one()
                except (PageFault, httpx.HTTPError, TimeoutError) as fault:
                    self._report(Trouble(what=f"an incident: {fault!r}"))
                    for line in self._flag_check.open_lines():
                        self._flag_check.forget(line)
                await asyncio.sleep(self._pace.between_s)

    async def _flag_one(self, followers: asyncio.TaskGroup) -> None:
        chosen = self._plan.choose_for_flag(self._watch.positions)
        if chosen is None:
            return
        await self._let_one_opt_out(chosen.line)
        answered = await self._close(chosen, is_promised=True, **_BAD)
        self._report(
            LineFlagged(line=chosen.line, people=chosen.people, answered_after_ms=round(answered.after_s * 1000))
        )
        await self._report_page(list(self._crowd.on(chosen.line)), followers)
        await asyncio.sleep(self._pace.counted_s)
        closure = self._flag_check.recount(chosen.line, given=await self._given(chosen.line))
        if closure is not None:
            self._report(StillClosed(line=chosen.line, newcomers=closure.newcomers, to_it=closure.to_it))
        await self._campaigns.wait_until_running(chosen.line)
        await self._campaigns.wait_until_halfway(chosen.line, prompted_s=self._pace.prompted_s)
        ended = await self._open(chosen.line, **_GOOD)
        await self._campaigns.record_recovery(chosen.line)
        if ended is not None:
            self._report(
                LineRecovered(
                    line=chosen.line,
                    newcomers=ended.newcomers,
                    to_it=ended.to_it,
                    weight_percent=await self._weight_percent(chosen.line),
                    warm_up_s=self._pace.warm_up_s,
                )
            )

    async def _let_one_opt_out(self, line: str) -> None:
        """Let one person on a line text STOP, and record all people who opted out, as far as the gateway knows them.

        Raises:
            TimeoutError: the gateway does not report the opt-out.
        """
        candidates = [journey for journey in self._crowd.on(line) if journey.is_recognised]
        if candidates:
            chosen = candidates[-1]
            await chosen.opt_out()
            async with asyncio.timeout(_OPT_OUT_PATIENCE_S):
                while not await self._has_opted_out(chosen):  # noqa: ASYNC110 - only another process knows
                    await asyncio.sleep(_POLL_S)
            self._report(LeftAlone(line=line, signup=chosen.signup))
        stopped = self._crowd.opted_out()
        known = await asyncio.gather(*(self._has_opted_out(journey) for journey in stopped))
        self._prompt_check.bar(
            journey.phone.person.number for journey, is_out in zip(stopped, known, strict=True) if is_out
        )

    async def _has_opted_out(self, journey: Journey) -> bool:
        return (await self._customer.look_up(journey.signup)).state == "opted_out"

    async def _report_page(self, journeys: list[Journey], followers: asyncio.TaskGroup) -> None:
        """Open the page of one person on a closed line, and let all of them find out by themselves."""
        for journey in journeys:
            followers.create_task(journey.follow())
        if journeys:
            before, now = journeys[0].shown, await journeys[0].look()
            if before is not None and now is not None and now.line != before.line:
                self._report(PageChanged(page_url=now.page_url, old=before.line, new=now.line))

    async def _warn_of_one(self) -> None:
        chosen = self._plan.choose_for_warning(self._watch.positions)
        if chosen is None:
            return
        await self._close(chosen, is_promised=False, reputation="AT_RISK")
        self._report(LineAtRisk(line=chosen.line, people=chosen.people))
        await asyncio.sleep(self._pace.at_risk_s)
        ended = await self._open(chosen.line, reputation="HEALTHY")
        if ended is not None:
            self._report(LineCalm(line=chosen.line, newcomers=ended.newcomers, to_it=ended.to_it))

    async def _close(self, chosen: Position, *, is_promised: bool, **health: str) -> AcceptedEvent:
        answered = await self._change(chosen.line, **health)
        given = await self._given(chosen.line)
        self._flag_check.close(chosen.line, is_promised=is_promised, at_s=answered.at_s, given=given)
        return answered

    async def _open(self, line: str, **health: str) -> Closure | None:
        """Count first: once the provider opens the line, the gateway may give it again."""
        ended = self._flag_check.reopen(line, at_s=time.time(), given=await self._given(line))
        await self._change(line, **health)
        return ended

    async def _change(self, line: str, **health: str) -> AcceptedEvent:
        """Change a line's health at the provider, and return once the gateway has answered the event.

        Raises:
            TimeoutError: the gateway did not answer it in time.
        """
        async with self._watch.by_demo:
            event = await self._account.set_health(line, **health)
            self._watch.own_events.add(event)
        async with asyncio.timeout(_ANSWER_PATIENCE_S):
            while (answered := await self._account.answered(event)) is None:  # noqa: ASYNC110 - only another process knows
                await asyncio.sleep(_POLL_S)
        return answered

    async def _given(self, line: str) -> int:
        return (await self._gateway.given())[line]

    async def _weight_percent(self, line: str) -> int:
        positions = await self._gateway.positions(time.monotonic())
        return next((round(one.weight_percent) for one in positions if one.line == line), 0)
