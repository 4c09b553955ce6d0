"""Panels of a drawing: bars with their intervals, and lines over days."""

from collections.abc import Sequence
from dataclasses import dataclass

from router.core.charts.drawing import COLOURS, FAINT, INK, Drawing, Rectangle, Stroke, Words

_LABEL_WIDTH = 92
_VALUE_WIDTH = 84
_ROW = 22
_HEAD = 28


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel is."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its value, and the ends of its interval."""

    label: str
    value: float
    low: float
    high: float
    shown: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Values day by day, the first at day 1."""

    label: str
    values: Sequence[float]


def bars_height(count: int) -> int:
    """Return the height that so many bars need."""
    return _HEAD + count * _ROW + 8


def add_bars(drawing: Drawing, place: Place, title: str, bars: Sequence[Bar]) -> None:
    """Add a panel of bars, one below the other. The longest interval fills the width."""
    drawing.shapes.append(Words(place.x, place.y + 16, title, 14))
    left, room = place.x + _LABEL_WIDTH, place.width - _LABEL_WIDTH - _VALUE_WIDTH
    longest = max((max(bar.value, bar.high) for bar in bars), default=0.0) or 1.0
    for index, bar in enumerate(bars):
        y = place.y + _HEAD + index * _ROW
        end, low, high = (left + room * max(0.0, value) / longest for value in (bar.value, bar.low, bar.high))
        colour = COLOURS[index % len(COLOURS)]
        drawing.shapes += [
            Words(left - 6, y + 12, bar.label, 12, "end"),
            Rectangle(left, y, end - left, 15, colour),
            Stroke(((low, y + 7.5), (high, y + 7.5)), INK),
            Stroke(((low, y + 4), (low, y + 11)), INK),
            Stroke(((high, y + 4), (high, y + 11)), INK),
            Words(place.x + place.width, y + 12, bar.shown, 12, "end"),
        ]
    drawing.shapes.append(Stroke(((left, place.y + _HEAD - 2), (left, place.y + _HEAD + len(bars) * _ROW)), INK))


def add_curves(
    drawing: Drawing, place: Place, title: str, curves: Sequence[Curve], *, unit: str = "", floor: float = 0.0
) -> None:
    """Add a panel of curves over days, from `floor` to the highest value."""
    drawing.shapes.append(Words(place.x, place.y + 16, title, 14))
    left, top = place.x + 44, place.y + _HEAD
    width, height = place.width - 44, place.height - _HEAD - 20
    highest = max((max(curve.values, default=floor) for curve in curves), default=floor)
    span = (highest - floor) or 1.0
    for part in (0.0, 0.5, 1.0):
        y = top + height * (1 - part)
        drawing.shapes += [
            Stroke(((left, y), (left + width, y)), FAINT),
            Words(left - 5, y + 4, f"{floor + span * part:.4g}{unit}", 11, "end"),
        ]
    days = max((len(curve.values) for curve in curves), default=0)
    for index, curve in enumerate(curves):
        points = tuple(
            (left + width * day / max(1, days - 1), top + height * (1 - (value - floor) / span))
            for day, value in enumerate(curve.values)
        )
        if len(points) > 1:
            drawing.shapes.append(Stroke(points, COLOURS[index % len(COLOURS)], 1.6))
    drawing.shapes += [
        Words(left, top + height + 15, "day 1", 11),
        Words(left + width, top + height + 15, f"day {days}", 11, "end"),
    ]
