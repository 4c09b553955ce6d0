"""Which gate a line reaches next, and how much of that limit is used."""

import pytest

from router.core.capacity.next_gate import NextGate, next_gate
from router.core.line import Gate, LineLimits, LineLoad, Tier

LIMITS = LineLimits(weight=100, capacity=200, target=100, new_people_per_day=10, started_per_day=50)


@pytest.mark.parametrize(
    ("tier", "load", "nearest"),
    [
        (Tier.HEALTHY, LineLoad(confirmed=50), NextGate(Gate.TARGET, 0.5)),
        (Tier.HEALTHY, LineLoad(confirmed=50, new_24h=9), NextGate(Gate.GUIDELINE, 0.9)),
        (Tier.HEALTHY, LineLoad(confirmed=50, started_24h=40), NextGate(Gate.GUIDELINE, 0.8)),
        (Tier.RESERVE, LineLoad(confirmed=150, new_24h=9), NextGate(Gate.FULL, 0.75)),
        (Tier.AT_RISK, LineLoad(confirmed=20), NextGate(Gate.FULL, 0.1)),
        (Tier.NONE, LineLoad(confirmed=200), None),
    ],
)
def test_the_nearest_limit_is_named(tier: Tier, load: LineLoad, nearest: NextGate | None) -> None:
    """Of a healthy line the soft limits count; beyond its target its capacity; a closed line heads for none."""
    assert next_gate(tier, LIMITS, load) == nearest


def test_a_warming_line_is_held_by_its_warm_up() -> None:
    """The same allowance has another name; a line without any has its target only; a target of 0 is reached."""
    warming = LineLimits(weight=10, capacity=200, target=100, new_people_per_day=2, is_warming=True)
    assert next_gate(Tier.HEALTHY, warming, LineLoad(new_24h=1)) == NextGate(Gate.WARM_UP, 0.5)
    plain = LineLimits(weight=10, capacity=1, target=0)
    assert next_gate(Tier.HEALTHY, plain, LineLoad()) == NextGate(Gate.TARGET, 1.0)
