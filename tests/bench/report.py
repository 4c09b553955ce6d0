"""The results of a bench: sections of rows, with figures, targets and a verdict each; printed as a table or as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

_GAP = "  "


class Verdict(StrEnum):
    """Whether a row met its targets. NONE: it has none; OPEN: a figure that it needs was not measured."""

    MET = "met"
    MISSED = "MISSED"
    NONE = ""
    OPEN = "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound on one figure of a row, in that figure's unit."""

    figure: str
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        """Return the bound as it is printed in the table."""
        return (
            f"{self.figure} >= {self.at_least:g}" if self.at_least is not None else f"{self.figure} <= {self.at_most:g}"
        )

    def is_met_by(self, measured: float) -> bool:
        """Return whether `measured` lies within the bound, ends included."""
        return (self.at_least is None or measured >= self.at_least) and (
            self.at_most is None or measured <= self.at_most
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement. A figure's name carries its unit; None means that it could not be measured."""

    name: str
    figures: Mapping[str, float | None] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    remark: str = ""

    @property
    def verdict(self) -> Verdict:
        """Judge the row: a missed target decides first, then one that could not be judged."""
        if not self.targets:
            return Verdict.NONE
        measured = [(target, self.figures.get(target.figure)) for target in self.targets]
        if any(figure is not None and not target.is_met_by(figure) for target, figure in measured):
            return Verdict.MISSED
        return Verdict.OPEN if any(figure is None for _, figure in measured) else Verdict.MET


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of the report. `faults` are things that broke: they change the exit code, a missed target does not."""

    title: str
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the section as JSON values, verdicts included."""
        rows = [asdict(row) | {"verdict": row.verdict, "targets": [str(t) for t in row.targets]} for row in self.rows]
        return {"title": self.title, "rows": rows, "notes": self.notes, "faults": self.faults}

    def as_text(self) -> str:
        """Return the section as an aligned table under its title, notes and faults below it."""
        figures = list(dict.fromkeys(name for row in self.rows for name in row.figures))
        head = ["", *figures, "target", "verdict"]
        body = [
            [
                row.name,
                *(_rounded(row.figures.get(name)) for name in figures),
                ", ".join(map(str, row.targets)),
                f"{row.verdict} {row.remark}".strip(),
            ]
            for row in self.rows
        ]
        widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
        lines = [_line(cells, widths) for cells in (head, ["-" * width for width in widths], *body)] if body else []
        return "\n".join(
            [
                f"== {self.title}",
                *lines,
                *(f"   {note}" for note in self.notes),
                *(f"!! {fault}" for fault in self.faults),
            ]
        )


def _line(cells: list[str], widths: list[int]) -> str:
    name, *figures, target, verdict = (
        cell.ljust(width) if place in {0, len(cells) - 2, len(cells) - 1} else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return _GAP.join([name, *figures, target, verdict]).rstrip()


def _rounded(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.2f}"
