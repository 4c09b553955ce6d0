"""The demo itself: people come, lines go bad and recover, campaigns lead people away, and somebody keeps count."""

import asyncio
import time
from contextlib import suppress

import httpx

from router.cli.demo.account import Account
from router.cli.demo.campaign_watch import CampaignWatch
from router.cli.demo.campaigns import Campaigns
from router.cli.demo.crowd import Crowd
from router.cli.demo.customer import Customer
from router.cli.demo.frame import Ended, PeopleCome
from router.cli.demo.gateway import Gateway, open_api
from router.cli.demo.happenings import Happening
from router.cli.demo.ledger import Ledger, Prompting
from router.cli.demo.narrator import Narrator
from router.cli.demo.phone import open_browsers
from router.cli.demo.place import POOL, Place
from router.cli.demo.plot import Plot
from router.cli.demo.proof import Proof
from router.cli.demo.scene import BRAND
from router.cli.demo.sinks import Sinks
from router.cli.demo.story import Pace, Story
from router.cli.demo.tally import Tally
from router.cli.demo.together import all_of
from router.cli.demo.watch import Watch

_REPLY = f"Welcome to {BRAND}! (The sandbox wrote this.)"
_LAST_TEXTS_S = 0.5
_MOST_JUDGED = 300  # of those who moved; more would hold up the end


class Show:
    """One run of the demo, on a gateway and a sandbox that are set up.

    Args:
        place: where they are.
        seed: of the people and the story.
        rate: people a second.
        pace: of the story.
        allowance: people that prompts may send a warm line in an hour.
        narrator: told of everything.
    """

    def __init__(self, place: Place, *, seed: int, rate: float, pace: Pace, allowance: int, narrator: Narrator) -> None:
        self._place = place
        self._seed = seed
        self._rate = rate
        self._pace = pace
        self._narrator = narrator
        self._proof = Proof()
        self._ledger = Ledger(allowance)
        self._tally = Tally()
        self._api = open_api(place.gateway_url, place.admin_key)
        self._gateway = Gateway(self._api, POOL)
        self._customer = Customer(self._api, POOL)
        self._browsers = open_browsers(place.gateway_url)
        self._account = Account(place.sandbox_url, place.gateway_url)
        self._sinks = Sinks(place.sandbox_url)
        self._watch = Watch(self._gateway, self._proof, self._tally, self._tell)
        self._crowd = self._make_crowd()
        self._campaigns = CampaignWatch(
            campaigns=Campaigns(self._api, POOL),
            sinks=self._sinks,
            crowd=self._crowd,
            ledger=self._ledger,
            positions=lambda: self._watch.positions,
            tell=self._tell,
        )
        self._watch.campaigns = lambda: self._campaigns.shown
        self._began_s = time.monotonic()

    async def play(self) -> None:
        """Play until cancelled."""
        await self._account.answer_everybody(_REPLY)
        await self._sinks.refuse_texts(self._crowd.refusing())
        plot = Plot(
            story=Story(self._seed),
            pace=self._pace,
            account=self._account,
            gateway=self._gateway,
            watch=self._watch,
            crowd=self._crowd,
            proof=self._proof,
            campaigns=self._campaigns,
            ledger=self._ledger,
            customer=self._customer,
            tell=self._tell,
        )
        self._began_s = time.monotonic()
        self._narrator.start_clock()
        lines = len(await self._gateway.given())
        self._tell(PeopleCome(lines=lines, rate=self._rate, customers=self._pace.customers))
        await all_of(self._crowd.come(), self._watch.keep_watching(), self._campaigns.keep_watching(), plot.unfold())

    async def close(self) -> Ended:
        """Count for the last time, and say what came of it all."""
        ran_s = time.monotonic() - self._began_s
        counted, prompting = None, Prompting()
        with suppress(httpx.HTTPError):
            await asyncio.sleep(_LAST_TEXTS_S)
            given = await self._gateway.given()
            for line in self._proof.open_lines():
                self._proof.reopen(line, at_s=time.time(), given=given[line])
            await self._campaigns.look()
            await self._watch.look()
            counted = sum(given.values())
            prompting = await self._judge()
        for client in (self._api, self._browsers):
            await client.aclose()
        await self._account.close()
        await self._sinks.close()
        promised = self._proof.promised()
        return Ended(
            ran_s=round(ran_s, 1),
            totals=self._tally.totals(),
            counted=counted,
            came_back_elsewhere=self._tally.came_back_elsewhere,
            flags=len(promised),
            closed_s=round(sum((one.opened_at_s or 0.0) - one.closed_at_s for one in promised), 1),
            newcomers=sum(one.newcomers for one in promised),
            to_flagged=sum(one.to_it for one in promised),
            prompting=prompting,
            kept_in=str(self._place.directory) if self._place.is_kept else None,
        )

    async def _judge(self) -> Prompting:
        """Ask on which line those are who moved, but for lines that are flagged now: those are shown to nobody."""
        closed = {position.line for position in self._watch.positions if position.gate == "flagged"}
        moved = [visit for visit in self._crowd.moved() if visit.on not in closed][:_MOST_JUDGED]
        standings = await asyncio.gather(*(self._customer.look_up(visit.signup) for visit in moved))
        elsewhere = sum(visit.on != standing.line for visit, standing in zip(moved, standings, strict=True))
        return self._ledger.judge(campaigns=self._campaigns.count, moved=len(moved), moved_elsewhere=elsewhere)

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
            proof=self._proof,
            tell=self._tell,
        )

    def _tell(self, happening: Happening) -> None:
        self._tally.note(happening)
        self._narrator.tell(happening)
