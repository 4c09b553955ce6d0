"""What `switchyard simulate --json` prints."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from router.core.simulation.comparison import PolicyDifference, PolicyResult
from router.core.simulation.outcome import SimulatedDay
from router.core.simulation.scenario import Scenario
from router.schemas.pilot import IntervalAnswer


class ScenarioAnswer(BaseModel):
    """The world that was simulated."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    lines: int
    people_at_start: int
    days: int
    signups_a_day: float
    conversion: float
    stay_days: float
    messages_per_person: float
    incoming_share: float
    capacity_per_line: int
    peak_day: int | None
    peak_factor: float
    flags_per_line_year: float
    down_hours: float
    react: float
    react_hours: float
    patience_days: float
    human_hours: float


class DifferenceAnswer(BaseModel):
    """By how much a figure is higher than under the policy compared with."""

    model_config = ConfigDict(frozen=True)

    mean: float
    low: float | None
    high: float | None
    is_clear: bool

    @classmethod
    def of(cls, difference: PolicyDifference) -> "DifferenceAnswer":
        """Build what is printed of a difference."""
        return cls(mean=difference.mean, low=difference.low, high=difference.high, is_clear=difference.is_clear)


class SimulatedDayAnswer(BaseModel):
    """The state of the pool at the end of a day, the mean of all seeds."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    utilisation: float
    waiting: int
    stranded: int
    signups: int

    @classmethod
    def of(cls, day: SimulatedDay) -> "SimulatedDayAnswer":
        """Build what is printed of a day."""
        return cls.model_validate(day)


class PolicyAnswer(BaseModel):
    """What came of a policy."""

    model_config = ConfigDict(frozen=True)

    policy: str
    figures: dict[str, IntervalAnswer]
    differences: dict[str, DifferenceAnswer]
    days: list[SimulatedDayAnswer]


class SimulationAnswer(BaseModel):
    """A comparison of policies over the same arrivals and the same luck."""

    model_config = ConfigDict(frozen=True)

    scenario: ScenarioAnswer
    first_seed: int
    seeds: int
    against: str
    policies: list[PolicyAnswer]

    @classmethod
    def of(
        cls, scenario: Scenario, results: Sequence[PolicyResult], *, seeds: Sequence[int], against: str
    ) -> "SimulationAnswer":
        """Build what is printed of a comparison."""
        return cls(
            scenario=ScenarioAnswer.model_validate(scenario),
            first_seed=seeds[0],
            seeds=len(seeds),
            against=against,
            policies=[
                PolicyAnswer(
                    policy=one.policy,
                    figures={name: IntervalAnswer.of(interval) for name, interval in one.figures.items()},
                    differences={name: DifferenceAnswer.of(each) for name, each in one.differences.items()},
                    days=[SimulatedDayAnswer.of(day) for day in one.days],
                )
                for one in results
            ],
        )
