"""When a delivery is tried again: Linq's rules.

Any 2xx within 10 seconds is success. 5xx, 429, timeouts and broken or refused connections are tried again, ten times
over 25 minutes; every other answer, and a name that does not resolve, never. Source: https://docs.linqapp.com (FAQ,
webhooks).
"""

import socket
from enum import StrEnum
from random import Random

import httpx

TRIES = 10
TIMEOUT_S = 10.0
_FIRST_PAUSE_S = 3.0  # doubled after each try: the tenth follows the first by 25.5 minutes
_JITTER = 0.1


class Outcome(StrEnum):
    """What a try came to."""

    DELIVERED = "delivered"
    RETRYING = "retrying"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


def is_success(status: int) -> bool:
    """Whether the receiver took it."""
    return 200 <= status <= 299  # noqa: PLR2004 - as HTTP has it


def is_tried_again(answer: int | Exception) -> bool:
    """Whether an answer other than success, or the lack of one, leads to another try."""
    if isinstance(answer, int):
        return answer == httpx.codes.TOO_MANY_REQUESTS or answer >= httpx.codes.INTERNAL_SERVER_ERROR
    return isinstance(answer, TimeoutError | httpx.TransportError) and not _is_unresolved(answer)


def pause_s(tries: int, rng: Random) -> float:
    """Return how long to wait after so many tries."""
    return float(_FIRST_PAUSE_S * 2 ** (tries - 1) * (1 + _JITTER * (2 * rng.random() - 1)))


def _is_unresolved(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, socket.gaierror | httpx.UnsupportedProtocol):
            return True
        error = error.__cause__ or error.__context__
    return False
