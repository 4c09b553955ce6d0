"""The reasons why the store cannot do its work now, in our own words.

An outage raises StoreUnavailable. Every other error of redis-py is a mistake of ours and passes unchanged.
"""

import re

from redis import exceptions as fault
from redis.asyncio.sentinel import MasterNotFoundError

from router.core.errors import StoreUnavailable

# The first class that fits gives the reason, so each class stands before its bases.
_REASON_OF_CLASS: tuple[tuple[type[BaseException], str], ...] = (
    (MasterNotFoundError, "the Sentinels know of no primary"),
    (fault.AuthenticationError, "the store refused the login"),
    (fault.AuthorizationError, "the store refused the login"),
    (fault.BusyLoadingError, "the store is still loading its data"),
    (fault.MaxConnectionsError, "every connection to the store is in use"),
    (fault.ConnectionError, "there is no connection to the store"),
    (fault.TimeoutError, "the store did not answer in time"),
    (fault.InvalidResponse, "the server on this port does not speak the Redis protocol"),
    (fault.ReadOnlyError, "the store is a replica and takes no writes"),
    (fault.OutOfMemoryError, "the store is full"),
    (fault.ClusterError, "the cluster cannot serve this now"),
    (fault.SlotNotCoveredError, "the cluster does not cover this slot now"),
)
_REASON_OF_WORD = {
    "NOREPLICAS": "the store has too few replicas in step to take writes",
    "MISCONF": "the store cannot write to its disk",
    "BUSY": "the store is held up by a long script",
}
_PIPELINE_PREFIX = re.compile(r".*caused error: \(?['\"]?", re.DOTALL)


def unavailable_reason(error: BaseException) -> str | None:
    """Return in a few words why the store cannot do its work now, or None for another kind of error.

    For the replies of a pipeline, which may be errors; elsewhere use `translate_errors`.
    """
    for kind, reason in _REASON_OF_CLASS:
        if isinstance(error, kind):
            return reason
    if isinstance(error, fault.ResponseError):
        return _REASON_OF_WORD.get(_PIPELINE_PREFIX.sub("", str(error)).partition(" ")[0])
    if type(error) is fault.RedisClusterException:  # its subclasses are faults of the caller
        return "no node of the cluster answers for all of it"
    return None


class _Translation:
    """Stateless, so one serves every caller at once."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if error is not None and (reason := unavailable_reason(error)) is not None:
            raise StoreUnavailable(reason) from error


_TRANSLATION = _Translation()


def translate_errors() -> _Translation:
    """Within this `with`, an outage raises StoreUnavailable; every other error passes unchanged.

    Not a decorator: around an async function it would be left before the first await.
    """
    return _TRANSLATION
