"""Print events: as JSON lines, as plain text, or on a terminal above a fixed board."""

import json
import textwrap
import time
from collections.abc import Callable
from typing import Protocol, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from router.demo.output.board import draw_board
from router.demo.output.event import DemoEvent, Trouble
from router.demo.output.formats import format_time
from router.demo.output.line_events import LineFlagged
from router.demo.output.run_events import Board, CommandRun, Ended, Opened, PeopleCome
from router.demo.output.summary import describe_ending, describe_opening

_WIDEST = 96
_INDENT = "        "


class Narrator(Protocol):
    """Receives every event and prints it in one form."""

    def start_clock(self) -> None:
        """Count time from now on."""

    def report(self, event: DemoEvent) -> None:
        """Print an event, or skip it."""

    def close(self) -> None:
        """Print nothing more."""


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


class PrintInterval:
    """Says when a frequent event is due to be printed again."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next_s = every_s

    def is_due(self, now_s: float) -> bool:
        """Whether to print it now."""
        if now_s < self._next_s:
            return False
        self._next_s = now_s + self._every_s
        return True


class JsonNarrator:
    """Prints each event as a line of JSON."""

    def __init__(self, out: TextIO, clock: StoryClock, *, board_s: float) -> None:
        self._out = out
        self._clock = clock
        self._boards = PrintInterval(board_s)

    def start_clock(self) -> None:
        """See Narrator."""
        self._clock.start()

    def report(self, event: DemoEvent) -> None:
        """See Narrator."""
        now_s = self._clock.now_s()
        if isinstance(event, Board) and not self._boards.is_due(now_s):
            return
        row = {"at_s": round(now_s, 2), "what": event.name} | event.fields()
        print(json.dumps(row, ensure_ascii=False), file=self._out, flush=True)

    def close(self) -> None:
        """See Narrator."""


class TextNarrator:
    """Prints events as sentences. On a terminal the board stays below them; elsewhere it is printed now and then."""

    def __init__(self, console: Console, clock: StoryClock, *, board_s: float) -> None:
        self._console = console
        self._clock = clock
        self._boards = PrintInterval(board_s)
        self._printed: set[str] = set()
        self._is_after_board = False
        self._width = min(console.width, _WIDEST)
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def start_clock(self) -> None:
        """See Narrator."""
        self._clock.start()
        if self._live is not None:
            self._live.start()

    def report(self, event: DemoEvent) -> None:
        """See Narrator."""
        match event:
            case Opened():
                self._print(describe_opening(event))
            case CommandRun():
                self._print(self._command(event.sentence))
            case PeopleCome():
                self._print(Text(f"\n{event.sentence}\n"))
            case Board():
                self._show(event)
            case Ended():
                self.close()
                self._print(describe_ending(event, self._width))
            case _ if event.once_as in self._printed:
                pass
            case _:
                if self._is_after_board:
                    self._print(Text())
                self._print(self._format_event(event))
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

    def _format_event(self, event: DemoEvent) -> Text:
        is_first = event.name not in self._printed
        self._printed |= {event.name, event.once_as} - {""}
        words = f"{event.sentence} {event.aside if is_first else ''}"
        lines = textwrap.wrap(words, self._width - len(_INDENT), break_long_words=False, break_on_hyphens=False)
        style = "red" if isinstance(event, Trouble) else "bold" if isinstance(event, LineFlagged) else ""
        text = Text(format_time(self._clock.now_s()).rjust(6), style="dim")
        return text.append("  ", style="not dim").append(f"\n{_INDENT}".join(lines), style=f"not dim {style}".rstrip())

    def _print(self, shown: RenderableType) -> None:
        self._console.print(shown, soft_wrap=isinstance(shown, Text))
        self._console.file.flush()
