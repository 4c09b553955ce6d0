"""Give programs that tests start the signals that the shell made pytest ignore.

`nohup make test &` and many scripts start a command with SIGINT and SIGQUIT ignored. A program inherits the signals
that its parent ignores, so a test that presses Ctrl+C would wait forever. A signal that the parent *handles* is not
inherited: the program starts with the default. So each ignored signal gets a handler that does nothing.

SIGHUP stays ignored under nohup, so that closing the terminal does not end the servers of a running test.

pyproject.toml loads this module into pytest and into each of its workers, before anything else starts.
"""

import signal
from types import FrameType

# Python ignores the first two itself, and `subprocess` gives programs their defaults back.
_LEFT_AS_THEY_ARE = {signal.SIGPIPE, signal.SIGXFSZ, signal.SIGHUP}


def _ignore(_signal: int, _frame: FrameType | None) -> None:
    pass


for _number in signal.valid_signals() - _LEFT_AS_THEY_ARE:
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _ignore)
