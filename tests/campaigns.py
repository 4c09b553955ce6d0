"""Campaigns whose time the test turns, over channels that answer as it tells them.

migration = await open_migration(store, lines=3)
ada = await migration.add_person("ada", slot=0)
await migration.begin(0)
await migration.step()
assert migration.channels[EMAIL].codes == [ada]
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from itertools import count
from os import urandom
from typing import cast

from router.core.assignment import Assignment
from router.core.campaign import Campaign, CampaignPerson, PersonState
from router.core.campaign_rules import CampaignRules
from router.core.code import Code
from router.core.line import LineHealth, LineLimits
from router.core.personal_data import Identity, PersonalData
from router.core.pool import Pool, PoolId
from router.core.prompt import ChannelName
from router.services.clock import StoreClock
from router.services.directory import Directory, PoolView
from router.services.migration.engine import MigrationReport
from router.services.migration.prompting import PromptingReport
from router.store.campaigns import Campaigns
from router.store.hook_log import HookLog, KeptAlert
from router.store.keys import PoolKeys
from tests.campaign_workers import APP, EMAIL, Recorder, Worker, make_worker
from tests.stores import FLAGGED, HEALTHY, HOUR_MS, HOURLY, MAIN, MINUTE_MS, LivePool, Store, given, person
from tests.tellings import hear, text

WARM = LineLimits(weight=10_000, capacity=1000, target=1000)
SECRET = b"of these tests only"
_HANDED_OUT = count(1)


@dataclass(slots=True)
class Migration:
    """A pool and those who lead its people."""

    pool: LivePool
    settings: Pool
    rules: CampaignRules
    channels: dict[ChannelName, Recorder]
    campaigns: Campaigns
    worker: Worker = field(init=False)
    personal_data: PersonalData = field(default_factory=lambda: PersonalData(SECRET))

    def __post_init__(self) -> None:
        self.worker = self.start_worker()

    def start_worker(self) -> Worker:
        """Make another worker, as a process beside the first would be."""
        pool = self.pool

        async def ask_ms() -> int:
            return pool.now_ms

        async def sleep(seconds: float) -> None:
            pool.now_ms += round(seconds * 1000)
            await asyncio.sleep(0)

        clock = StoreClock(ask_ms, lambda: pool.now_ms)
        return make_worker(
            pool.store, self.channels, self.rules, clock=clock, sleep=sleep, personal_data=self.personal_data
        )

    @property
    def keys(self) -> PoolKeys:
        """Of the pool."""
        return self.pool.keys

    async def view(self) -> PoolView:
        """The pool as a worker knows it."""
        store = self.pool.store
        view = await Directory(store.pools, store.lines).reload(self.settings.id)
        assert view is not None
        return view

    async def change_pool(self, **fields: object) -> None:
        """Change settings of the pool."""
        self.settings = replace(self.settings, revision=self.settings.revision + 1, **fields)  # type: ignore[arg-type]
        await self.pool.store.pools.put(self.settings, is_new=False)

    async def add_person(
        self,
        name: str,
        *,
        slot: int | None = None,
        at: float = 1,
        texts: bool = True,
        user: str | None = None,
        phone: str | None = None,
        email: str | None = None,
    ) -> Code:
        """Sign somebody up, on a line if the test names one, and let them text it.

        They are reached by e-mail unless something else of them is known; `at` is when they texted.
        """
        email = f"{name}@example.org" if (user, phone, email) == (None, None, None) else email
        contact = self.personal_data.seal(Identity(user=user, phone=phone, email=email), urandom(12))
        someone = given(await self.pool.sign_up(person(name, contact=contact, wished=slot)))
        if texts:
            await hear(self.pool, text(name, someone.home_slot, at, codes=[someone.code]))
        return someone.code

    async def add_people(self, many: int, *, slot: int | None = None) -> list[Code]:
        """Add people who texted one after the other."""
        names = [f"person {next(_HANDED_OUT)}" for _ in range(many)]
        return [await self.add_person(name, slot=slot, at=at + 1) for at, name in enumerate(names)]

    async def flag(self, *slots: int) -> None:
        """Let the provider close lines."""
        for slot in slots:
            await self.pool.change_line(slot, health=FLAGGED)

    async def unflag(self, slot: int, *, limits: LineLimits | None = None) -> None:
        """Let a line work again."""
        await self.pool.change_line(slot, health=HEALTHY, limits=limits)

    async def put_health(self, slot: int, health: LineHealth) -> None:
        """Change what holds for a line."""
        await self.pool.change_line(slot, health=health)

    async def step(self, worker: Worker | None = None) -> MigrationReport:
        """Let a worker make one step."""
        return await (worker or self.worker).engine.step(await self.view())

    async def let_pass(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Turn the clock on."""
        await self.pool.let_pass(round(minutes * MINUTE_MS + seconds * 1000))

    async def run(self, seconds: int) -> None:
        """Step once a second."""
        for _ in range(seconds):
            await self.step()
            self.pool.now_ms += 1000

    async def begin(self, *slots: int) -> None:
        """Flag lines and let their campaigns come to where the first prompt may go out."""
        await self.flag(*slots)
        await self.step()
        await self.let_pass(minutes=11)
        overview = await self.pool.store.lines.overview(self.keys)
        await self.worker.watch.look(self.settings, overview, now_ms=self.pool.now_ms)

    async def claim_round(self, worker: Worker | None = None) -> PromptingReport:
        """Let a worker claim once for the one campaign, without looking at anything before."""
        overview = await self.pool.store.lines.overview(self.keys)
        return await (worker or self.worker).prompting.go_on(await self.view(), overview, await self.only())

    async def alerts(self) -> list[KeptAlert]:
        """What operators were told, oldest first."""
        return (await HookLog(self.pool.store.client).alerts())[::-1]

    async def only(self) -> Campaign:
        """The one campaign of the pool."""
        (campaign,) = await self.campaigns.all(self.keys)
        return campaign

    async def counts(self, campaign: str | None = None) -> dict[str, int]:
        """How many people stand where, nought left out; a recount must give the same."""
        chosen = await self.campaigns.get(self.keys, campaign) if campaign else await self.only()
        assert chosen is not None
        counts = (await self.campaigns.progress(self.keys, chosen)).counts
        with self.pool.store.behind() as client:
            buckets = [
                client.hvals(key) for key in client.scan_iter(self.keys.campaign(chosen.id).people("*"), count=1000)
            ]
        recount = Counter(PersonState(packed[0]) for bucket in buckets for packed in cast(list[bytes], bucket))
        assert {state: recount[state] for state in PersonState} == counts
        return {state.word: many for state, many in counts.items() if many}

    async def standing(self, code: Code) -> CampaignPerson:
        """Where somebody stands in the one campaign."""
        found = await self.campaigns.person(self.keys, (await self.only()).id, code)
        assert found is not None
        return found

    async def assignment(self, code: Code) -> Assignment:
        """Which line somebody has."""
        found = await self.pool.read(code)
        assert found is not None
        return found

    def queues(self, campaign: str) -> dict[str, list[Code]]:
        """Who is in which queue."""
        of = self.keys.campaign(campaign)
        names = {"waiting": of.waiting, "later": of.later, "sending": of.sending} | {
            f"paced {name}": key for name, key in zip(ChannelName, of.paced, strict=True)
        }
        with self.pool.store.behind() as client:
            kept = {name: cast(list[bytes], client.zrange(key, 0, -1)) for name, key in names.items()}
        return {name: [Code(code.decode()) for code in codes] for name, codes in kept.items()}

    @property
    def prompted(self) -> Counter[tuple[Code, ChannelName]]:
        """How often each channel was given somebody."""
        return Counter((code, name) for name, channel in self.channels.items() for code in channel.codes)


