"""Campaigns on a real store whose time the test sets, over channels that answer as the test sets them.

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
from router.core.campaigns.campaign import Campaign, CampaignPerson, PersonState
from router.core.campaigns.campaign_rules import CampaignRules
from router.core.channel import ChannelName
from router.core.code import Code
from router.core.line import LineHealth, LineLimits
from router.core.people.personal_data import Identity, PersonalData
from router.core.pool import Pool, PoolId
from router.services.campaigns.engine import CampaignStepReport
from router.services.campaigns.prompting import PromptingReport
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.store.alerts import AlertStore, KeptAlert
from router.store.campaign_queue import CampaignQueue
from router.store.campaigns import Campaigns
from router.store.keys import PoolKeys
from router.wiring.campaigns import CampaignParts
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import APP, EMAIL, Recorder, make_worker
from tests.kit.stores import FLAGGED, HEALTHY, HOUR_MS, HOURLY, MAIN, MINUTE_MS, LivePool, Store, assigned, person

WARM = LineLimits(weight=10_000, capacity=1000, target=1000)
SECRET = b"of these tests only"
_HANDED_OUT = count(1)


@dataclass(slots=True)
class Migration:
    """A pool and the workers that run its campaigns."""

    pool: LivePool
    settings: Pool
    rules: CampaignRules
    channels: dict[ChannelName, Recorder]
    campaigns: Campaigns
    queue: CampaignQueue
    worker: CampaignParts = field(init=False)
    personal_data: PersonalData = field(default_factory=lambda: PersonalData(SECRET))

    def __post_init__(self) -> None:
        self.worker = self.start_worker()

    def start_worker(self) -> CampaignParts:
        """Make another worker, like a second process next to the first."""

        async def sleep(seconds: float) -> None:
            self.pool.now_ms += round(seconds * 1000)
            await asyncio.sleep(0)

        return make_worker(
            self.pool.store,
            self.channels,
            self.rules,
            clock=self.make_clock(),
            sleep=sleep,
            personal_data=self.personal_data,
        )

    def make_clock(self) -> StoreClock:
        """Make a clock that shows the pool's time."""

        async def ask_ms() -> int:
            return self.pool.now_ms

        return StoreClock(ask_ms, lambda: self.pool.now_ms)

    @property
    def keys(self) -> PoolKeys:
        """The keys of the pool."""
        return self.pool.keys

    async def view(self) -> PoolView:
        """Return the pool as a worker sees it."""
        store = self.pool.store
        view = await PoolCache(store.pools, store.lines).reload(self.settings.id)
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
        excluded: tuple[int, ...] = (),
    ) -> Code:
        """Sign a person up, on a line if the test names one, and let them text it.

        They are reached by e-mail unless the test gives another contact; `at` is when they texted.
        """
        email = f"{name}@example.org" if (user, phone, email) == (None, None, None) else email
        contact = self.personal_data.seal(Identity(user=user, phone=phone, email=email), urandom(12))
        someone = assigned(await self.pool.sign_up(person(name, contact=contact, wished=slot, excluded=excluded)))
        if texts:
            await apply_event(self.pool, text(name, someone.home_slot, at, codes=[someone.code]))
        return someone.code

    async def add_people(self, many: int, *, slot: int | None = None) -> list[Code]:
        """Add people who texted one after the other."""
        names = [f"person {next(_HANDED_OUT)}" for _ in range(many)]
        return [await self.add_person(name, slot=slot, at=at + 1) for at, name in enumerate(names)]

    async def flag(self, *slots: int) -> None:
        """Let the provider flag lines."""
        for slot in slots:
            await self.pool.change_line(slot, health=FLAGGED)

    async def unflag(self, slot: int, *, limits: LineLimits | None = None) -> None:
        """Lift a line's flag."""
        await self.pool.change_line(slot, health=HEALTHY, limits=limits)

    async def put_health(self, slot: int, health: LineHealth) -> None:
        """Change a line's health."""
        await self.pool.change_line(slot, health=health)

    async def step(self, worker: CampaignParts | None = None) -> CampaignStepReport:
        """Run one step of a worker."""
        return await (worker or self.worker).engine.step(await self.view())

    async def advance(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Advance the clock."""
        await self.pool.advance(round(minutes * MINUTE_MS + seconds * 1000))

    async def run(self, seconds: int) -> None:
        """Run one step a second."""
        for _ in range(seconds):
            await self.step()
            self.pool.now_ms += 1000

    async def begin(self, *slots: int) -> None:
        """Flag lines, and let their campaigns get to the point where the first prompt may be sent."""
        await self.flag(*slots)
        await self.step()
        await self.advance(minutes=11)
        overview = await self.pool.store.lines.overview(self.keys)
        await self.worker.lifecycle.advance(self.settings, overview, now_ms=self.pool.now_ms)

    async def claim_round(self, worker: CampaignParts | None = None) -> PromptingReport:
        """Let a worker claim once for the only campaign, without the checks that a step makes first."""
        overview = await self.pool.store.lines.overview(self.keys)
        return await (worker or self.worker).prompting.send_next_batch(await self.view(), overview, await self.only())

    async def alerts(self) -> list[KeptAlert]:
        """Return the operators' alerts, oldest first."""
        return (await AlertStore(self.pool.store.client).alerts())[::-1]

    async def only(self) -> Campaign:
        """Return the only campaign of the pool."""
        (campaign,) = await self.campaigns.all(self.keys)
        return campaign

    async def counts(self, campaign: str | None = None) -> dict[str, int]:
        """Count people by state, without the zeros; a recount from the records must give the same."""
        chosen = await self.campaigns.get(self.keys, campaign) if campaign else await self.only()
        assert chosen is not None
        counts = (await self.campaigns.progress(self.keys, chosen)).counts
        with self.pool.store.raw_client() as client:
            buckets = [
                client.hvals(key) for key in client.scan_iter(self.keys.campaign(chosen.id).people("*"), count=1000)
            ]
        recount = Counter(PersonState(packed[0]) for bucket in buckets for packed in cast(list[bytes], bucket))
        assert {state: recount[state] for state in PersonState} == counts
        return {state.word: many for state, many in counts.items() if many}

    async def standing(self, code: Code) -> CampaignPerson:
        """Return a person's state in the only campaign."""
        found = await self.campaigns.person(self.keys, (await self.only()).id, code)
        assert found is not None
        return found

    async def assignment(self, code: Code) -> Assignment:
        """Return a person's assignment."""
        found = await self.pool.read(code)
        assert found is not None
        return found

    def queues(self, campaign: str) -> dict[str, list[Code]]:
        """Return the people in each queue."""
        of = self.keys.campaign(campaign)
        names = {"waiting": of.waiting, "later": of.later, "sending": of.sending} | {
            f"paced {name}": key for name, key in zip(ChannelName, of.paced, strict=True)
        }
        with self.pool.store.raw_client() as client:
            members = {name: cast(list[bytes], client.zrange(key, 0, -1)) for name, key in names.items()}
        return {name: [Code(code.decode()) for code in codes] for name, codes in members.items()}

    @property
    def prompted(self) -> Counter[tuple[Code, ChannelName]]:
        """How often each channel was given a message for each person."""
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
    """Make a pool of warm lines that may prompt at any hour, ten minutes after a flag, as fast as possible.

    Args:
        store: an empty store.
        lines: the number of lines.
        limits: the limits of each line.
        channels: the channels that are set up, in this order.
        safe: the channels among them that drop repeated messages.
        backups: the number of further numbers on a person's card.
        lease_s: how long after its begin a prompt counts as lost.
        pool_id: the id of the pool.
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
        queue=CampaignQueue(store.client, store.scripts),
    )


def count_by_new_number(migration: Migration) -> Counter[str | None]:
    """Count the people who were asked to text each number."""
    return Counter(message.new_number for channel in migration.channels.values() for message in channel.messages)


async def numbers(migration: Migration, *slots: int) -> list[str]:
    """Return the numbers of lines."""
    lines = await migration.pool.lines()
    return [lines[slot].line.number for slot in slots]


async def advance_to_the_hour(migration: Migration) -> None:
    """Advance the clock to the beginning of the next hour, for tests that count by hours."""
    await migration.advance(seconds=(HOUR_MS - migration.pool.now_ms % HOUR_MS) / 1000)
