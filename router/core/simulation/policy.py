"""Ways to run a pool that a simulation compares: spare room, the rotation, and the warm-up."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from router.core.errors import InvalidField
from router.core.line import Tier
from router.core.picking.picker import Picker
from router.core.picking.rotation import Rotation
from router.core.simulation.stream import Purpose, Stream


class Turns(StrEnum):
    """How the next line is chosen among those of a tier.

    EXACT is what the gateway does. EVEN goes around, whatever the weights are. RANDOM draws by weight.
    """

    EXACT = "exact"
    EVEN = "even"
    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A way to run a pool.

    Attributes:
        over_provisioning: how many more lines are rented than the people just fill, and the reserve kept on each.
        warm_up: whether new and recovered lines get fewer people at first.
    """

    name: str
    over_provisioning: float = 0.15
    turns: Turns = Turns.EXACT
    warm_up: bool = True


USUAL = "spare-15"
STANDARD = ("spare-0", "spare-10", USUAL, "spare-20", "even", "random", "no-warm-up")
_SPARE = re.compile(r"spare-(\d{1,3})")
_MOST_SPARE = 100


def read_policies(names: Sequence[str], *, usual: float = 0.15) -> tuple[Policy, ...]:
    """Return the named policies, each once; the standard ones if none is named.

    Args:
        names: `spare-N` for N % more lines, `even`, `random` or `no-warm-up`.
        usual: the spare room of policies that name none.

    Raises:
        InvalidField: a name that means nothing.
    """
    return tuple(_read(name, usual) for name in dict.fromkeys(names or STANDARD))


def _read(name: str, usual: float) -> Policy:
    others = {
        "even": Policy(name=name, turns=Turns.EVEN),
        "random": Policy(name=name, turns=Turns.RANDOM),
        "no-warm-up": Policy(name=name, warm_up=False),
    }
    if name in others:
        return replace(others[name], over_provisioning=usual)
    spare = _SPARE.fullmatch(name)
    if spare is None or int(spare[1]) > _MOST_SPARE:
        raise InvalidField(
            "policy", f"{name[:40]!r} is none of spare-N with N from 0 to {_MOST_SPARE}, {', '.join(others)}"
        )
    return Policy(name=name, over_provisioning=int(spare[1]) / 100)


@dataclass(slots=True)
class EvenRotation(Rotation):
    """Lines one after the other, whatever their weights are."""

    latest: int = -1

    def pick(self, excluded: Collection[int] = ()) -> int | None:
        """Choose the next slot after the latest one."""
        slots = sorted(slot for slot in self.turns if slot not in excluded)
        if not slots:
            return None
        self.latest = next((slot for slot in slots if slot > self.latest), slots[0])
        return self.latest


@dataclass(slots=True)
class RandomRotation(Rotation):
    """Lines by chance, in proportion to their weights."""

    stream: Stream = field(default_factory=lambda: Stream(0, Purpose.ROTATION))
    drawn: int = 0

    def pick(self, excluded: Collection[int] = ()) -> int | None:
        """Draw a slot."""
        slots = sorted(slot for slot in self.turns if slot not in excluded)
        if not slots:
            return None
        mark = self.stream.at(self.drawn) * sum(self.turns[slot].weight for slot in slots)
        self.drawn += 1
        for slot in slots:
            mark -= self.turns[slot].weight
            if mark < 0:
                return slot
        return slots[-1]


def new_picker(policy: Policy, seed: int) -> Picker:
    """Return an empty picker that chooses as the policy says."""
    if policy.turns is Turns.EXACT:
        return Picker()
    tiers = (Tier.HEALTHY, Tier.RESERVE, Tier.AT_RISK)
    if policy.turns is Turns.EVEN:
        return Picker(rotations={tier: EvenRotation() for tier in tiers})
    return Picker(rotations={tier: RandomRotation(stream=Stream(seed, Purpose.ROTATION, tier)) for tier in tiers})
