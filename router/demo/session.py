"""One session of the demo: people come, lines go bad and recover, campaigns move people, and all of it is counted."""

import asyncio
import time
from contextlib import suppress

import httpx

from router.demo.checks.campaign_watch import CampaignProgress
from router.demo.checks.flag_check import FlagCheck
from router.demo.checks.line_watch import LineWatch
from router.demo.checks.prompt_check import PromptCheck
from router.demo.checks.totals import RunTotals
from router.demo.clients.campaigns_api import CampaignsApi
from router.demo.clients.gateway_api import GatewayApi, open_api
from router.demo.clients.inboxes import Inboxes
from router.demo.clients.linq_account import SandboxAccount
from router.demo.clients.signups_api import SignupsApi
from router.demo.concurrency import all_of
from router.demo.incidents import Incidents
from router.demo.output.event import DemoEvent
from router.demo.output.narrator import Narrator
from router.demo.output.prompt_totals import PromptTotals
from router.demo.output.run_events import Ended, PeopleCome
from router.demo.pace import IncidentPlan, Pace
from router.demo.people.crowd import Crowd
from router.demo.people.phone import open_browsers
from router.demo.stage.stage import BRAND
from router.demo.stage.workspace import POOL, Workspace

_REPLY = f"Welcome to {BRAND}! (The sandbox wrote this.)"
_LAST_TEXTS_S = 0.5
_MOST_JUDGED = 300  # people who moved; checking more would delay the end


class DemoSession:
    """A session on a gateway and a sandbox that are set up.

    Args:
        workspace: where the gateway and the sandbox run.
        seed: for the people and the incidents.
        rate: people a second.
        pace: of the incidents.
        allowance: people that prompts may send a warm line in an hour.
        narrator: receives every event.
    """

    def __init__(
        self, workspace: Workspace, *, seed: int, rate: float, pace: Pace, allowance: int, narrator: Narrator
    ) -> None:
        self._workspace = workspace
        self._seed = seed
        self._rate = rate
        self._pace = pace
        self._narrator = narrator
        self._flag_check = FlagCheck()
        self._prompt_check = PromptCheck(allowance)
        self._run_totals = RunTotals()
        self._api = open_api(workspace.gateway_url, workspace.admin_key)
        self._gateway = GatewayApi(self._api, POOL)
        self._customer = SignupsApi(self._api, POOL)
        self._browsers = open_browsers(workspace.gateway_url)
        self._account = SandboxAccount(workspace.sandbox_url, workspace.gateway_url)
        self._sinks = Inboxes(workspace.sandbox_url)
        self._watch = LineWatch(self._gateway, self._flag_check, self._run_totals, self._report)
        self._crowd = self._make_crowd()
        self._campaigns = CampaignProgress(
            campaigns=CampaignsApi(self._api, POOL),
            sinks=self._sinks,
            crowd=self._crowd,
            prompt_check=self._prompt_check,
            positions=lambda: self._watch.positions,
            report=self._report,
        )
        self._watch.campaigns = lambda: self._campaigns.shown
        self._began_s = time.monotonic()

    async def play(self) -> None:
        """Run until cancelled."""
        await self._account.answer_everybody(_REPLY)
        await self._sinks.refuse_texts(self._crowd.refusing())
        incidents = Incidents(
            plan=IncidentPlan(self._seed),
            pace=self._pace,
            account=self._account,
            gateway=self._gateway,
            watch=self._watch,
            crowd=self._crowd,
            flag_check=self._flag_check,
            campaigns=self._campaigns,
            prompt_check=self._prompt_check,
            customer=self._customer,
            report=self._report,
        )
        self._began_s = time.monotonic()
        self._narrator.start_clock()
        lines = len(await self._gateway.given())
        self._report(PeopleCome(lines=lines, rate=self._rate, customers=self._pace.customers))
        await all_of(self._crowd.come(), self._watch.keep_watching(), self._campaigns.keep_watching(), incidents.run())

    async def close(self) -> Ended:
        """Count for the last time, and return the result."""
        ran_s = time.monotonic() - self._began_s
        counted, prompting = None, PromptTotals()
        with suppress(httpx.HTTPError):
            await asyncio.sleep(_LAST_TEXTS_S)
            given = await self._gateway.given()
            for line in self._flag_check.open_lines():
                self._flag_check.reopen(line, at_s=time.time(), given=given[line])
            await self._campaigns.poll()
            await self._watch.poll()
            counted = sum(given.values())
            prompting = await self._judge()
        for client in (self._api, self._browsers):
            await client.aclose()
        await self._account.close()
        await self._sinks.close()
        promised = self._flag_check.promised()
        return Ended(
            ran_s=round(ran_s, 1),
            totals=self._run_totals.totals(),
            counted=counted,
            came_back_elsewhere=self._run_totals.came_back_elsewhere,
            flags=len(promised),
            closed_s=round(sum((one.opened_at_s or 0.0) - one.closed_at_s for one in promised), 1),
            newcomers=sum(one.newcomers for one in promised),
            to_flagged=sum(one.to_it for one in promised),
            prompting=prompting,
            kept_in=str(self._workspace.directory) if self._workspace.is_kept else None,
        )

    async def _judge(self) -> PromptTotals:
        """Ask for the lines of people who moved. Lines that are flagged now are left out: they are shown to nobody."""
        closed = {position.line for position in self._watch.positions if position.gate == "flagged"}
        moved = [journey for journey in self._crowd.moved() if journey.on not in closed][:_MOST_JUDGED]
        standings = await asyncio.gather(*(self._customer.look_up(journey.signup) for journey in moved))
        elsewhere = sum(journey.on != standing.line for journey, standing in zip(moved, standings, strict=True))
        return self._prompt_check.judge(campaigns=self._campaigns.count, moved=len(moved), moved_elsewhere=elsewhere)

    def _make_crowd(self) -> Crowd:
        return Crowd(
            seed=self._seed,
            customers=self._pace.customers,
            gathering_s=self._pace.gathering_s,
            rate=self._rate,
            haste=self._pace.haste,
            path=f"/j/{POOL}",
            browsers=self._browsers,
            account=self._account,
            customer=self._customer,
            record_signup=lambda line, asked_at_s: self._flag_check.record(line, asked_at_s=asked_at_s),
            report=self._report,
        )

    def _report(self, event: DemoEvent) -> None:
        self._run_totals.record(event)
        self._narrator.report(event)
