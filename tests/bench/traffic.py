"""How many requests a second, and how long people wait, compared with the yardstick and the peers."""

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import median

from tests.bench.contender import Contender
from tests.bench.gateway import TIMES_STICKY, TIMES_YARDSTICK, gateway
from tests.bench.load import CONNECTIONS, Load, has_wrk
from tests.bench.machine import Cores, choose_cores
from tests.bench.processes import BenchBroken
from tests.bench.report import Row, Section, Target
from tests.bench.rounds import Plan, Round, measure_rounds, median_ratio, median_wait_ratio
from tests.bench.servers import STICKY, YARDSTICK, nginx, peers, yardstick

ROWS = (
    "yardstick",
    "sticky peer",
    "modulo peer",
    "nginx",
    "new person",
    "returning person",
    "landing page",
    "person's page",
    "signup form",
    "signup API",
)

_SATURATED = "Requests a second, all the server can take"
_PACED = "Waits at half of that"
_WAIT_RATIO = "p99 x yardstick"
_SERVERS: tuple[Callable[[Cores, Path], AbstractContextManager[list[Contender]]], ...] = (
    yardstick,
    peers,
    nginx,
    gateway,
)


def measure_traffic(*, rounds: int, seconds: int, only: Collection[str]) -> list[Section]:
    """Start all servers, measure the rows in `only` (all if empty; the yardstick always) and stop them.

    A row that breaks is reported as a fault and leaves the others as they are.
    """
    if not has_wrk():
        return [Section(title=_SATURATED, notes=("wrk is not installed (Debian: apt-get install wrk): not measured",))]
    faults: list[str] = []
    cores = choose_cores()
    with tempfile.TemporaryDirectory(prefix="switchyard-bench-") as directory, ExitStack() as stack:
        scratch = Path(directory)
        wanted = {YARDSTICK, *only} if only else ROWS
        chosen = [each for each in _started(stack, cores, scratch, faults) if each.name in wanted]
        chosen = _answering(chosen, "before", faults)
        plan = Plan(rounds=rounds, seconds=seconds, load_core=cores.load, scratch=scratch)
        try:
            taken = measure_rounds(chosen, plan)
        except BenchBroken as broken:
            return [Section(title=_SATURATED, faults=(*faults, str(broken)))]
        _answering(chosen, "after", faults)
    for name, sample in (item for each in taken for item in each.items()):
        if sample.refused:
            faults.append(f"{name}: refused {sample.refused} requests in one round")
    return [_saturated_section(chosen, taken, plan, faults), _paced_section(chosen, taken, plan)]


def _started(stack: ExitStack, cores: Cores, scratch: Path, faults: list[str]) -> Iterator[Contender]:
    for start in _SERVERS:
        try:
            yield from stack.enter_context(start(cores, scratch))
        except BenchBroken as broken:
            faults.append(f"{start.__name__} not measured: {broken}")


def _answering(contenders: Sequence[Contender], moment: str, faults: list[str]) -> list[Contender]:
    """Return the contenders that give the answer of their row; the others are faults."""
    answering = []
    for contender in contenders:
        try:
            contender.check_answer()
            answering.append(contender)
        except BenchBroken as broken:
            faults.append(f"{moment} the rounds: {broken}")
    return answering


def _saturated_section(chosen: Sequence[Contender], taken: list[Round], plan: Plan, faults: list[str]) -> Section:
    rows = []
    for contender in chosen:
        loads = [each[contender.name].saturated for each in taken]
        figures = {
            "req/s": median(load.per_s for load in loads),
            "p50 ms": median(load.p50_ms for load in loads),
            "p99 ms": median(load.p99_ms for load in loads),
            TIMES_YARDSTICK: median_ratio(taken, contender.name, YARDSTICK),
            TIMES_STICKY: median_ratio(taken, contender.name, STICKY),
        }
        rows.append(
            Row(name=contender.name, figures=figures, targets=contender.targets, remark=_breakage(loads)),
        )
    notes = (
        f"wrk, {CONNECTIONS} connections, {plan.rounds} rounds of {plan.seconds} s each, all servers in every round",
        "medians of the rounds, and medians of the rounds' ratios",
    )
    return Section(title=_SATURATED, rows=tuple(rows), notes=notes, faults=tuple(faults))


def _paced_section(chosen: Sequence[Contender], taken: list[Round], plan: Plan) -> Section:
    rows = []
    for contender in chosen:
        loads = [load for each in taken if (load := each[contender.name].paced) is not None]
        if not loads:
            continue
        figures = {
            "req/s": median(load.per_s for load in loads),
            "p50 ms": median(load.p50_ms for load in loads),
            "p99 ms": median(load.p99_ms for load in loads),
            "client's p99 ms": median(load.late_p99_ms for load in loads),
            _WAIT_RATIO: median_wait_ratio(taken, contender.name, YARDSTICK),
        }
        targets = (Target(figure=_WAIT_RATIO, at_most=2.0),) if contender.targets else ()
        rows.append(Row(name=contender.name, figures=figures, targets=targets, remark=_breakage(loads)))
    notes = (
        "an open loop: moments drawn beforehand (Poisson), waits counted from them; nginx shows the client's floor",
        "a round in which the client itself was late by half of a wait is left out of the ratio: the machine was busy",
    )
    return Section(title=_PACED, rows=tuple(rows), notes=notes)


def _breakage(loads: Sequence[Load]) -> str:
    broken = sum(load.broken for load in loads)
    return f"({broken} connections broke)" if broken else ""
