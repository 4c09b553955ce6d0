"""Which gate a line reaches next, and how much of that limit it has used."""

from collections.abc import Iterator
from dataclasses import dataclass

from router.core.line import Gate, LineLimits, LineLoad, Tier, expected_people


@dataclass(frozen=True, slots=True)
class NextGate:
    """The limit that a line is nearest to, and how much of it is used, as a share of 0..1."""

    gate: Gate
    used: float


def next_gate(tier: Tier, limits: LineLimits, load: LineLoad) -> NextGate | None:
    """Return the gate that will hold a line back next; None for a line that takes nobody.

    A line that has reached its target is heading for its capacity; so is one that the provider calls at risk.
    """
    if tier is Tier.NONE:
        return None
    people = expected_people(load, limits)
    if tier is not Tier.HEALTHY:
        return NextGate(Gate.FULL, _used(people, limits.capacity))
    return max(_soft_limits(people, limits, load), key=lambda limit: limit.used)


def _soft_limits(people: int, limits: LineLimits, load: LineLoad) -> Iterator[NextGate]:
    yield NextGate(Gate.TARGET, _used(people, limits.target))
    if limits.new_people_per_day is not None:
        gate = Gate.WARM_UP if limits.is_warming else Gate.GUIDELINE
        yield NextGate(gate, _used(load.new_24h, limits.new_people_per_day))
    if limits.started_per_day is not None:
        yield NextGate(Gate.GUIDELINE, _used(load.started_24h, limits.started_per_day))


def _used(count: int, limit: int) -> float:
    return min(1.0, count / limit) if limit else 1.0
