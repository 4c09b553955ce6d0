"""The store as the gateway uses it, and a pool whose time the test turns.

    pool = await open_pool(store)
    alpha = await pool.add_line(capacity=10)
    ada = await pool.sign_up(person("ada"))

Everything goes through the store's own operations; only `recount` and `keyspace` look behind them.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from itertools import count
from os import urandom
from struct import Struct
from typing import cast

import redis

from router.core.assignment import Assignment, Signup, State
from router.core.code import BUCKETS, Code, three_characters
from router.core.line import Gate, Line, LineHealth, LineLimits, LineLoad, OperatorState, Reputation, Status
from router.core.phone import parse_e164
from router.core.pool import Pool, PoolId
from router.core.suspicion import SuspicionRules
from router.store.assignments import CANDIDATES, MAX_BATCH, Assignments, AssignPolicy, Person
from router.store.connection import StoreConnection, connect
from router.store.ingest import Effect, Ingest
from router.store.keys import PoolKeys
from router.store.line_records import REPUTATIONS, STATUSES, LineNow, unpack_line
from router.store.lines import Lines
from router.store.observations import Observation
from router.store.pools import Pools
from router.store.scripts import Scripts

MAIN = PoolId("main")
START_MS = 1_800_000_000_000  # a full hour, so that minutes and hours of a test begin where they are expected
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
PATIENCE_MS = 5000  # a busy machine is no outage
RESERVATION_S = 3600
HOURLY = AssignPolicy(RESERVATION_S, backups=2)
ROOMY = LineLimits(weight=100, capacity=1000, target=1000)

_RECORD = Struct(">BBHHHHIIIIHHB")
_HOUR = Struct(">II")
_TEXTED = {State.CONFIRMED, State.MOVING, State.OPTED_OUT}
_strangers = count()
_told = count()
RULES = SuspicionRules()

# A line that takes nobody, for each hard gate.
CLOSED: Mapping[Gate, tuple[LineHealth, LineLimits]] = {
    Gate.DRAIN: (LineHealth(operator_state=OperatorState.DRAIN), ROOMY),
    Gate.MAINT: (LineHealth(operator_state=OperatorState.MAINT), ROOMY),
    Gate.RETIRED: (LineHealth(operator_state=OperatorState.RETIRED), ROOMY),
    Gate.FLAGGED: (LineHealth(status=Status.FLAGGED), ROOMY),
    Gate.CRITICAL: (LineHealth(reputation=Reputation.CRITICAL), ROOMY),
    Gate.UNKNOWN: (LineHealth(status=Status.UNKNOWN), ROOMY),
    Gate.PARKED: (LineHealth(), replace(ROOMY, weight=0)),
    Gate.FULL: (LineHealth(), replace(ROOMY, capacity=0, target=0)),
}
FLAGGED = LineHealth(status=Status.FLAGGED)
HEALTHY = LineHealth()


@dataclass(frozen=True, slots=True)
class Store:
    """A connected store and its typed operations.

    Attributes:
        url: what SWITCHYARD_REDIS_URL would hold.
        admin_url: the same server as its unlimited user, without cluster routing.
    """

    url: str
    admin_url: str
    client: StoreConnection
    scripts: Scripts
    assignments: Assignments
    lines: Lines
    pools: Pools
    ingest: Ingest

    @contextmanager
    def behind(self) -> Iterator[redis.Redis]:
        """Open a blocking client with all rights that gives bytes, to see what the operations wrote."""
        with redis.Redis.from_url(self.admin_url, socket_timeout=5) as client:
            yield client

    def keyspace(self) -> dict[bytes, bytes | None]:
        """Everything the store holds, to compare with later."""
        with self.behind() as client:
            names = sorted(client.scan_iter(count=1000))
            return {name: client.dump(name) for name in names}


@asynccontextmanager
async def opened_store(url: str, admin_url: str | None = None) -> AsyncIterator[Store]:
    """Connect as the gateway does."""
    client = connect(url, timeout=timedelta(milliseconds=PATIENCE_MS))
    scripts = Scripts(client, urandom)
    try:
        await scripts.load()
        typed = (Assignments(client, scripts), Lines(scripts), Pools(client, scripts), Ingest(scripts))
        yield Store(url, admin_url or url, client, scripts, *typed)
    finally:
        await client.aclose()


@dataclass(slots=True)
class LivePool:
    """One pool of a store; `now_ms` is its time, and moves only when a test moves it."""

    store: Store
    keys: PoolKeys = field(default_factory=lambda: PoolKeys(MAIN))
    policy: AssignPolicy = HOURLY
    now_ms: int = START_MS

    async def add_line(self, limits: LineLimits = ROOMY, health: LineHealth = HEALTHY) -> int:
        """Add a line with a number of its own, and return its slot."""
        lines = await self.lines()
        number = parse_e164(f"+1202555{len(lines):04}")
        slot = await self.store.lines.put(
            self.keys, Line(slot=0, number=number, health=health, revision=1), limits, is_new=True
        )
        await self._report(slot, health)
        return slot

    async def change_line(
        self, slot: int, *, limits: LineLimits | None = None, health: LineHealth | None = None
    ) -> None:
        """Change what holds for a line."""
        now = (await self.lines())[slot]
        changed = replace(now.line, health=health or now.line.health, revision=now.line.revision + 1)
        await self.store.lines.put(self.keys, changed, limits or now.limits, is_new=False)
        await self._report(slot, changed.health)

    async def tell(self, *observations: Observation, rules: SuspicionRules = RULES) -> list[Effect]:
        """Tell the pool what the provider said, in one call."""
        return await self.store.ingest.take(
            self.keys,
            observations,
            backups=self.policy.backups,
            rules=rules,
            lines=len(await self.lines()),
            now_ms=self.now_ms,
        )

    async def _report(self, slot: int, health: LineHealth) -> None:
        """Let the provider say what a line's health is to be."""
        now = (await self.lines())[slot].line.health
        if (now.status, now.reputation) == (health.status, health.reputation):
            return
        report = Observation(
            kind="report",
            id=f"told {next(_told)}",
            type="test",
            at_us=START_MS * 1000 + next(_told),
            slot=slot,
            status=STATUSES.index(health.status),
            reputation=REPUTATIONS.index(health.reputation),
        )
        await self.tell(report)

    async def lines(self) -> dict[int, LineNow]:
        """Where each line stands."""
        return (await self.store.lines.overview(self.keys)).lines

    async def sign_up(self, someone: Person) -> Signup:
        """Sign one person up."""
        (signup,) = await self.store.assignments.assign(self.keys, [someone], self.policy, now_ms=self.now_ms)
        return signup

    async def sign_up_all(self, people: list[Person]) -> list[Signup]:
        """Sign many people up, in as few calls as may be."""
        signups: list[Signup] = []
        for first in range(0, len(people), MAX_BATCH):
            batch = people[first : first + MAX_BATCH]
            signups += await self.store.assignments.assign(self.keys, batch, self.policy, now_ms=self.now_ms)
        return signups

    async def read(self, code: Code) -> Assignment | None:
        """Where a person stands."""
        (found,) = await self.store.assignments.read(self.keys, [code])
        return found

    async def confirm(self, code: Code) -> str:
        """Let a person text."""
        return await self.store.assignments.confirm(self.keys, code, now_ms=self.now_ms)

    async def sweep(self) -> int:
        """Give back every place that is due, and return how many."""
        expired, assignments = 0, self.store.assignments
        for minute in await assignments.due_minutes(self.keys, up_to=self.now_ms // MINUTE_MS, limit=1000):
            codes = await assignments.due_codes(self.keys, minute, limit=500)
            expired += (await assignments.expire(self.keys, minute, codes, now_ms=self.now_ms))[0]
        return expired

    async def let_pass(self, ms: int) -> None:
        """Turn the clock on, and let the pool know."""
        self.now_ms += ms
        await self.store.lines.refresh(self.keys, {}, now_ms=self.now_ms)

    async def loads(self) -> dict[int, LineLoad]:
        """What the counters say of each line."""
        return {slot: now.load for slot, now in (await self.lines()).items()}

    async def recount(self) -> dict[int, LineLoad]:
        """Count the same from the records of people and of hours, line by line."""
        states: Counter[tuple[int, State]] = Counter()
        arrivals: Counter[int] = Counter()
        started: Counter[int] = Counter()
        with self.store.behind() as client:
            for bucket in client.scan_iter(match=self.keys.records("*"), count=1000):
                for record in cast(list[bytes], client.hvals(bucket)):
                    state, _tier, slot, *_ = _RECORD.unpack(record)
                    states[slot, State(state)] += 1
            for slot, ring in cast(dict[bytes, bytes], client.hgetall(self.keys.arrivals)).items():
                arrivals[int(slot)] += sum(came for came, _ in _HOUR.iter_unpack(ring))
                started[int(slot)] += sum(began for _, began in _HOUR.iter_unpack(ring))
            for slot, packed in cast(dict[bytes, bytes], client.hgetall(self.keys.lines)).items():
                now = unpack_line(packed)
                arrivals[int(slot)] += now.new_hour
                started[int(slot)] += now.started_hour
        return {
            slot: LineLoad(
                reserved=states[slot, State.RESERVED],
                confirmed=sum(states[slot, state] for state in _TEXTED),
                new_24h=arrivals[slot],
                started_24h=started[slot],
            )
            for slot in await self.lines()
        }


async def open_pool(store: Store) -> LivePool:
    """Make an empty pool."""
    await store.pools.put(Pool(id=MAIN, name="Acme", revision=1), is_new=True)
    return LivePool(store)


def person(
    *names: str,
    prefix: str | None = None,
    suffixes: str | None = None,
    known: Code | None = None,
    once: tuple[str, str] | None = None,
    excluded: tuple[int, ...] = (),
    wished: int | None = None,
    contact: bytes = b"",
) -> Person:
    """Make the request of one person, who is recognised by `names`, strongest first; a stranger gives none.

    `once` is an idempotency key and the request it stands for; the rest is as in `Person`.
    """
    drawn = fingerprint("/".join(names) or f"stranger {next(_strangers)}")
    return Person(
        prefix or (known[:3] if known else spell(drawn[10:14])),
        suffixes or "".join(spell(drawn[14 + i : 18 + i]) for i in range(CANDIDATES)),
        known=known,
        identities=tuple(map(fingerprint, names)),
        once=None if once is None else (fingerprint(once[0]), fingerprint(once[1])[:4]),
        excluded=excluded,
        wished=wished,
        contact=contact,
    )


def fingerprint(name: str) -> bytes:
    """The 32 bytes a name is found by."""
    return sha256(name.encode()).digest()


def spell(drawn: bytes) -> str:
    """Three characters of a code."""
    return three_characters(int.from_bytes(drawn) % BUCKETS)


def given(signup: Signup) -> Assignment:
    """The assignment of a signup that must have one."""
    assert signup.assignment is not None, signup
    return signup.assignment
