"""Compare policies over many seeds: the mean of each figure with its 95 % interval, and the difference to one policy.

Policies meet the same people and the same luck, seed by seed, so the difference is known far better than the means.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from router.core.capacity.pilot import Interval, mean_interval
from router.core.capacity.student_t import t_quantile
from router.core.simulation.outcome import RunOutcome, SimulatedDay

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an outcome: its name, how it is read, and how many digits are worth printing."""

    name: str
    label: str
    read: Callable[[RunOutcome], float]
    digits: int = 1
    is_share: bool = False


FIGURES = (
    Figure("lines", "lines", lambda one: one.lines, 0),
    Figure("utilisation", "places used", lambda one: one.utilisation, 1, is_share=True),
    Figure("highest_utilisation", "in the fullest hour", lambda one: one.highest_utilisation, 1, is_share=True),
    Figure("waitlisted", "found no line", lambda one: one.waitlisted),
    Figure("waited_hours", "hours waited", lambda one: one.waited_hours),
    Figure("gave_up", "gave up", lambda one: one.fates["gave_up"]),
    Figure("flags", "flags", lambda one: one.flags, 2),
    Figure("stranded", "people cut off", lambda one: one.stranded),
    Figure("stranded_hours", "hours of all of them", lambda one: one.stranded_hours, 0),
    Figure("hours_to_recover", "hours to recover", lambda one: one.hours_to_recover),
    Figure("prompts", "prompts", lambda one: one.prompts),
    Figure("moved", "moved by them", lambda one: one.moved),
    Figure("busy_days", "days over guideline", lambda one: one.busy_days),
)


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """By how much a figure is higher than under the policy compared with, and the ends of that interval."""

    mean: float
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval does not hold zero: more than chance."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """What came of a policy.

    Attributes:
        figures: by name, over all seeds.
        differences: to the policy compared with; empty for that one.
        days: the mean day by day.
    """

    policy: str
    figures: Mapping[str, Interval]
    differences: Mapping[str, PolicyDifference]
    days: tuple[SimulatedDay, ...]


def compare(outcomes: Mapping[str, Sequence[RunOutcome]], *, against: str) -> tuple[PolicyResult, ...]:
    """Compare policies, given the outcome of each for the same seeds in the same order."""
    usual = outcomes[against]
    return tuple(
        PolicyResult(
            policy=policy,
            figures={figure.name: mean_interval([figure.read(one) for one in ours]) for figure in FIGURES},
            differences={}
            if policy == against
            else {
                figure.name: _difference(
                    [figure.read(one) - figure.read(other) for one, other in zip(ours, usual, strict=True)]
                )
                for figure in FIGURES
            },
            days=_mean_days(ours),
        )
        for policy, ours in outcomes.items()
    )


def _difference(each: Sequence[float]) -> PolicyDifference:
    mean = fmean(each)
    if len(each) == 1:
        return PolicyDifference(mean, None, None)
    variance = sum((one - mean) ** 2 for one in each) / (len(each) - 1)
    reach: float = t_quantile(CONFIDENCE, len(each) - 1) * (variance / len(each)) ** 0.5
    return PolicyDifference(mean, mean - reach, mean + reach)


def _mean_days(outcomes: Sequence[RunOutcome]) -> tuple[SimulatedDay, ...]:
    return tuple(
        SimulatedDay(
            utilisation=fmean(day.utilisation for day in days),
            waiting=round(fmean(day.waiting for day in days)),
            stranded=round(fmean(day.stranded for day in days)),
            signups=round(fmean(day.signups for day in days)),
        )
        for days in zip(*(one.days for one in outcomes), strict=True)
    )
