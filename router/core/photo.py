"""Make the small square JPEG that contact cards and pages show, out of whatever picture an operator uploads.

The bytes are a stranger's. What opening them would cost is judged from the header, before a pixel is decoded; only the
first frame of an animation is read; and the result is drawn on a fresh canvas, so that no EXIF, comment or profile
(where the photo was taken, by whom, with what) travels on.
"""

import struct
import warnings
from io import BytesIO
from threading import Lock

from PIL import Image, ImageOps

from router.core.errors import InvalidPhoto

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000  # a PNG of that size takes 300 MB of memory and 0.6 s
MAX_PHOTO_BYTES = 14 * 1024  # beside the page itself, a signup page stays under 30 KB
SIDE_PIXELS = 256

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_QUALITIES = (85, 75, 60, 45, 30, 15, 5)  # the worst picture there is, bright random dots, fits at the last
_TOO_MANY_PIXELS = f"the photo has more than {MAX_PIXELS} pixels; send a smaller one"
_SIXTEEN_BIT_STEP = 257  # 65535 / 255
# One picture may take 300 MB, and the warning filters set while it is read are shared by all threads.
_ONE_AT_A_TIME = Lock()
# On broken files Pillow raises whatever its arithmetic ran into; its documentation promises only OSError.
_READER_FAULTS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)


def shrink_photo(data: bytes) -> bytes:
    """Return the picture's centre as a 256 x 256 JPEG of at most 14 KB, upright, transparency on white.

    Args:
        data: a JPEG, PNG, GIF, WebP or BMP file.

    Raises:
        InvalidPhoto: not such a file, cut short, over 10 MB, or over 25 million pixels.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise InvalidPhoto(f"the photo has {len(data)} bytes; send one of at most {MAX_UPLOAD_BYTES}")
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, all of which is thrown away here
        return _encode_small(_draw_square(data))


def _draw_square(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise InvalidPhoto(_TOO_MANY_PIXELS)
            picture.draft("RGB", (2 * SIDE_PIXELS, 2 * SIDE_PIXELS))  # a JPEG decodes at a fraction of its size
            square = ImageOps.fit(_in_eight_bits(picture), (SIDE_PIXELS, SIDE_PIXELS))
            upright = ImageOps.exif_transpose(square)
    except Image.DecompressionBombError as bomb:
        raise InvalidPhoto(_TOO_MANY_PIXELS) from bomb
    except _READER_FAULTS as fault:
        raise InvalidPhoto("the file is not a whole JPEG, PNG, GIF, WebP or BMP picture; save it anew") from fault
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright, mask=upright.getchannel("A"))
    return canvas


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Return the picture with 8 bits a channel and alpha; Pillow by itself clips 16-bit grey to white."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda grey: grey * (1 / _SIXTEEN_BIT_STEP)).convert("L")
    return picture.convert("RGBA")


def _encode_small(square: Image.Image) -> bytes:
    for quality in _QUALITIES:
        file = BytesIO()
        square.save(file, format="JPEG", quality=quality, optimize=True)
        if file.tell() <= MAX_PHOTO_BYTES:
            break
    return file.getvalue()
