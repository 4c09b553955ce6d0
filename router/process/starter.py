"""A process and the one that started it: a child ends with its starter, so that none outlives it and holds the port.

`switchyard serve` and `switchyard demo` start processes, and leave their pid to them in the environment. The child
cannot rely on its parent's pid alone: a child that is still starting when its starter is killed sees the parent it was
given instead.
"""

import ctypes
import os
import signal
import sys

# Not settings, hence without their prefix.
_GATEWAY_VARIABLE = "_SWITCHYARD_STARTER_PID"
_DEMO_VARIABLE = "_SWITCHYARD_DEMO_PID"
_PR_SET_PDEATHSIG = 1


def become_the_starter() -> None:
    """Leave our pid, as a gateway's, to every process started from now on."""
    os.environ[_GATEWAY_VARIABLE] = str(os.getpid())


def tied_to_demo() -> dict[str, str]:
    """Return the variables that tie a command started with them to this process, a demo."""
    return {_DEMO_VARIABLE: str(os.getpid())}


def has_lost_its_starter() -> bool:
    """Whether the gateway that started this process is gone; never true of one started by hand."""
    starter = os.environ.get(_GATEWAY_VARIABLE)
    return starter is not None and starter not in {str(os.getppid()), str(os.getpid())}


def was_started_by_gateway() -> bool:
    """Whether this process belongs to a `switchyard serve`, which owns the data directory and its store."""
    return _GATEWAY_VARIABLE in os.environ


def end_with_gateway() -> None:
    """Have the kernel kill this process with the gateway that started it; on Linux only, elsewhere callers ask.

    It is killed outright, as its gateway was: all that lasts is in the store, and a polite end could wait for that.

    Raises:
        SystemExit: the gateway is gone already. Serving on would answer its successor's visitors with old keys.
    """
    if was_started_by_gateway():
        _end_with_parent(signal.SIGKILL)
        if has_lost_its_starter():
            raise SystemExit(1)


def end_with_demo() -> None:
    """Have the kernel ask this command to end once the demo that started it is gone; on Linux only.

    It is asked and not killed, because a gateway must still end its store and its processes. The variable is removed,
    so that it ties only this process and not the ones it starts.

    Raises:
        SystemExit: the demo is gone already.
    """
    demo = os.environ.pop(_DEMO_VARIABLE, None)
    if demo is not None and sys.platform == "linux":
        _end_with_parent(signal.SIGTERM)
        if demo != str(os.getppid()):
            raise SystemExit(1)


def _end_with_parent(request: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, request)
