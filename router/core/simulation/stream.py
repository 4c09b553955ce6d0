"""Random numbers by counting: the n-th number of a stream depends on its seed, purpose, key and n, and on nothing else.

So two policies meet the same people at the same times, and the same luck hour by hour (common random numbers): what
differs between their results is the policy. Source of the mixing function: SplitMix64 (Steele, Lea, Flood 2014).
"""

from enum import IntEnum
from math import exp, log, sqrt
from statistics import NormalDist

_MASK = 2**64 - 1
_STEP = 0x9E3779B97F4A7C15
_MANY = 20.0  # above this mean, counts follow the normal curve closely enough
_NORMAL = NormalDist()


class Purpose(IntEnum):
    """What a stream is for."""

    ARRIVALS = 1
    MOMENT = 2
    PERSON = 3
    INCOMING = 4
    OUTGOING = 5
    FLAG = 6
    DOWNTIME = 7
    ROTATION = 8


class Stream:
    """Numbers between 0 and 1, both excluded, by their index."""

    __slots__ = ("_base",)

    def __init__(self, seed: int, purpose: Purpose, key: int = 0) -> None:
        self._base = _mix(_mix(_mix(seed & _MASK) + purpose) + key)

    def at(self, index: int) -> float:
        """Return the number at an index."""
        return ((_mix(self._base + index * _STEP) >> 11) + 0.5) * 2**-53


def waiting_time(number: float, mean: float) -> float:
    """Turn a number of a stream into a time with this mean, as if it could end at any moment alike."""
    return -mean * log(number)


def count_of(number: float, mean: float, spread: float = 0.0) -> int:
    """Turn a number of a stream into a count with this mean: Poisson, and wider by `spread` (negative binomial).

    The variance is mean + spread · mean².
    """
    if mean <= 0:
        return 0
    if mean < _MANY:
        term = reached = exp(-mean)
        count = 0
        while reached < number and count < 10 * _MANY:
            count += 1
            term *= mean / count
            reached += term
        return count
    return max(0, round(mean + sqrt(mean + spread * mean * mean) * _NORMAL.inv_cdf(number)))


def around(number: float, median: float, spread: float) -> float:
    """Turn a number of a stream into a positive one around a median (log-normal); `spread` is that of its logarithm."""
    return median * exp(spread * _NORMAL.inv_cdf(number))


def _mix(number: int) -> int:
    number = (number + _STEP) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)
