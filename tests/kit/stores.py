"""The store as the gateway uses it, and a pool whose time the test sets.

    pool = await open_pool(store)
    alpha = await pool.add_line(capacity=10)
    ada = await pool.sign_up(person("ada"))

Everything goes through the store's own operations; only `recount` and `keyspace` read the keys directly.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from itertools import count
from os import urandom
from typing import cast

import redis

from router.core.assignment import Assignment, Signup, State
from router.core.code import BUCKETS, Code, three_characters
from router.core.line import Gate, Line, LineHealth, LineLimits, LineLoad, OperatorState, Reputation, Status
from router.core.lines.suspicion import SuspicionRules
from router.core.phone import parse_e164
from router.core.pool import Pool, PoolId
from router.store.assignments import CANDIDATES, MAX_BATCH, Assignments, AssignPolicy, AssignRequest
from router.store.events import Effect, EventScript
from router.store.formats import ARRIVALS, RECORD
from router.store.keys import PoolKeys
from router.store.line_records import REPUTATIONS, STATUSES, LineNow, unpack_line
from router.store.lines import Lines
from router.store.pool_events import PoolEvent
from router.store.pools import Pools
from router.store.server.client import StoreClient
from router.store.server.connection import connect
from router.store.server.scripts import Scripts

MAIN = PoolId("main")
START_MS = 1_800_000_000_000  # a full hour, so that a test's minutes and hours begin at whole ones
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
PATIENCE_MS = 5000  # long, so that a busy machine does not look like an outage
RESERVATION_S = 3600
HOURLY = AssignPolicy(RESERVATION_S, backups=2)
ROOMY = LineLimits(weight=100, capacity=1000, target=1000)

_read_place = RECORD.reader_of("state", "slot")
_TEXTED = {State.CONFIRMED, State.MOVING, State.OPTED_OUT}
_strangers = count()
_event_numbers = count()
RULES = SuspicionRules()

# A line that gets no new people, for each hard gate.
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
        url: the value for SWITCHYARD_REDIS_URL.
        admin_url: the same server as its unlimited user, without cluster routing.
    """

    url: str
    admin_url: str
    client: StoreClient
    scripts: Scripts
    assignments: Assignments
    lines: Lines
    pools: Pools
    events: EventScript

    @contextmanager
    def raw_client(self) -> Iterator[redis.Redis]:
        """Open a blocking client with all rights that returns bytes, to check what the operations wrote."""
        with redis.Redis.from_url(self.admin_url, socket_timeout=5) as client:
            yield client

    def keyspace(self) -> dict[bytes, bytes | None]:
        """Return everything the store holds, to compare it later."""
        with self.raw_client() as client:
            names = sorted(client.scan_iter(count=1000))
            return {name: client.dump(name) for name in names}


@asynccontextmanager
async def opened_store(url: str, admin_url: str | None = None) -> AsyncIterator[Store]:
    """Connect as the gateway does."""
    client = StoreClient(connect(url, timeout=timedelta(milliseconds=PATIENCE_MS)))
    scripts = Scripts(client, urandom)
    try:
        await scripts.load()
        typed = (Assignments(client, scripts), Lines(scripts), Pools(client, scripts), EventScript(scripts))
        yield Store(url, admin_url or url, client, scripts, *typed)
    finally:
        await client.aclose()


