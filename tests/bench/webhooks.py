"""How many deliveries a second the gateway handles, compared with a handler that only reads them, and their waits."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.contender import Contender
from tests.bench.deliveries import MIX, SECRET, Deliverer
from tests.bench.gateway import LINES, open_pool, serving
from tests.bench.load import CONNECTIONS, Load, has_wrk, pace, saturate
from tests.bench.machine import Cores, choose_cores
from tests.bench.processes import BenchBroken
from tests.bench.report import Row, Section, Target
from tests.bench.servers import yardstick

_SATURATED = "Deliveries a second, all the server can take"
_PACED = "200 deliveries a second, 30 % of them for the second time, in any order"
_YARDSTICK, _GATEWAY = "bare POST", "webhook"
_TIMES_YARDSTICK = "x bare POST"
_FIRST_LINE = 12025570000
_PER_S, _TWICE = 200, 0.3
_SIGNED_PER_S = 10_000  # a faster gateway gets some events twice; the report says how many


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arena:
    """Both servers, and the deliveries to them."""

    ports: Mapping[str, int]
    deliverer: Deliverer
    cores: Cores
    scratch: Path

    def saturate(self, name: str, *, seconds: int) -> Load:
        """Deliver as much as a server can handle, each event once."""
        return saturate(
            self.ports[name],
            self.deliverer.requests(_SIGNED_PER_S * seconds),
            seconds=seconds,
            core=self.cores.load,
            scratch=self.scratch,
            order="ordered",
        )

    def pace(self, seconds: int) -> Load:
        """Deliver to the gateway at a set pace, some events twice."""
        return pace(
            self.ports[_GATEWAY],
            self.deliverer.requests(_PER_S * seconds, twice=_TWICE),
            per_s=_PER_S,
            seconds=seconds,
            core=self.cores.load,
            scratch=self.scratch,
            order="ordered",
        )


def measure_webhooks(*, rounds: int, seconds: int, paced_seconds: int) -> Iterator[Section]:
    """Measure both servers side by side in every round, then the gateway alone at the pace of a busy account."""
    if not has_wrk():
        yield Section(title=_SATURATED, notes=("wrk is not installed (Debian: apt-get install wrk): not measured",))
        return
    with tempfile.TemporaryDirectory(prefix="switchyard-bench-") as directory, ExitStack() as stack:
        try:
            arena = _open(stack, Path(directory))
            yield _measure_saturated(arena, rounds=rounds, seconds=seconds)
            yield _measure_paced(arena, paced_seconds)
        except BenchBroken as broken:
            yield Section(title=_SATURATED, faults=(str(broken),))


def _open(stack: ExitStack, scratch: Path) -> _Arena:
    cores = choose_cores()
    (bare,) = stack.enter_context(yardstick(cores, scratch))
    port, key = stack.enter_context(serving(cores, scratch, LINQ_WEBHOOK_SECRETS=SECRET))
    open_pool(port, key, "bench", entry="page", first_number=_FIRST_LINE)
    deliverer = Deliverer(_FIRST_LINE, LINES)
    introduction = deliverer.introduce()
    for name, at in ((_YARDSTICK, bare.port), (_GATEWAY, port)):
        Contender(name=name, port=at, requests=introduction, status=200).check_answer()
    known = pace(port, introduction, per_s=500, seconds=2, core=cores.load, scratch=scratch, order="ordered")
    if known.refused or known.broken:
        raise BenchBroken(f"{_GATEWAY}: refused {known.refused} deliveries of the people's first texts")
    return _Arena(ports={_YARDSTICK: bare.port, _GATEWAY: port}, deliverer=deliverer, cores=cores, scratch=scratch)


def _measure_saturated(arena: _Arena, *, rounds: int, seconds: int) -> Section:
    names = (_YARDSTICK, _GATEWAY)
    for name in names:
        arena.saturate(name, seconds=1)
    taken: list[Mapping[str, Load]] = []
    for number in range(rounds):
        order = names if number % 2 == 0 else names[::-1]
        taken.append({name: arena.saturate(name, seconds=seconds) for name in order})
    ratios = [each[_GATEWAY].per_s / each[_YARDSTICK].per_s for each in taken]
    rows = []
    for name in names:
        loads = [each[name] for each in taken]
        figures = {
            "req/s": median(load.per_s for load in loads),
            "p50 ms": median(load.p50_ms for load in loads),
            "p99 ms": median(load.p99_ms for load in loads),
            _TIMES_YARDSTICK: 1.0 if name == _YARDSTICK else median(ratios),
        }
        targets = () if name == _YARDSTICK else (Target(figure=_TIMES_YARDSTICK, at_least=0.7),)
        rows.append(Row(name=name, figures=figures, targets=targets))
    answered = [each[_GATEWAY].answered for each in taken]
    again = sum(max(0, many - _SIGNED_PER_S * seconds) for many in answered) / max(1, sum(answered))
    notes = (
        f"wrk, {CONNECTIONS} connections, {rounds} rounds of {seconds} s each, both servers in every round",
        f"{MIX}; {again:.0%} of them for the second time",
        "bare POST: a Litestar handler that reads the body and does nothing, with the same deliveries",
    )
    faults = _refusals([each[_GATEWAY] for each in taken])
    return Section(title=_SATURATED, rows=tuple(rows), notes=notes, faults=faults)


def _measure_paced(arena: _Arena, seconds: int) -> Section:
    load = arena.pace(seconds)
    figures = {
        "req/s": load.per_s,
        "p50 ms": load.p50_ms,
        "p99 ms": load.p99_ms,
        "client's p99 ms": load.late_p99_ms,
    }
    row = Row(name=_GATEWAY, figures=figures, targets=(Target(figure="p99 ms", at_most=300.0),))
    notes = (f"an open loop of {seconds} s: moments drawn beforehand (Poisson), waits counted from them", MIX)
    return Section(title=_PACED, rows=(row,), notes=notes, faults=_refusals([load]))


def _refusals(loads: list[Load]) -> tuple[str, ...]:
    refused = sum(load.refused for load in loads)
    return (f"{_GATEWAY}: refused {refused} deliveries",) if refused else ()
