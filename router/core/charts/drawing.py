"""A drawing as shapes: boxes, lines and words. `svg.py` and `png.py` write it; both show the same.

Units are pixels from the upper left corner; colours are `#rrggbb`.
"""

from dataclasses import dataclass, field

INK, FAINT, PAPER = "#1b1f24", "#d5dae0", "#ffffff"
COLOURS = ("#1d5fd1", "#c2410c", "#15803d", "#7e22ce", "#b45309", "#0e7490", "#be185d", "#4d7c0f")


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text. `y` is its baseline; `anchor` says what `x` is: the start, the middle or the end of the words."""

    x: float
    y: float
    text: str
    size: int = 12
    anchor: str = "start"
    colour: str = INK


Shape = Rectangle | Stroke | Words


@dataclass(slots=True)
class Drawing:
    """Shapes on a page, the first one at the bottom. `title` is for people who cannot see it."""

    width: int
    height: int
    title: str
    shapes: list[Shape] = field(default_factory=list)
