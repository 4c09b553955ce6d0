"""Draw QR codes of our own https links, as SVG for pages and PNG for mail and print.

Error level M, a quiet zone of four modules (required by ISO/IEC 18004) and an opaque white background: scanners fail on
a code that is drawn on a dark page. The code holds a link, never a number, so it outlives every line.
"""

from functools import lru_cache
from io import BytesIO
from xml.sax.saxutils import escape

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from router.core.errors import InvalidField
from router.core.plain_text import clean_line

QUIET_ZONE_MODULES = 4
PIXELS_PER_MODULE = 10
MAX_LINK_CHARACTERS = 2331  # what the largest code holds at level M, ISO/IEC 18004 table 7
CODES_KEPT = 1024  # per format, about 3 MB each for links of 100 characters; without it a code costs 8 ms


@lru_cache(maxsize=CODES_KEPT)
def qr_svg(url: str, title: str) -> bytes:
    """Return the code as an SVG that scales to its container; screen readers read `title` aloud.

    Raises:
        InvalidField: as `qr_png`.
    """
    modules = _encode(url).get_matrix()
    size = len(modules)
    path = "".join(_draw_row(row, y) for y, row in enumerate(modules))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges">'
        f"<title>{escape(clean_line(title))}</title>"
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).encode()


@lru_cache(maxsize=CODES_KEPT)
def qr_png(url: str) -> bytes:
    """Return the code as a PNG with ten pixels per module.

    Raises:
        InvalidField: the link is empty, not pure ASCII, or longer than the largest code holds.
    """
    image = _encode(url).make_image()
    file = BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()


def _encode(url: str) -> QRCode:
    if not url or not url.isascii():
        raise InvalidField("url", f"{url[:40]!r} must be a link written in ASCII; percent-encode everything else")
    if len(url) > MAX_LINK_CHARACTERS:
        raise InvalidField("url", f"{len(url)} characters do not fit a QR code; shorten it to {MAX_LINK_CHARACTERS}")
    code = QRCode(error_correction=ERROR_CORRECT_M, box_size=PIXELS_PER_MODULE, border=QUIET_ZONE_MODULES)
    code.add_data(url, optimize=0)
    code.make(fit=True)
    return code


def _draw_row(row: list[bool], y: int) -> str:
    """Return one rectangle for each run of dark modules."""
    path = ""
    x = 0
    while x < len(row):
        end = x
        while end < len(row) and row[end] == row[x]:
            end += 1
        if row[x]:
            path += f"M{x} {y}h{end - x}v1H{x}z"
        x = end
    return path
