"""The Lua library and the pure model agree step for step, on a real server.

A machine changes lines, signs people up in batches, confirms and expires them at random, in the store and in
`core.picking.picker.Picker`. After every step each line's tier, gate, load, lag and turn must be the same to the last
bit.
"""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from router.core.assignment import Outcome, State
from router.core.code import BUCKETS, Code, three_characters
from router.core.line import Line, LineHealth, LineLimits, OperatorState, Reputation, Status, Tier
from router.core.lines.suspicion import SuspicionRules
from router.core.phone import E164
from router.core.picking.picker import Pick, Picker
from router.core.pool import Pool, PoolId
from router.store.assignments import Assignments, AssignPolicy, AssignRequest
from router.store.events import EventScript
from router.store.keys import PoolKeys
from router.store.line_records import REPUTATIONS, STATUSES, limit_numbers
from router.store.lines import Lines
from router.store.pool_events import PoolEvent
from router.store.pools import Pools
from router.store.server.client import StoreClient
from router.store.server.connection import connect
from router.store.server.scripts import Scripts
from tests.kit.servers import Server, start_valkey

Result = TypeVar("Result")

NOW_MS = 1_800_000_000_000
POLICY = AssignPolicy(reservation_s=60, backups=2)
MAX_LINES = 12

healths = st.builds(
    LineHealth,
    operator_state=st.sampled_from([OperatorState.READY] * 6 + list(OperatorState)),
)
statuses = st.sampled_from([Status.ACTIVE] * 6 + [status for status in Status if status is not Status.RELEASED])
reputations = st.sampled_from([Reputation.HEALTHY] * 6 + list(Reputation))
limits = st.builds(
    LineLimits,
    weight=st.one_of(st.just(100), st.integers(0, 100_000)),
    capacity=st.one_of(st.just(1000), st.integers(1, 12)),
    target=st.one_of(st.just(900), st.integers(0, 8)),
    new_people_per_day=st.one_of(st.none(), st.integers(0, 6)),
    is_warming=st.booleans(),
    conversion_permille=st.one_of(st.just(1000), st.integers(0, 1000)),
)
slots = st.integers(0, MAX_LINES - 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all runs of the machine."""
    with start_valkey(tmp_path_factory.mktemp("agree")) as running:
        yield running


class Agreement(RuleBasedStateMachine):
    """One pool, in the store and in the model."""

    server: ClassVar[Server]
    runner: ClassVar[asyncio.Runner]
    client: ClassVar[StoreClient]
    pool_numbers: ClassVar[Iterator[int]] = count()

    def __init__(self) -> None:
        super().__init__()
        self.pool = Pool(id=PoolId(f"p{next(self.pool_numbers)}"), name="Acme", revision=1)
        self.keys = PoolKeys(self.pool.id)
        scripts = Scripts(self.client, os.urandom)
        self.lines, self.assignments = Lines(scripts), Assignments(self.client, scripts)
        self.events = EventScript(scripts)
        self.await_(scripts.load())
        self.await_(Pools(self.client, scripts).put(self.pool, is_new=True))
        self.model = Picker()
        self.revisions: dict[int, int] = {}
        self.people: dict[Code, int] = {}
        self.codes = count()
        self.moments = count(1)

    def await_(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run one store call to its end."""
        return self.runner.run(coroutine)

    @rule(slot=slots, health=healths, limits=limits)
    def put_a_line(self, slot: int, health: LineHealth, limits: LineLimits) -> None:
        """Add a line, or change one."""
        is_new = slot >= len(self.revisions)
        slot = min(slot, len(self.revisions))
        self.revisions[slot] = self.revisions.get(slot, 0) + 1
        line = Line(
            slot=-1 if is_new else slot,
            number=E164(f"+1202555{slot:04}"),
            health=health,
            revision=self.revisions[slot],
        )
        assert self.await_(self.lines.put(self.keys, line, limits, is_new=is_new)) == slot
        said = LineHealth() if is_new else self.model.lines[slot].health
        self.model.put(slot, replace(said, operator_state=health.operator_state), limits)

    @precondition(lambda self: self.revisions)
    @rule(slot=slots, status=statuses, reputation=reputations, recovered=limits)
    def report_from_the_provider(
        self, slot: int, status: Status, reputation: Reputation, recovered: LineLimits
    ) -> None:
        """The provider reports a line's health; a line that comes back gets other limits in the same step."""
        slot = slot % len(self.revisions)
        report = PoolEvent(
            kind="report",
            id="",
            type="test",
            at_us=next(self.moments),
            slot=slot,
            status=STATUSES.index(status),
            reputation=REPUTATIONS.index(reputation),
            limits=limit_numbers(recovered),
        )
        rules = SuspicionRules()
        self.await_(self.events.apply(self.keys, [report], backups=2, rules=rules, lines=1, now_ms=NOW_MS))
        line = self.model.lines[slot]
        was_closed = is_closed(line.health)
        is_suspected = line.health.is_suspected and status is not Status.ACTIVE
        health = replace(line.health, status=status, reputation=reputation, is_suspected=is_suspected)
        returns = was_closed and not is_closed(health)
        self.model.put(slot, health, recovered if returns else line.limits)

    @precondition(lambda self: self.revisions)
    @rule(slot=slots, recovered=limits)
    def see_messages_fail(self, slot: int, recovered: LineLimits) -> None:
        """A line is suspected, unless the allowed number already are."""
        slot = slot % len(self.revisions)
        notice = PoolEvent(kind="suspect", id="", type="test", at_us=next(self.moments), slot=slot)
        rules = SuspicionRules()
        (effect,) = self.await_(
            self.events.apply(self.keys, [notice], backups=2, rules=rules, lines=len(self.revisions), now_ms=NOW_MS)
        )
        if effect.word == "suspected":
            line = self.model.lines[slot]
            self.model.put(slot, replace(line.health, is_suspected=True), line.limits)

    @precondition(lambda self: self.revisions)
    @rule(batch=st.lists(st.tuples(st.sets(slots, max_size=3), st.one_of(st.none(), slots)), min_size=1, max_size=9))
    def sign_people_up(self, batch: list[tuple[set[int], int | None]]) -> None:
        """Sign up a batch of new people, some of whom exclude lines or wish for one."""
        people = [
            AssignRequest(
                three_characters(next(self.codes) % BUCKETS),
                "".join(three_characters(at) for at in range(4)),
                excluded=tuple(excluded),
                wished=wished,
            )
            for excluded, wished in batch
        ]
        signups = self.await_(self.assignments.assign(self.keys, people, POLICY, now_ms=NOW_MS))
        for (excluded, wished), signup in zip(batch, signups, strict=True):
            pick = self.model.pick(backups=POLICY.backups, excluded=excluded, wished=[] if wished is None else [wished])
            if pick is None:
                assert signup.outcome is Outcome.WAITLIST
                continue
            assignment = signup.assignment
            assert assignment is not None
            assert Pick(assignment.home_slot, assignment.tier, signup.reason, assignment.backups) == pick
            assert assignment.state is State.RESERVED
            self.people[assignment.code] = assignment.home_slot

    @precondition(lambda self: self.people)
    @rule(choice=st.integers(0, 10_000))
    def confirm_a_person(self, choice: int) -> None:
        """A reserved person texts their line."""
        code = sorted(self.people)[choice % len(self.people)]
        assert self.await_(self.assignments.confirm(self.keys, code, now_ms=NOW_MS)) == "confirmed"
        self.model.confirm(self.people.pop(code))

    @precondition(lambda self: self.people)
    @rule(choices=st.lists(st.integers(0, 10_000), min_size=1, max_size=5))
    def let_some_expire(self, choices: list[int]) -> None:
        """The reservations of some people expire."""
        codes = list(dict.fromkeys(sorted(self.people)[choice % len(self.people)] for choice in choices))
        later_ms = NOW_MS + POLICY.reservation_s * 1000
        expired, _ = self.await_(self.assignments.expire(self.keys, 1, codes, now_ms=later_ms))
        assert expired == len(codes)
        for code in codes:
            self.model.release(self.people.pop(code))

    @rule()
    def lose_the_decoded_pool(self) -> None:
        """The server loses its cache of the decoded pool, as after a restart or a failover."""
        with self.server.admin() as admin:
            admin.function_flush()

    @invariant()
    def agree(self) -> None:
        """Store and model agree about every line."""
        overview = self.await_(self.lines.overview(self.keys))
        assert set(overview.lines) == set(self.model.lines)
        for slot, now in overview.lines.items():
            line = self.model.lines[slot]
            assert (now.tier, now.gate, now.load, now.picks) == (line.tier, line.gate, line.load, line.picks)
            if line.tier is Tier.NONE:
                assert now.lag == line.lag
            else:
                assert now.virtual_time == self.model.rotations[line.tier].turns[slot].ve
        for tier, (virtual_time, remainder) in enumerate(overview.rotations):
            rotation = self.model.rotations[Tier(tier)]
            assert (virtual_time, remainder) == (rotation.virtual_time, rotation.remainder)


def is_closed(health: LineHealth) -> bool:
    """Return whether the provider's reports alone keep new people from a line."""
    return health.status is not Status.ACTIVE or health.reputation in {Reputation.CRITICAL, Reputation.UNKNOWN}


def test_the_store_and_the_model_agree_step_for_step(server: Server) -> None:
    """With lines changing and people coming, confirming and expiring at random, store and model never differ."""
    Agreement.server = server
    with asyncio.Runner() as runner:
        Agreement.runner = runner
        Agreement.client = StoreClient(connect(server.url, timeout=timedelta(seconds=5)))
        try:
            run_state_machine_as_test(
                Agreement,
                settings=settings(
                    max_examples=60,
                    stateful_step_count=40,
                    deadline=None,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
        finally:
            runner.run(Agreement.client.aclose())
