"""How fast the gateway is beside an earlier state of itself: both serve in every round, in one sitting."""

import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

from tests.bench.contender import Contender
from tests.bench.gateway import gateway
from tests.bench.load import has_wrk
from tests.bench.machine import choose_cores
from tests.bench.processes import BenchBroken
from tests.bench.report import Row, Section, Target
from tests.bench.rounds import Plan, Round, measure_rounds, median_ratio

_TITLE = "Requests a second, as a share of what the earlier state takes"
_RATIO = "x before"
_BEFORE = " (before)"


def measure_before(before: Path, *, rounds: int, seconds: int, only: Collection[str]) -> Section:
    """Measure each row of both states.

    Args:
        before: a checkout of the earlier state, with its environment in `.venv`.
        rounds: how often each is measured.
        seconds: how long each time.
        only: the rows; all if empty.
    """
    command = before / ".venv" / "bin" / "switchyard"
    if not has_wrk() or not command.exists():
        missing = "wrk is not installed (Debian: apt-get install wrk)" if command.exists() else f"there is no {command}"
        return Section(title=_TITLE, faults=(f"{missing}: not measured",))
    cores = choose_cores()
    with tempfile.TemporaryDirectory(prefix="switchyard-bench-") as directory, ExitStack() as stack:
        scratch = Path(directory)
        (scratch / "before").mkdir()
        try:
            now = _chosen(stack.enter_context(gateway(cores, scratch)), only)
            earlier = _chosen(stack.enter_context(gateway(cores, scratch / "before", str(command))), only)
            both = [each for pair in zip(now, map(_renamed, earlier), strict=True) for each in pair]
            taken = measure_rounds(both, Plan(rounds=rounds, seconds=seconds, load_core=cores.load, scratch=scratch))
        except BenchBroken as broken:
            return Section(title=_TITLE, faults=(str(broken),))
    notes = (f"{rounds} rounds of {seconds} s; the median of the rounds' ratios, and the middle half of them",)
    return Section(title=_TITLE, rows=tuple(_row(contender.name, taken) for contender in now), notes=notes)


def _chosen(contenders: Sequence[Contender], only: Collection[str]) -> list[Contender]:
    chosen = [replace(each, is_paced=False) for each in contenders if not only or each.name in only]
    for contender in chosen:
        contender.check_answer()
    return chosen


def _renamed(contender: Contender) -> Contender:
    return replace(contender, name=contender.name + _BEFORE)


def _row(name: str, taken: Sequence[Round]) -> Row:
    ratios = [each[name].saturated.per_s / each[name + _BEFORE].saturated.per_s for each in taken]
    low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    figures = {_RATIO: median_ratio(taken, name, name + _BEFORE), "lower quarter": low, "upper quarter": high}
    return Row(name=name, figures=figures, targets=(Target(figure=_RATIO, at_least=0.98),))