@dataclass(slots=True)
class LivePool:
    """One pool of a store; `now_ms` is its time, and changes only when a test changes it."""

    store: Store
    keys: PoolKeys = field(default_factory=lambda: PoolKeys(MAIN))
    policy: AssignPolicy = HOURLY
    now_ms: int = START_MS

    async def add_line(self, limits: LineLimits = ROOMY, health: LineHealth = HEALTHY) -> int:
        """Add a line with its own number, and return its slot."""
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
        """Change a line's health or limits."""
        now = (await self.lines())[slot]
        changed = replace(now.line, health=health or now.line.health, revision=now.line.revision + 1)
        await self.store.lines.put(self.keys, changed, limits or now.limits, is_new=False)
        await self._report(slot, changed.health)

    async def apply(self, *observations: PoolEvent, rules: SuspicionRules = RULES) -> list[Effect]:
        """Apply provider events to the pool, in one call."""
        return await self.store.events.apply(
            self.keys,
            observations,
            backups=self.policy.backups,
            rules=rules,
            lines=len(await self.lines()),
            now_ms=self.now_ms,
        )

    async def _report(self, slot: int, health: LineHealth) -> None:
        """Let the provider report a line's health."""
        now = (await self.lines())[slot].line.health
        if (now.status, now.reputation) == (health.status, health.reputation):
            return
        report = PoolEvent(
            kind="report",
            id=f"report {next(_event_numbers)}",
            type="test",
            at_us=START_MS * 1000 + next(_event_numbers),
            slot=slot,
            status=STATUSES.index(health.status),
            reputation=REPUTATIONS.index(health.reputation),
        )
        await self.apply(report)

    async def lines(self) -> dict[int, LineNow]:
        """Return the current state of each line."""
        return (await self.store.lines.overview(self.keys)).lines

    async def sign_up(self, someone: AssignRequest) -> Signup:
        """Sign one person up."""
        (signup,) = await self.store.assignments.assign(self.keys, [someone], self.policy, now_ms=self.now_ms)
        return signup

    async def sign_up_all(self, people: list[AssignRequest]) -> list[Signup]:
        """Sign many people up, in as few calls as possible."""
        signups: list[Signup] = []
        for first in range(0, len(people), MAX_BATCH):
            batch = people[first : first + MAX_BATCH]
            signups += await self.store.assignments.assign(self.keys, batch, self.policy, now_ms=self.now_ms)
        return signups

    async def read(self, code: Code) -> Assignment | None:
        """Return a person's assignment."""
        (found,) = await self.store.assignments.read(self.keys, [code])
        return found

    async def confirm(self, code: Code) -> str:
        """Let a person text their line."""
        return await self.store.assignments.confirm(self.keys, code, now_ms=self.now_ms)

    async def sweep(self) -> int:
        """Expire every place that is due, and return how many."""
        expired, assignments = 0, self.store.assignments
        for minute in await assignments.due_minutes(self.keys, up_to=self.now_ms // MINUTE_MS, limit=1000):
            codes = await assignments.due_codes(self.keys, minute, limit=500)
            expired += (await assignments.expire(self.keys, minute, codes, now_ms=self.now_ms))[0]
        return expired

    async def advance(self, ms: int) -> None:
        """Advance the clock, and refresh the pool's lines."""
        self.now_ms += ms
        await self.store.lines.refresh(self.keys, {}, now_ms=self.now_ms)

    async def loads(self) -> dict[int, LineLoad]:
        """Return the counters of each line."""
        return {slot: now.load for slot, now in (await self.lines()).items()}

    async def recount(self) -> dict[int, LineLoad]:
        """Count the same from the records of people and of hours, line by line."""
        states: Counter[tuple[int, State]] = Counter()
        arrivals: Counter[int] = Counter()
        started: Counter[int] = Counter()
        with self.store.raw_client() as client:
            for bucket in client.scan_iter(match=self.keys.records("*"), count=1000):
                for record in cast(list[bytes], client.hvals(bucket)):
                    state, slot = _read_place(record)
                    states[slot, State(state)] += 1
            for slot, ring in cast(dict[bytes, bytes], client.hgetall(self.keys.arrivals)).items():
                arrivals[int(slot)] += sum(came for came, _ in ARRIVALS.iter_unpack(ring))
                started[int(slot)] += sum(began for _, began in ARRIVALS.iter_unpack(ring))
            for slot, packed in cast(dict[bytes, bytes], client.hgetall(self.keys.line_state)).items():
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
    origin: str = "",
) -> AssignRequest:
    """Make the request of one person, who is recognised by `names`, strongest first; a stranger has none.

    `once` is an idempotency key and the request it stands for; the rest is as in `AssignRequest`.
    """
    drawn = fingerprint("/".join(names) or f"stranger {next(_strangers)}")
    return AssignRequest(
        prefix or (known[:3] if known else code_part(drawn[10:14])),
        suffixes or "".join(code_part(drawn[14 + i : 18 + i]) for i in range(CANDIDATES)),
        known=known,
        identities=tuple(map(fingerprint, names)),
        once=None if once is None else (fingerprint(once[0]), fingerprint(once[1])[:4]),
        excluded=excluded,
        wished=wished,
        contact=contact,
        origin=origin,
    )


def fingerprint(name: str) -> bytes:
    """Return the 32 bytes that a name is found by."""
    return sha256(name.encode()).digest()


def code_part(drawn: bytes) -> str:
    """Return three characters of a code, from random bytes."""
    return three_characters(int.from_bytes(drawn) % BUCKETS)


def assigned(signup: Signup) -> Assignment:
    """Return the assignment of a signup, which must have one."""
    assert signup.assignment is not None, signup
    return signup.assignment
