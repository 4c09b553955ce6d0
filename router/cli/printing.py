"""Print results: a table for eyes, or JSON exactly as the API would answer it."""

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
_PIPED_WIDTH = 200  # a pipe has no width; a table must not be cut for it


def print_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    """Print one answer, or a list of them."""
    if isinstance(answer, BaseModel):
        shaped: object = answer.model_dump(mode="json")
    else:
        shaped = [one.model_dump(mode="json") for one in answer]
    print(json.dumps(shaped, indent=2, ensure_ascii=False))


def table_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Lay rows out under their columns; numbers stand to the right."""
    rows = [list(row) for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        is_number = any(isinstance(row[index], int | float) for row in rows)
        table.add_column(column, justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(Text(_spell(cell)) for cell in row))  # as Text, for a label may hold what looks like markup
    return table


def facts_of(facts: Iterable[tuple[str, object]]) -> Table:
    """Lay names and values out, one a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts:
        table.add_row(Text(name, style="dim"), Text(_spell(value)))
    return table


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns."""
    print_laid_out(table_of(columns, rows))


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one a line."""
    print_laid_out(facts_of(facts))


def print_laid_out(*parts: RenderableType) -> None:
    """Print what was laid out, one below the other."""
    _console().print(*parts, sep="\n")


def draw_bar(share: float, widest: float) -> str:
    """Return a bar for a share, the widest one filling its column."""
    return "█" * round(BAR_CHARACTERS * share / widest) if widest else ""


def spell_duration(seconds: int) -> str:
    """Spell a duration in its two largest units."""
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"


def percent(share: float) -> str:
    """Spell a share of 0..1."""
    return f"{share:.1%}"


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PIPED_WIDTH)


def _spell(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
