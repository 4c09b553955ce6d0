"""`python -m router.cli.demo.tied_child …`: one of our commands, which ends when the demo that started it is killed."""

import ctypes
import os
import signal
import sys

from router.cli.app import run_command
from router.cli.demo.processes import STARTER_VARIABLE

_PR_SET_PDEATHSIG = 1


def tie_to_starter() -> None:
    """Have the kernel ask this process to end once the demo is gone; on Linux only, elsewhere it must be ended by hand.

    Raises:
        SystemExit: the demo is gone already.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.environ.get(STARTER_VARIABLE) != str(os.getppid()):
        raise SystemExit(1)


if __name__ == "__main__":
    tie_to_starter()
    sys.exit(run_command())
