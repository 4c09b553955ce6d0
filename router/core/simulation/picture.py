"""The picture of a comparison: bars with intervals for each figure, and how the pool went day by day."""

from collections.abc import Sequence

from router.core.charts.drawing import FAINT, Drawing, Stroke, Words
from router.core.charts.panels import Bar, Curve, Place, add_bars, add_curves, bars_height
from router.core.simulation.comparison import FIGURES, Figure, PolicyResult

_WIDTH = 1000
_COLUMNS = 2
_MARGIN = 24
_HEAD = 56
_CURVES = 190
_SHOWN = ("utilisation", "waitlisted", "stranded", "hours_to_recover", "prompts", "busy_days")
_TITLES = {
    "utilisation": "Places used, on average",
    "waitlisted": "People who found no line with room",
    "stranded": "People whose line was flagged",
    "hours_to_recover": "Hours until nine of ten could reach us again",
    "prompts": "Prompts sent",
    "busy_days": "Days on which a line was over its guideline",
}


def draw_comparison(results: Sequence[PolicyResult], *, title: str, subtitle: str) -> Drawing:
    """Draw what came of the policies."""
    bars = bars_height(len(results))
    rows = (len(_SHOWN) + 1) // _COLUMNS
    height = _HEAD + rows * (bars + 12) + _CURVES + 2 * _MARGIN
    drawing = Drawing(_WIDTH, height, f"{title}. {subtitle}")
    drawing.shapes += [Words(_MARGIN, 28, title, 18), Words(_MARGIN, 48, subtitle, 12)]
    column = (_WIDTH - 3 * _MARGIN) / _COLUMNS
    figures = {figure.name: figure for figure in FIGURES}
    for index, name in enumerate(_SHOWN):
        place = Place(
            _MARGIN + index % _COLUMNS * (column + _MARGIN),
            _HEAD + 8 + index // _COLUMNS * (bars + 12),
            column,
            bars,
        )
        add_bars(drawing, place, _TITLES[name], [_bar(result, figures[name]) for result in results])
    y = _HEAD + 8 + rows * (bars + 12)
    drawing.shapes.append(Stroke(((_MARGIN, y), (_WIDTH - _MARGIN, y)), FAINT))
    used = [Curve(one.policy, [100 * day.utilisation for day in one.days]) for one in results]
    lowest = min((value for curve in used for value in curve.values), default=0.0)
    add_curves(
        drawing,
        Place(_MARGIN, y + 8, column, _CURVES),
        "Places used, day by day",
        used,
        unit=" %",
        floor=max(0.0, lowest - 2),
    )
    waiting = [Curve(one.policy, [float(day.waiting) for day in one.days]) for one in results]
    add_curves(drawing, Place(2 * _MARGIN + column, y + 8, column, _CURVES), "People who wait, day by day", waiting)
    return drawing


def _bar(result: PolicyResult, figure: Figure) -> Bar:
    interval = result.figures[figure.name]
    high = interval.mean if interval.high is None else interval.high
    low = interval.mean if interval.high is None else interval.low
    return Bar(result.policy, interval.mean, low, high, format_figure(figure, interval.mean))


def format_figure(figure: Figure, value: float) -> str:
    """Format a figure with the digits that are worth reading."""
    return f"{value:.{figure.digits}%}" if figure.is_share else f"{value:,.{figure.digits}f}"
