"""Student's t distribution, for confidence intervals.

Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4 (exact, for whole degrees of
freedom) and 26.7.5 (an expansion, for many).
"""

from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist

_MANY = 200  # above this, the expansion is right to six digits
_HALVINGS = 200


def t_quantile(confidence: float, degrees: int) -> float:
    """Return the t such that a draw lies between -t and t with probability `confidence`.

    Args:
        confidence: above 0 and below 1, such as 0.95.
        degrees: degrees of freedom, at least 1.
    """
    if degrees > _MANY:
        return _expanded(NormalDist().inv_cdf((1 + confidence) / 2), degrees)
    low, high = 0.0, 1.0
    while _within(high, degrees) < confidence:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        if _within(middle, degrees) < confidence:
            low = middle
        else:
            high = middle
    return high


def _within(t: float, degrees: int) -> float:
    """Return the probability of a draw between -t and t."""
    angle = atan(t / sqrt(degrees))
    term = cos(angle) if degrees % 2 else 1.0
    terms = term if degrees > 1 else 0.0
    for k in range(3 if degrees % 2 else 2, degrees, 2):
        term *= cos(angle) ** 2 * (k - 1) / k
        terms += term
    return 2 / pi * (angle + sin(angle) * terms) if degrees % 2 else sin(angle) * terms


def _expanded(z: float, degrees: int) -> float:
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / degrees + second / degrees**2
