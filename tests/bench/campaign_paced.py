"""A campaign at its pace, while people opt out and, once, an operator cancels; measured by wall-clock time."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from os import urandom
from random import Random

from msgspec.structs import replace

from router.core.act import BY_SHELL
from router.core.campaigns.campaign_rules import CampaignRules, burst_of
from router.core.campaigns.prompt import Message, SendResult
from router.core.code import Code
from router.core.people.personal_data import Identity, PersonalData
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.wiring.campaigns import CampaignParts
from tests.bench.campaign_crowd import ROOMY
from tests.bench.clocks import store_clock
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import EMAIL, SENT, Recorder, make_worker
from tests.kit.campaigns import SECRET, Migration, open_migration
from tests.kit.servers import eventually_async
from tests.kit.stores import Store, assigned, person

PER_S = 50
_TARGETS = 10
_BATCH = 32
_OPT_OUTS_A_S = 4
_GRACE_S = 0.05  # from a claim to its message
_PATIENCE_S = 60
_MOST_STEPS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """The result of a run.

    Attributes:
        per_s: prompts a second, without the first burst.
        twice: people who were prompted more than once.
        after_opt_out: prompts that began after their person had opted out.
        opted_out: people who opted out.
        worst_share: the worst deviation of a line from the mean of all, in percent.
    """

    per_s: float
    prompts: int
    twice: int
    after_opt_out: int
    opted_out: int
    worst_share: float


class Course:
    """A campaign of some people over ten lines, as a worker with its own clock runs it."""

    def __init__(self, store: Store, migration: Migration, clock: StoreClock) -> None:
        rules = CampaignRules(prompts_per_second=PER_S, burst=burst_of(PER_S), people_per_hour=100_000)
        self.channel = Recorder(EMAIL)
        self.channel.answer = self._note
        self.sent_s: list[float] = []
        self._clock, self._migration = clock, migration
        self.worker: CampaignParts = make_worker(
            store, {EMAIL: self.channel}, rules, clock=clock, sleep=asyncio.sleep, personal_data=PersonalData(SECRET)
        )
        self.handles: dict[Code, str] = {}
        self.opted_out_s: dict[Code, float] = {}

    async def _note(self, _: Message) -> SendResult:
        self.sent_s.append(time.perf_counter())
        return SENT

    async def fill(self, people: int) -> None:
        """Sign people up on the first line and let them text."""
        seal, pool = PersonalData(SECRET).seal, self._migration.pool
        for first in range(0, people, _BATCH):
            names = [f"person {number}" for number in range(first, min(people, first + _BATCH))]
            contacts = [seal(Identity(email=f"{name}@example.org"), urandom(12)) for name in names]
            wishes = [person(name, contact=sealed, wished=0) for name, sealed in zip(names, contacts, strict=True)]
            signups = [assigned(signup) for signup in await pool.sign_up_all(wishes)]
            texts = [text(name, 0, first, codes=[one.code]) for name, one in zip(names, signups, strict=True)]
            await pool.apply(*(replace(event, known=one.code) for event, one in zip(texts, signups, strict=True)))
            self.handles |= {one.code: name for name, one in zip(names, signups, strict=True)}

    async def begin(self) -> PoolView:
        """Flag the line, and wait out the hold-down in advance."""
        self._migration.pool.now_ms = self._clock.now_ms() - 3_600_000
        await self._migration.flag(0)
        self._migration.pool.now_ms = self._clock.now_ms()
        return await self._migration.view()

    async def run(self, view: PoolView) -> None:
        """Run one step a second, as the worker does, until no campaign is left."""
        for _ in range(_MOST_STEPS):
            if not (await self.worker.engine.step(view)).live:
                return
            await asyncio.sleep(1)

    async def opt_out(self, random: Random) -> None:
        """Let one person after another opt out, a few times a second."""
        codes = sorted(self.handles)
        for number in range(1, 1_000_000):
            code = random.choice(codes)
            await apply_event(self._migration.pool, text(self.handles[code], 0, 1_000_000 + number, opts_out=True))
            self.opted_out_s.setdefault(code, time.perf_counter())
            await asyncio.sleep(1 / _OPT_OUTS_A_S)

    def seen(self) -> Paced:
        """Return what the channel was given."""
        times = list(zip(self.channel.codes, self.sent_s, strict=True))
        late = [code for code, at_s in times if at_s > self.opted_out_s.get(code, at_s) + _GRACE_S]
        shares = Counter(message.new_number for message in self.channel.messages)
        mean = sum(shares.values()) / _TARGETS
        return Paced(
            per_s=(len(times) - burst_of(PER_S)) / (self.sent_s[-1] - self.sent_s[0]),
            prompts=len(times),
            twice=sum(often > 1 for often in Counter(self.channel.codes).values()),
            after_opt_out=len(late),
            opted_out=len(self.opted_out_s),
            worst_share=max(abs(share - mean) for share in shares.values()) / mean * 100,
        )


async def _open(store: Store, people: int) -> tuple[Course, PoolView]:
    with store.raw_client() as client:
        client.flushall()
    clock = await store_clock(store.client)
    migration = await open_migration(store, lines=_TARGETS + 1, limits=ROOMY)
    migration.pool.now_ms = clock.now_ms()
    course = Course(store, migration, clock)
    await course.fill(people)
    return course, await course.begin()


async def run_paced(store: Store, people: int) -> Paced:
    """Prompt everybody at the pace, while some people opt out."""
    course, view = await _open(store, people)
    opting_out = asyncio.create_task(course.opt_out(Random(1)))
    await course.run(view)
    opting_out.cancel()
    with suppress(asyncio.CancelledError):
        await opting_out
    return course.seen()


async def run_cancelled(store: Store, people: int) -> int:
    """Cancel in the middle of a step, and return how many prompts began after the cancellation was written."""
    course, view = await _open(store, people)
    running = asyncio.create_task(course.run(view))

    async def is_half_done() -> bool:
        return len(course.sent_s) >= people // 2

    await eventually_async("half of the prompts", is_half_done, within_s=_PATIENCE_S)
    await course.worker.admin.cancel(f"{view.pool.id}.0.flagged1", by=BY_SHELL.because("a bench"))
    cancelled_s = time.perf_counter()
    await running
    return sum(at_s > cancelled_s for at_s in course.sent_s)
