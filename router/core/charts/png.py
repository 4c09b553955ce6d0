"""Paint a drawing as PNG with Pillow, at twice its size so that it is sharp on every screen."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from router.core.charts.drawing import PAPER, Drawing, Rectangle, Stroke, Words

_SCALE = 2
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def to_png(drawing: Drawing) -> bytes:
    """Return the drawing as a PNG file."""
    image = Image.new("RGB", (drawing.width * _SCALE, drawing.height * _SCALE), PAPER)
    pen = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        if isinstance(shape, Rectangle):
            left, top = shape.x * _SCALE, shape.y * _SCALE
            right, bottom = left + shape.width * _SCALE - 1, top + shape.height * _SCALE - 1
            if right >= left and bottom >= top:
                pen.rectangle((left, top, right, bottom), fill=shape.colour)
        elif isinstance(shape, Stroke):
            points = [(x * _SCALE, y * _SCALE) for x, y in shape.points]
            pen.line(points, fill=shape.colour, width=max(1, round(shape.width * _SCALE)), joint="curve")
        else:
            _write(pen, shape)
    written = BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _write(pen: ImageDraw.ImageDraw, words: Words) -> None:
    font = ImageFont.load_default(size=words.size * _SCALE)
    place = (words.x * _SCALE, words.y * _SCALE)
    pen.text(place, words.text, fill=words.colour, font=font, anchor=_ANCHORS[words.anchor])
