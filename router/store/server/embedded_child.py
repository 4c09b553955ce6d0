"""Become the embedded server, tied to the life of the gateway that started it.

    python embedded_child.py GATEWAY_PID LOCK_FD PROGRAM ARGUMENT...

A program of its own, not a preexec_fn: that would run Python between fork and exec in a process with threads, where a
lock held by any of them stays held for ever.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for SIGTERM when the gateway dies, write our pid to the lock file, and become the program."""
    gateway_pid, lock, *command = sys.argv[1:]
    if sys.platform == "linux":  # elsewhere a leftover server is ended by the next start
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(gateway_pid):
        raise SystemExit("the gateway ended before its store began")
    os.ftruncate(int(lock), 0)
    os.pwrite(int(lock), f"{os.getpid()}\n".encode(), 0)
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
