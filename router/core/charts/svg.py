"""Write a drawing as SVG: one file without script, style sheet or anything to load."""

from html import escape

from router.core.charts.drawing import PAPER, Drawing, Rectangle, Shape, Stroke


def to_svg(drawing: Drawing) -> str:
    """Return the drawing as an SVG document."""
    shapes = "\n".join(map(_write, drawing.shapes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width}" height="{drawing.height}" '
        f'viewBox="0 0 {drawing.width} {drawing.height}" role="img" font-family="Helvetica, Arial, sans-serif">\n'
        f"<title>{escape(drawing.title)}</title>\n"
        f'<rect width="{drawing.width}" height="{drawing.height}" fill="{PAPER}"/>\n'
        f"{shapes}\n</svg>\n"
    )


def _write(shape: Shape) -> str:
    if isinstance(shape, Rectangle):
        place = f'x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}"'
        return f'<rect {place} fill="{shape.colour}"/>'
    if isinstance(shape, Stroke):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return f'<polyline points="{points}" fill="none" stroke="{shape.colour}" stroke-width="{shape.width:g}"/>'
    return (
        f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size}" text-anchor="{shape.anchor}" '
        f'fill="{shape.colour}">{escape(shape.text)}</text>'
    )
