"""Measure contenders side by side: many short rounds, every contender in each, forwards and backwards in turn.

A machine may swing by a factor of two between two minutes, so only figures of one round are compared with each other,
and a report gives the median of the rounds' ratios, never the ratio of two medians.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.contender import Contender
from tests.bench.load import Load, pace, saturate

_WARM_UP_S = 1
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to measure: `rounds` of `seconds` a contender and kind of load; the generators run on `load_core`."""

    rounds: int
    seconds: int
    load_core: int | None
    scratch: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One contender in one round: its maximum, then half of that at a steady pace, if it is paced."""

    saturated: Load
    paced: Load | None

    @property
    def refused(self) -> int:
        """Return how many answers had a status above 399."""
        return self.saturated.refused + (self.paced.refused if self.paced else 0)


Round = dict[str, Sample]


def measure_rounds(contenders: Sequence[Contender], plan: Plan) -> list[Round]:
    """Warm up every contender, then measure."""
    for contender in contenders:
        saturate(contender.port, contender.requests, seconds=_WARM_UP_S, core=plan.load_core, scratch=plan.scratch)
    rounds: list[Round] = []
    for number in range(plan.rounds):
        order = contenders if number % 2 == 0 else contenders[::-1]
        rounds.append({contender.name: _take_sample(contender, plan) for contender in order})
    return rounds


def _take_sample(contender: Contender, plan: Plan) -> Sample:
    port, requests = contender.port, contender.requests
    saturated = saturate(port, requests, seconds=plan.seconds, core=plan.load_core, scratch=plan.scratch)
    paced = None
    if contender.is_paced and saturated.per_s:
        half_per_s = saturated.per_s * _HALF
        paced = pace(port, requests, per_s=half_per_s, seconds=plan.seconds, core=plan.load_core, scratch=plan.scratch)
    return Sample(saturated=saturated, paced=paced)


def median_ratio(rounds: Sequence[Round], name: str, other: str) -> float | None:
    """Return the ratio of a contender's answered requests to those of `other`; None if either is missing or silent."""
    pairs = [(each[name].saturated.per_s, each[other].saturated.per_s) for each in rounds if {name, other} <= set(each)]
    ratios = [mine / theirs for mine, theirs in pairs if theirs]
    return median(ratios) if ratios else None


def median_wait_ratio(rounds: Sequence[Round], name: str, other: str) -> float | None:
    """Return the ratio of a contender's 99th percentile to that of `other`, each at half of its own load.

    None if no round has sound figures of both: nothing refused, and a client that kept its pace.
    """
    pairs = [(each[name].paced, each[other].paced) for each in rounds if {name, other} <= set(each)]
    ratios = [
        mine.p99_ms / theirs.p99_ms
        for mine, theirs in pairs
        if mine is not None and theirs is not None and mine.is_sound and theirs.is_sound
    ]
    return median(ratios) if ratios else None
