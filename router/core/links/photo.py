"""Make the small square JPEG that contact cards and pages show, from any picture an operator uploads.

The bytes are untrusted. The cost of opening them is read from the header, before a pixel is decoded. Only the first
frame of an animation is read. The result is drawn on a new canvas, so that no EXIF, comment or profile (where the photo
was taken, by whom, with what) is passed on. So its colours are converted to sRGB first, by the profile that came along.
"""

import struct
import warnings
from collections import Counter
from io import BytesIO
from threading import Lock

from PIL import Image, ImageChops, ImageCms, ImageFilter, ImageOps

from router.core.errors import InvalidPhoto
from router.core.links.colour import WHITE, contrast

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000  # a PNG of that size takes 300 MB of memory and 0.6 s
MAX_PHOTO_BYTES = 14 * 1024  # a signup page with its photo stays under 30 KB
SIDE_PIXELS = 256

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_QUALITIES = (85, 75, 60, 45, 30, 15, 5)  # the worst possible picture, bright random dots, fits at the last
_TOO_MANY_PIXELS = f"the photo has more than {MAX_PIXELS} pixels; send a smaller one"
_SIXTEEN_BIT_STEP = 257  # 65535 / 255
_MAX_PROFILE_BYTES = 4 * 1024 * 1024  # print shops' profiles have 2 MB
_MODE_OF_PROFILE = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_DARK = "#15171c"  # a page's own dark
_SHOWS = 1.5  # contrast below which an edge cannot be made out
_MAY_VANISH = 0.1  # the share of an edge that may be without contrast
# One picture may take 300 MB, and all threads share the warning filters that are set while it is read.
_ONE_AT_A_TIME = Lock()
# On a broken file Pillow may raise any of these; its documentation promises only OSError.
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


def shrink_photo(data: bytes, *, brand: str = WHITE) -> bytes:
    """Return the picture's centre as a 256 x 256 JPEG of at most 14 KB, upright, in sRGB.

    What was transparent becomes white. If the picture would vanish on white, it becomes the brand's colour or dark.

    Args:
        data: a JPEG, PNG, GIF, WebP or BMP file.
        brand: the brand's colour, `#rrggbb`.

    Raises:
        InvalidPhoto: not such a file, cut short, over 10 MB, or over 25 million pixels.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise InvalidPhoto(f"the photo has {len(data)} bytes; send one of at most {MAX_UPLOAD_BYTES}")
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about odd metadata, all of which is dropped here
        square = _draw_square(data)
        canvas = Image.new("RGB", square.size, _choose_ground(square, brand))
        canvas.paste(square, mask=square.getchannel("A"))
        return _encode_small(canvas)


def _draw_square(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise InvalidPhoto(_TOO_MANY_PIXELS)
            picture.draft("RGB", (2 * SIDE_PIXELS, 2 * SIDE_PIXELS))  # a JPEG decodes at a fraction of its size
            square = ImageOps.fit(_in_eight_bits(picture), (SIDE_PIXELS, SIDE_PIXELS))
            return _in_srgb(ImageOps.exif_transpose(square), picture.info.get("icc_profile"))
    except Image.DecompressionBombError as bomb:
        raise InvalidPhoto(_TOO_MANY_PIXELS) from bomb
    except _READER_FAULTS as fault:
        raise InvalidPhoto("the file is not a whole JPEG, PNG, GIF, WebP or BMP picture; save it again") from fault


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Return the picture with 8 bits per channel, and alpha unless it is CMYK. Pillow clips 16-bit grey to white."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda grey: grey * (1 / _SIXTEEN_BIT_STEP)).convert("L")
    return picture if picture.mode == "CMYK" else picture.convert("RGBA")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return an RGBA or CMYK picture as RGBA in sRGB. A profile that is broken, or of other channels, is ignored."""
    if not profile or len(profile) > _MAX_PROFILE_BYTES:
        return picture.convert("RGBA")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = _MODE_OF_PROFILE.get(source.profile.xcolor_space.strip())
        if mode is None or (mode == "CMYK") != (picture.mode == "CMYK"):
            return picture.convert("RGBA")
        target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        colours = ImageCms.profileToProfile(picture.convert(mode), source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, *_READER_FAULTS):
        return picture.convert("RGBA")
    assert colours is not None
    result = colours.convert("RGBA")
    if picture.mode == "RGBA":
        result.putalpha(picture.getchannel("A"))
    return result


def _choose_ground(picture: Image.Image, brand: str) -> str:
    """Return the colour to put behind an RGBA picture: white if the picture's outline shows on it.

    Only the outline counts. White letters in a red circle need no ground of another colour.
    """
    alpha = picture.getchannel("A")
    most = max(value for value, count in enumerate(alpha.histogram()) if count)
    opaque = alpha.point([255 * (value * 2 > most) for value in range(256)])
    outline = ImageChops.subtract(opaque, opaque.filter(ImageFilter.MinFilter(5)))
    # Colours in steps of 16 are enough to judge contrast, and there are few of them.
    coarse = picture.convert("RGB").point(lambda value: value & 0xF0 | value >> 4)
    coarse.putalpha(outline)
    octets = coarse.tobytes()
    pixels = Counter(octets[at : at + 4].hex() for at in range(0, len(octets), 4))
    seen = [(count, pixel[:6]) for pixel, count in pixels.items() if pixel.endswith("ff")]
    length = sum(count for count, _ in seen)

    def lost_on(ground: str) -> int:
        return sum(count for count, colour in seen if contrast(f"#{colour}", ground) < _SHOWS)

    grounds = (WHITE, brand, _DARK)
    good = (ground for ground in grounds if lost_on(ground) <= length * _MAY_VANISH)
    return next(good, min(grounds, key=lost_on))


def _encode_small(square: Image.Image) -> bytes:
    for quality in _QUALITIES:
        file = BytesIO()
        square.save(file, format="JPEG", quality=quality, optimize=True)
        if file.tell() <= MAX_PHOTO_BYTES:
            break
    return file.getvalue()
