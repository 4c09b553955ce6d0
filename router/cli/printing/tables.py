"""Print results: a table to read, or JSON exactly as the API would answer it."""

import json
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from pydantic import BaseModel
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the API answers it.")]

BAR_CHARACTERS = 24
_PIPED_WIDTH = 200  # a pipe has no width, and a table must not be cut there


def print_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    """Print one answer, or a list of them."""
    if isinstance(answer, BaseModel):
        shaped: object = answer.model_dump(mode="json")
    else:
        shaped = [one.model_dump(mode="json") for one in answer]
    print(json.dumps(shaped, indent=2, ensure_ascii=False))


def table_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Arrange rows under their columns; numbers are aligned to the right."""
    rows = [list(row) for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        is_number = any(isinstance(row[index], int | float) for row in rows)
        table.add_column(column, justify="right" if is_number else "left")
    for row in rows:
        table.add_row(
            *(Text(_format(cell)) for cell in row)
        )  # as Text, because a label may hold what looks like markup
    return table


def facts_of(facts: Iterable[tuple[str, object]]) -> Table:
    """Arrange names and values, one a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts:
        table.add_row(Text(name, style="dim"), Text(_format(value)))
    return table


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns."""
    print_parts(table_of(columns, rows))


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one a line."""
    print_parts(facts_of(facts))


def print_parts(*parts: RenderableType) -> None:
    """Print arranged parts, one below the other."""
    _console().print(*parts, sep="\n")


def draw_bar(share: float, widest: float) -> str:
    """Return a bar for a share; the widest share fills the column."""
    return "█" * round(BAR_CHARACTERS * share / widest) if widest else ""


def format_duration(seconds: int) -> str:
    """Format a duration in its two largest units."""
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"


def percent(share: float) -> str:
    """Format a share of 0..1."""
    return f"{share:.1%}"


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PIPED_WIDTH)


def _format(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
