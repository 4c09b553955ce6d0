"""Commands that start in a moment: `switchyard …`, in forks of a process that has loaded it.

    done = run_command("pools", "list", directory=tmp_path, environ=os.environ)

To load it takes half a second, and the tests give some hundred commands. README's, `serve`, `demo` and whatever is
watched while it runs start in earnest.
"""

import atexit
import json
import os
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
_LOADED_LATER = ("httpx", "linq")  # by a command that needs them
_MAX_REQUEST_BYTES = 1 << 17


def run_command(
    *words: str, directory: Path, environ: Mapping[str, str], stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end.

    Args:
        words: what follows `switchyard`.
        directory: where it runs.
        environ: all of its environment.
        stdin: what it is given to read; it is no terminal.
    """
    with TemporaryFile() as given, TemporaryFile() as said, TemporaryFile() as complained:
        given.write(stdin)
        given.seek(0)
        request = json.dumps([words, str(directory), dict(environ)]).encode()
        loaded = _loaded()
        socket.send_fds(loaded, [request], [given.fileno(), said.fileno(), complained.fileno()])
        code = loaded.recv(16)
        assert code, "the process that had the command loaded has ended"
        said.seek(0)
        complained.seek(0)
        return subprocess.CompletedProcess(words, int(code), said.read().decode(), complained.read().decode())


@cache
def _loaded() -> socket.socket:
    """Start the process that has it loaded, once for all tests, and return what leads to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.commands", str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(requests: socket.socket) -> None:
    """Fork for each request; a fork leaves as the command does, the loop when nobody can ask any more."""
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