async def open_migration(
    store: Store,
    *,
    lines: int = 3,
    limits: LineLimits = WARM,
    channels: Iterable[ChannelName] = (EMAIL,),
    safe: Sequence[ChannelName] = (APP,),
    backups: int = 2,
    lease_s: float = 120,
    pool_id: PoolId = MAIN,
    **rules: object,
) -> Migration:
    """Make a pool of warm lines that may prompt at any hour, ten minutes after a flag, as fast as can be.

    Args:
        store: it is empty.
        lines: how many.
        limits: what each of them takes.
        channels: those that are set up, in this order.
        safe: those among them that drop a repetition.
        backups: further numbers on a person's card.
        lease_s: after which a prompt that was begun is taken to be lost.
        pool_id: which pool.
        rules: fields of CampaignRules that differ.
    """
    quick: dict[str, object] = {
        "prompts_per_second": 1000.0,
        "burst": 1000,
        "people_per_hour": 1000,
        "lease": timedelta(seconds=lease_s),
    }
    names = tuple(channels)
    settings = Pool(
        id=pool_id,
        name="Acme",
        prompts_from=time(0),
        prompts_until=time(0),
        prompt_channels=names,
        backups=backups,
        revision=1,
    )
    await store.pools.put(settings, is_new=True)
    pool = LivePool(store, PoolKeys(pool_id), replace(HOURLY, backups=backups))
    for _ in range(lines):
        await pool.add_line(limits)
    return Migration(
        pool=pool,
        settings=settings,
        rules=CampaignRules(**(quick | rules)),  # type: ignore[arg-type]
        channels={name: Recorder(name, resend_is_safe=name in safe) for name in names},
        campaigns=Campaigns(store.client, store.scripts),
    )


def asked(migration: Migration) -> Counter[str | None]:
    """How many were asked to text each number."""
    return Counter(message.new_number for channel in migration.channels.values() for message in channel.messages)


async def numbers(migration: Migration, *slots: int) -> list[str]:
    """The numbers of lines."""
    lines = await migration.pool.lines()
    return [lines[slot].line.number for slot in slots]


async def at_the_hour(migration: Migration) -> None:
    """Turn the clock to the beginning of the next hour, as a test that counts by hours wants it."""
    await migration.let_pass(seconds=(HOUR_MS - migration.pool.now_ms % HOUR_MS) / 1000)
