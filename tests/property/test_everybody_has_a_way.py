"""Whatever happens to lines and people, nobody is without a line while one has room, and no gone number is shown.

One pool on a real server. After every step each person is looked up in each way there is: their page and card read and
renew, a back end asks for their route, and they sign up again. All of these must say the same.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from router.core.assignment import Assignment, Outcome, State
from router.core.code import Code
from router.core.line import LineHealth, LineLimits, OperatorState, Reputation, Status, Tier
from router.core.picking.renewal import is_ours
from router.core.pool import Pool, PoolId
from router.store.assignments import AssignPolicy
from router.store.keys import PoolKeys
from router.store.line_records import LineNow
from router.store.routes import Routes
from tests.kit.builders import apply_event, text
from tests.kit.servers import start_valkey
from tests.kit.stores import RESERVATION_S, START_MS, LivePool, Store, assigned, fingerprint, opened_store, person

MAX_LINES, MAX_PEOPLE = 8, 20
MINUTE_MS = 60_000
Result = TypeVar("Result")

slots = st.integers(0, MAX_LINES - 1)
people = st.integers(0, MAX_PEOPLE - 1)
limits = st.builds(
    LineLimits, weight=st.just(100), capacity=st.sampled_from([1, 3, 100]), target=st.sampled_from([1, 2, 100])
)
healths = st.sampled_from(
    [
        LineHealth(),
        LineHealth(status=Status.FLAGGED),
        LineHealth(status=Status.UNKNOWN),
        LineHealth(status=Status.RELEASED),
        LineHealth(reputation=Reputation.AT_RISK),
        LineHealth(reputation=Reputation.CRITICAL),
        LineHealth(operator_state=OperatorState.DRAIN),
        LineHealth(operator_state=OperatorState.RETIRED),
    ]
)


class Reach(RuleBasedStateMachine):
    """A pool whose lines come and go, and its people."""

    store: ClassVar[Store]
    runner: ClassVar[asyncio.Runner]
    numbers: ClassVar[Iterator[int]] = count()

    def __init__(self) -> None:
        super().__init__()
        number = next(self.numbers)
        self.pool = LivePool(self.store, PoolKeys(PoolId(f"reach-{number}")), AssignPolicy(RESERVATION_S, number % 4))
        self.await_(self.store.pools.put(Pool(id=PoolId(f"reach-{number}"), name="Acme", revision=1), is_new=True))
        self.routes = Routes(self.store.scripts)
        self.people: dict[str, tuple[Code, frozenset[int]]] = {}
        self.names = count()
        self.lines = 2
        for _ in range(self.lines):
            self.await_(self.pool.add_line())

    def await_(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run one store call to its end."""
        return self.runner.run(coroutine)

    def name_of(self, choice: int) -> str:
        """Return one of the people."""
        return sorted(self.people)[choice % len(self.people)]

    @precondition(lambda self: self.lines < MAX_LINES)
    @rule(line=limits)
    def add_a_line(self, line: LineLimits) -> None:
        """The operator adds a line."""
        self.await_(self.pool.add_line(line))
        self.lines += 1

    @rule(slot=slots, health=healths)
    def change_a_line(self, slot: int, health: LineHealth) -> None:
        """A line is flagged, released, retired or drained, or it is back."""
        self.await_(self.pool.change_line(slot % self.lines, health=health))

    @rule(slot=slots, line=limits)
    def limit_a_line(self, slot: int, line: LineLimits) -> None:
        """The operator changes how many people a line takes."""
        self.await_(self.pool.change_line(slot % self.lines, limits=line))

    @precondition(lambda self: len(self.people) < MAX_PEOPLE)
    @rule(excluded=st.sets(slots, max_size=2), can_wait=st.booleans())
    def sign_up(self, excluded: set[int], can_wait: bool) -> None:
        """Somebody new comes."""
        name = f"{self.pool.keys.config} {next(self.names)}"
        contact = b"\0\6sealed" if can_wait else b""
        signup = self.await_(self.pool.sign_up(person(name, excluded=tuple(excluded), contact=contact)))
        if signup.assignment is not None:
            self.people[name] = (signup.assignment.code, frozenset(excluded))

    @precondition(lambda self: self.people)
    @rule(choice=people, slot=slots, opts_out=st.booleans())
    def text_a_line(self, choice: int, slot: int, opts_out: bool) -> None:
        """Somebody texts any line, perhaps to stop: it confirms or moves them, if that line can carry them."""
        name = self.name_of(choice)
        self.pool.now_ms += MINUTE_MS
        at_s = (self.pool.now_ms - START_MS) / 1000
        event = text(name, slot % self.lines, at_s, codes=[self.people[name][0]], opts_out=opts_out)
        self.await_(apply_event(self.pool, event))

    @rule()
    def expire(self) -> None:
        """Reservations run out."""
        self.pool.now_ms += RESERVATION_S * 1000 + 2 * MINUTE_MS
        self.await_(self.pool.sweep())

    @precondition(lambda self: self.people)
    @rule(choice=people)
    def erase(self, choice: int) -> None:
        """Somebody is erased."""
        name = self.name_of(choice)
        code, _ = self.people.pop(name)
        assert self.await_(self.store.assignments.forget(self.pool.keys, code, [fingerprint(name)]))
        assert self.await_(self.pool.read(code)) is None

    @precondition(lambda self: self.people)
    @rule(choice=people)
    def sign_up_again(self, choice: int) -> None:
        """Who waits gets a line if one has room; everybody else is given what they are shown afterwards."""
        name = self.name_of(choice)
        code, excluded = self.people[name]
        lines = self.await_(self.pool.lines())
        signup = self.await_(self.pool.sign_up(person(name)))
        assert assigned(signup).code == code
        if has_room(lines, excluded):
            assert signup.outcome is not Outcome.WAITLIST
        self.check(assigned(signup), lines, excluded)
        assert self.shown(code) == assigned(signup)

    @invariant()
    def everybody_has_a_way(self) -> None:
        """On each surface, and the same way."""
        lines = self.await_(self.pool.lines())
        for code, excluded in self.people.values():
            before = self.await_(self.pool.loads())
            found = self.shown(code)
            assert self.await_(self.pool.loads()) == before
            self.check(found, lines, excluded)
            route = self.await_(self.routes.read(self.pool.keys, code, now_ms=self.pool.now_ms))
            assert route is not None
            assert route.assignment == found
            assert route.wrong_line is None or is_ours(lines[route.wrong_line.slot].line.health)
        assert self.await_(self.pool.loads()) == self.await_(self.pool.recount())

    def shown(self, code: Code) -> Assignment:
        """Return what page and card show."""
        found = self.await_(self.pool.read(code))
        assert found is not None
        if not found.must_renew:
            return found
        renew = self.store.assignments.renew
        (renewed,) = self.await_(renew(self.pool.keys, [code], backups=self.pool.policy.backups))
        assert renewed is not None
        again = self.await_(renew(self.pool.keys, [code], backups=self.pool.policy.backups))
        assert again == [renewed], "a second renewal changes nothing"
        return renewed

    @staticmethod
    def check(found: Assignment, lines: dict[int, LineNow], excluded: frozenset[int]) -> None:
        """Nobody sees a number that is not ours, and nobody sees none while a line has room."""
        assert all(is_ours(lines[slot].line.health) for slot in found.slots)
        assert found.slot is None or found.slots[0] == found.slot
        if found.state is not State.WAITLISTED and has_room(lines, excluded):
            assert found.slot is not None


def has_room(lines: dict[int, LineNow], excluded: frozenset[int]) -> bool:
    """Return whether a line takes a person who must not get some of them."""
    return any(now.tier is not Tier.NONE and slot not in excluded for slot, now in lines.items())


def test_everybody_has_a_way_while_a_line_has_room(tmp_path: Path) -> None:
    """No sequence of what operators, providers and people do strands anybody."""
    with start_valkey(tmp_path) as server, asyncio.Runner() as runner:
        Reach.runner = runner
        opened = opened_store(server.url)
        Reach.store = runner.run(opened.__aenter__())
        try:
            run_state_machine_as_test(
                Reach,
                settings=settings(
                    max_examples=40,
                    stateful_step_count=40,
                    deadline=None,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
        finally:
            runner.run(opened.__aexit__(None, None, None))
