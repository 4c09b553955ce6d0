"""Who started this process: `switchyard serve` tells its children, so that none outlives it and holds the port.

Asking for the parent is not enough: a child that is still starting when its starter is killed sees the parent it was
given instead.
"""

import ctypes
import os
import signal
import sys

# Not a setting, hence without the prefix of one.
_VARIABLE = "_SWITCHYARD_STARTER_PID"
_PR_SET_PDEATHSIG = 1


def become_the_starter() -> None:
    """Leave our pid to every process started from now on."""
    os.environ[_VARIABLE] = str(os.getpid())


def has_lost_its_starter() -> bool:
    """Whether the gateway that started this process is gone; never true of one started by hand."""
    starter = os.environ.get(_VARIABLE)
    return starter is not None and starter not in {str(os.getppid()), str(os.getpid())}


def end_with_starter() -> None:
    """Let the kernel end this process together with the gateway that started it; on Linux only, elsewhere callers ask.

    It is killed outright, as its gateway was: all that lasts is in the store, and a polite end could wait for that.

    Raises:
        SystemExit: the gateway is gone already. Serving on would answer its successor's visitors with old keys.
    """
    if not was_started_by_gateway():
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if has_lost_its_starter():
        raise SystemExit(1)


def was_started_by_gateway() -> bool:
    """Whether this process belongs to a `switchyard serve`, which owns the data directory and its store."""
    return _VARIABLE in os.environ
