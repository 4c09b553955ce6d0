"""Linq's rules for retrying a delivery.

Any 2xx within 10 seconds is success. 5xx, 429, timeouts and broken or refused connections are retried, ten tries over
25 minutes. Every other answer, and a name that does not resolve, is never retried. Source: https://docs.linqapp.com
(FAQ, webhooks).
"""

import socket
from enum import StrEnum
from random import Random

import httpx

TRIES = 10
TIMEOUT_S = 10.0
_FIRST_PAUSE_S = 3.0  # doubled after each try: the tenth follows the first by 25.5 minutes
_JITTER = 0.1


class TryOutcome(StrEnum):
    """The outcome of a try."""

    DELIVERED = "delivered"
    RETRYING = "retrying"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


def is_success(status: int) -> bool:
    """Whether the receiver accepted the delivery."""
    return 200 <= status <= 299  # noqa: PLR2004 - as HTTP has it


def should_retry(answer: int | Exception) -> bool:
    """Whether a failed answer, or the lack of one, leads to another try."""
    if isinstance(answer, int):
        return answer == httpx.codes.TOO_MANY_REQUESTS or answer >= httpx.codes.INTERNAL_SERVER_ERROR
    return isinstance(answer, TimeoutError | httpx.TransportError) and not _is_unresolved(answer)


def pause_s(tries: int, rng: Random) -> float:
    """Return how long to wait after this number of tries."""
    return float(_FIRST_PAUSE_S * 2 ** (tries - 1) * (1 + _JITTER * (2 * rng.random() - 1)))


def _is_unresolved(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, socket.gaierror | httpx.UnsupportedProtocol):
            return True
        error = error.__cause__ or error.__context__
    return False
