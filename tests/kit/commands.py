"""Run `switchyard …` commands fast, in forks of a process that has already loaded the program.

    done = run_command("pools", "list", directory=tmp_path, environ=os.environ)

Loading the program takes half a second, and the tests run some hundred commands. The README's commands, `serve`, `demo`
and everything that is watched while it runs are started as real processes.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile

from router.__main__ import main

COMMAND = Path(sys.executable).with_name("switchyard")
_LOADED_LATER = ("httpx", "linq")  # commands that need these load them themselves
_MAX_REQUEST_BYTES = 1 << 17


def run_command(
    *words: str, directory: Path, environ: Mapping[str, str], stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end.

    Args:
        words: the words after `switchyard`.
        directory: the working directory.
        environ: the whole environment.
        stdin: the input; it is not a terminal.
    """
    with TemporaryFile() as given, TemporaryFile() as said, TemporaryFile() as complained:
        given.write(stdin)
        given.seek(0)
        request = json.dumps([words, str(directory), dict(environ)]).encode()
        loaded, process = _loaded()
        socket.send_fds(loaded, [request], [given.fileno(), said.fileno(), complained.fileno()])
        try:
            code = loaded.recv(16)
        except BaseException:  # the command hangs and the test timed out: the next test starts afresh
            _loaded.cache_clear()
            os.killpg(process.pid, signal.SIGKILL)
            raise
        assert code, "the process that had loaded the command has ended"
        said.seek(0)
        complained.seek(0)
        return subprocess.CompletedProcess(words, int(code), said.read().decode(), complained.read().decode())


@cache
def _loaded() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the process that has loaded the program, once for all tests, and return a socket to it and the process.

    The process leads a group, so that a command that hangs can be killed with it.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kit.commands", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            process_group=0,
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours, process


def _serve(requests: socket.socket) -> None:
    """Fork for each request. A fork exits as the command does; the loop ends when the requesting side is closed."""
    while True:
        request, streams, *_ = socket.recv_fds(requests, _MAX_REQUEST_BYTES, 3)
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            requests.close()
            for stream, place in zip(streams, range(3), strict=True):
                os.dup2(stream, place)
                os.close(stream)
            words, directory, environ = json.loads(request)
            sys.argv = [str(COMMAND), *words]
            os.chdir(directory)
            os.environ.clear()
            os.environ.update(environ)
            sys.exit(main())
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(pid, 0)
        requests.send(str(os.waitstatus_to_exitcode(status)).encode())


if __name__ == "__main__":
    for module in _LOADED_LATER:
        import_module(module)
    _serve(socket.socket(fileno=int(sys.argv[1])))
