"""How long to wait before a message that was not taken is tried again.

Exponential with jitter, so that a receiver who comes back is not met by everybody at once. What the receiver asked for
is the least; a limit in tries ends it.
"""

import math

MAX_TRIES = 8
_FIRST_S = 5.0
_FACTOR = 4.0
_LONGEST_S = 3600.0
_LONGEST_ASKED_S = 86_400.0


def wait_s(tries: int, chance: float, *, asked_s: float | None = None) -> float | None:
    """Return seconds until the next try, or None where there have been enough.

    Args:
        tries: how many there have been, from 1 on.
        chance: 0 to 1, random.
        asked_s: what the receiver asked for.
    """
    if tries >= MAX_TRIES:
        return None
    longest = min(_LONGEST_S, _FIRST_S * math.pow(_FACTOR, tries - 1))
    asked = min(asked_s or 0.0, _LONGEST_ASKED_S)
    return asked + longest * (0.5 + chance / 2)
