"""Who started this process: `switchyard serve` tells its children, so that none outlives it and holds the port.

Asking for the parent is not enough: a child that is still starting when its starter is killed sees the parent it was
given instead.
"""

import os

# Not a setting, hence without the prefix of one.
_VARIABLE = "_SWITCHYARD_STARTER_PID"


def become_the_starter() -> None:
    """Leave our pid to every process started from now on."""
    os.environ[_VARIABLE] = str(os.getpid())


def starter_pid() -> int:
    """The process that this one shall not outlive: the gateway that started it, else whoever else did."""
    return int(os.environ.get(_VARIABLE) or os.getppid())
