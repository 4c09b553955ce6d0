"""Tell what happens: as JSON lines, as plain text, or on a terminal above a board that stands still."""

import json
import textwrap
import time
from collections.abc import Callable
from typing import Protocol, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from router.cli.demo.board import draw_board
from router.cli.demo.bookends import describe_ending, describe_opening
from router.cli.demo.frame import Board, CommandRun, Ended, Opened, PeopleCome
from router.cli.demo.happenings import Happening, Trouble
from router.cli.demo.line_news import LineFlagged
from router.cli.demo.spelling import spell_time

_WIDEST = 96
_INDENT = "        "


class Narrator(Protocol):
    """Somebody who is told of everything."""

    def start_clock(self) -> None:
        """Count time from now on."""

    def tell(self, happening: Happening) -> None:
        """Take in that something happened."""

    def close(self) -> None:
        """Say nothing more."""


class StoryClock:
    """Seconds since the first person could come; 0 before."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began_s: float | None = None

    def start(self) -> None:
        """Begin to count."""
        self._began_s = self._monotonic()

    def now_s(self) -> float:
        """Return the time."""
        return 0.0 if self._began_s is None else self._monotonic() - self._began_s


class EveryNow:
    """Says when to tell something again that could be told all the time."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next_s = every_s

    def is_due(self, now_s: float) -> bool:
        """Whether to tell it now."""
        if now_s < self._next_s:
            return False
        self._next_s = now_s + self._every_s
        return True


class JsonNarrator:
    """Prints each happening as a line of JSON."""

    def __init__(self, out: TextIO, clock: StoryClock, *, board_s: float) -> None:
        self._out = out
        self._clock = clock
        self._boards = EveryNow(board_s)

    def start_clock(self) -> None:
        """See Narrator."""
        self._clock.start()

    def tell(self, happening: Happening) -> None:
        """See Narrator."""
        now_s = self._clock.now_s()
        if isinstance(happening, Board) and not self._boards.is_due(now_s):
            return
        told = {"at_s": round(now_s, 2), "what": happening.name} | happening.fields()
        print(json.dumps(told, ensure_ascii=False), file=self._out, flush=True)

    def close(self) -> None:
        """See Narrator."""


class TextNarrator:
    """Prints what is new in sentences; the board stands below them, or is printed now and then where it can not."""

    def __init__(self, console: Console, clock: StoryClock, *, board_s: float) -> None:
        self._console = console
        self._clock = clock
        self._boards = EveryNow(board_s)
        self._told: set[str] = set()
        self._is_after_board = False
        self._width = min(console.width, _WIDEST)
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def start_clock(self) -> None:
        """See Narrator."""
        self._clock.start()
        if self._live is not None:
            self._live.start()

    def tell(self, happening: Happening) -> None:
        """See Narrator."""
        match happening:
            case Opened():
                self._print(describe_opening(happening))
            case CommandRun():
                self._print(self._command(happening.sentence))
            case PeopleCome():
                self._print(Text(f"\n{happening.sentence}\n"))
            case Board():
                self._show(happening)
            case Ended():
                self.close()
                self._print(describe_ending(happening, self._width))
            case _ if happening.once_as in self._told:
                pass
            case _:
                if self._is_after_board:
                    self._print(Text())
                self._print(self._told_of(happening))
                self._is_after_board = False

    def close(self) -> None:
        """See Narrator."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _show(self, board: Board) -> None:
        now_s = self._clock.now_s()
        if self._live is not None:
            self._live.update(draw_board(board, now_s), refresh=True)
        elif self._boards.is_due(now_s):
            self._print(draw_board(board, now_s))
            self._is_after_board = True

    def _command(self, typed: str) -> Text:
        lines = textwrap.wrap(typed, self._width - len(_INDENT), break_long_words=False, break_on_hyphens=False)
        return Text.assemble(("  $ ", "dim"), (" \\\n      ".join(lines), "bold"))

    def _told_of(self, happening: Happening) -> Text:
        is_first = happening.name not in self._told
        self._told |= {happening.name, happening.once_as} - {""}
        words = f"{happening.sentence} {happening.aside if is_first else ''}"
        lines = textwrap.wrap(words, self._width - len(_INDENT), break_long_words=False, break_on_hyphens=False)
        style = "red" if isinstance(happening, Trouble) else "bold" if isinstance(happening, LineFlagged) else ""
        told = Text(spell_time(self._clock.now_s()).rjust(6), style="dim")
        return told.append("  ", style="not dim").append(f"\n{_INDENT}".join(lines), style=f"not dim {style}".rstrip())

    def _print(self, shown: RenderableType) -> None:
        self._console.print(shown, soft_wrap=isinstance(shown, Text))
        self._console.file.flush()
