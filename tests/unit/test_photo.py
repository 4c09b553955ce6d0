"""Uploaded pictures become small square JPEGs, and hostile ones cost nothing."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from router.core.errors import InvalidPhoto
from router.core.links.photo import MAX_PHOTO_BYTES, MAX_UPLOAD_BYTES, shrink_photo
from tests.kit.colour_profiles import ADOBE_RGB, DISPLAY_P3, cmyk_profile, grey_profile, rgb_profile

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "BMP"]
ORIENTATION_TAG, MAKER_TAG, ROTATE_90 = 0x0112, 0x010F, 6


def file_of(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the picture as a file in this format."""
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def stripes(width: int, height: int, *colours: tuple[int, int, int]) -> Image.Image:
    """Return a picture of equal vertical stripes."""
    picture = Image.new("RGB", (width, height))
    for position, colour in enumerate(colours):
        picture.paste(colour, (position * width // len(colours), 0, width, height))
    return picture


def opened(photo: bytes) -> Image.Image:
    """Decode a shrunk photo, and check what is true of every one."""
    assert len(photo) <= MAX_PHOTO_BYTES
    with Image.open(BytesIO(photo)) as picture:
        picture.load()
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (256, 256))
    return picture


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    """Return whether a pixel has that colour, apart from the JPEG's loss."""
    assert isinstance(pixel, tuple)
    return all(abs(seen - meant) < 24 for seen, meant in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("size", [(900, 300), (90, 30), (3000, 1000)])
def test_a_picture_is_cropped_to_its_centre(kind: str, size: tuple[int, int]) -> None:
    """A wide picture in any format is cropped to its middle square, 256 x 256."""
    photo = opened(shrink_photo(file_of(stripes(*size, RED, GREEN, BLUE), kind)))
    assert all(is_near(photo.getpixel(spot), GREEN) for spot in [(12, 12), (244, 128), (128, 244)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright_and_its_exif_dropped(kind: str) -> None:
    """EXIF orientation is applied; EXIF, comments and profiles are removed."""
    exif = Image.Exif()
    exif[ORIENTATION_TAG], exif[MAKER_TAG] = ROTATE_90, "taken at home"
    sideways = stripes(400, 400, RED, BLUE)
    photo = shrink_photo(file_of(sideways, kind, exif=exif, icc_profile=b"profile of my camera", comment=b"by me"))
    assert is_near(opened(photo).getpixel((128, 20)), RED)
    assert is_near(opened(photo).getpixel((128, 236)), BLUE)
    assert not any(secret in photo for secret in [b"Exif", b"taken at home", b"profile of my camera", b"by me"])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_becomes_white(mode: str) -> None:
    """Transparent areas in any mode become white, since phones show photos on black."""
    options = {"transparency": 0} if mode == "P" else {}
    clear = file_of(Image.new(mode, (300, 300), 0), "PNG", **options)
    assert is_near(opened(shrink_photo(clear)).getpixel((128, 128)), WHITE)


@pytest.mark.parametrize(("mode", "ink", "seen"), [("I;16", 40_000, 155), ("L", 155, 155), ("1", 1, 255), ("P", 0, 0)])
def test_every_depth_keeps_its_brightness(mode: str, ink: int, seen: int) -> None:
    """Pictures of 1, 8 and 16 bits a pixel come out as bright as they went in."""
    photo = opened(shrink_photo(file_of(Image.new(mode, (300, 300), ink), "PNG")))
    assert is_near(photo.getpixel((128, 128)), (seen, seen, seen))


def test_print_colours_are_understood() -> None:
    """A CMYK JPEG, as print shops send them, is accepted."""
    cyan = Image.new("CMYK", (300, 300), (255, 0, 0, 0))
    assert opened(shrink_photo(file_of(cyan, "JPEG"))).getpixel((128, 128)) != (0, 0, 0)


def is_close(pixel: object, colour: tuple[int, int, int], *, within: int = 5) -> bool:
    """Return whether a pixel of an even area has that colour; a JPEG is off by a few steps there."""
    assert isinstance(pixel, tuple)
    return all(abs(seen - meant) <= within for seen, meant in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("profile", "stored", "shown"),
    [
        # By the published primaries and curves, computed apart from any colour library.
        (rgb_profile(ADOBE_RGB, 2.19921875), (200, 100, 50), (227, 100, 42)),
        (rgb_profile(ADOBE_RGB, 2.19921875), (100, 180, 100), (0, 181, 94)),
        (rgb_profile(ADOBE_RGB, 2.19921875), (128, 128, 128), (128, 128, 128)),
        (rgb_profile(DISPLAY_P3, 2.2), (200, 100, 50), (216, 93, 24)),
        (rgb_profile(DISPLAY_P3, 2.2), (100, 180, 100), (64, 184, 89)),
        (rgb_profile(DISPLAY_P3, 2.2), (255, 255, 255), (255, 255, 255)),
        (None, (200, 100, 50), (200, 100, 50)),
        (b"no profile at all", (200, 100, 50), (200, 100, 50)),
        (cmyk_profile((50, 0, 0)), (200, 100, 50), (200, 100, 50)),
    ],
    ids=["adobe", "adobe-green", "adobe-grey", "p3", "p3-green", "p3-white", "none", "broken", "of-other-channels"],
)
def test_colours_are_converted_to_srgb(
    kind: str, profile: bytes | None, stored: tuple[int, int, int], shown: tuple[int, int, int]
) -> None:
    """A picture in another colour space looks as it was meant; without a usable profile it is taken as sRGB."""
    options: dict[str, Any] = {"icc_profile": profile} if profile else {}
    if kind == "WEBP":
        options["lossless"] = True
    picture = Image.new("RGB", (300, 300), stored)
    assert is_close(opened(shrink_photo(file_of(picture, kind, **options))).getpixel((128, 128)), shown)


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "I;16"])
def test_a_profile_counts_at_every_depth(mode: str) -> None:
    """Palette, transparent, grey and 16-bit pictures are converted too: gamma 1.0 makes a mid grey lighter."""
    is_grey = mode in {"L", "LA", "I;16"}
    profile = grey_profile(1.0) if is_grey else rgb_profile(ADOBE_RGB, 1.0)
    ink = 128 * 257 if mode == "I;16" else 128
    picture = Image.new(mode, (300, 300), ink) if mode == "I;16" else Image.new("L", (300, 300), ink).convert(mode)
    shown = opened(shrink_photo(file_of(picture, "PNG", icc_profile=profile))).getpixel((128, 128))
    assert is_close(shown, (188, 188, 188))


def test_print_colours_follow_their_profile() -> None:
    """A CMYK JPEG looks as its profile says: here cyan ink is sRGB's pure blue."""
    cyan = file_of(Image.new("CMYK", (300, 300), (255, 0, 0, 0)), "JPEG", icc_profile=cmyk_profile((29.57, 68.3, -112)))
    paper = file_of(Image.new("CMYK", (300, 300), (0, 0, 0, 0)), "JPEG", icc_profile=cmyk_profile((29.57, 68.3, -112)))
    assert is_close(opened(shrink_photo(cyan)).getpixel((128, 128)), BLUE, within=12)
    assert is_close(opened(shrink_photo(paper)).getpixel((128, 128)), WHITE)


def ring(ink: str, inside: str | None = None) -> bytes:
    """Return a ring on a transparent ground, perhaps with a filled middle."""
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((40, 40, 360, 360), fill=inside, outline=ink, width=60)
    return file_of(picture, "PNG")


@pytest.mark.parametrize(
    ("ink", "brand", "ground"),
    [
        ("#000000", "#1d5fd1", "#ffffff"),
        ("#d01030", "#1d5fd1", "#ffffff"),
        ("#ffffff", "#1d5fd1", "#1d5fd1"),
        ("#ffffff80", "#1d5fd1", "#1d5fd1"),
        ("#fff4c0", "#103050", "#103050"),
        ("#ffffff", "#ffffff", "#15171c"),
        ("#ffffff", "#ffee88", "#15171c"),
    ],
)
def test_a_logo_shows_on_its_ground(ink: str, brand: str, ground: str) -> None:
    """Behind transparency is white; for a logo that would vanish there, the brand's colour, and if that fails dark."""
    photo = opened(shrink_photo(ring(ink), brand=brand))
    red, green, blue = (int(ground[at : at + 2], 16) for at in (1, 3, 5))
    assert is_close(photo.getpixel((3, 3)), (red, green, blue), within=8)
    assert is_close(photo.getpixel((128, 128)), (red, green, blue), within=8)


def test_white_inside_an_outline_needs_no_ground() -> None:
    """Only the outline must show: white in a red ring stays on white, and so does a logo that has no transparency."""
    photo = opened(shrink_photo(ring("#d01030", inside="#ffffff"), brand="#000000"))
    assert is_near(photo.getpixel((3, 3)), WHITE)
    whole = file_of(Image.new("RGBA", (300, 300), "white"), "PNG")
    assert is_near(opened(shrink_photo(whole, brand="#000000")).getpixel((128, 128)), WHITE)


def test_the_worst_picture_fits() -> None:
    """Even random bright dots, which no compression likes, come out at 14 KB or less."""
    dots = bytes(random.Random(7).choices((0, 255), k=256 * 256 * 3))
    opened(shrink_photo(file_of(Image.frombytes("RGB", (256, 256), dots), "PNG")))


def test_only_the_first_frame_of_an_animation_is_read() -> None:
    """A GIF of a thousand frames costs one frame, and shows the first."""
    frames = [Image.new("RGB", (64, 64), (0, shade % 250, 255)) for shade in range(1000)]
    animation = file_of(Image.new("RGB", (64, 64), GREEN), "GIF", save_all=True, append_images=frames)
    assert is_near(opened(shrink_photo(animation)).getpixel((128, 128)), GREEN)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_picture_is_refused(kind: str) -> None:
    """A file of which half arrived is refused instead of shown half grey."""
    whole = file_of(stripes(300, 300, RED, GREEN, BLUE), kind)
    with pytest.raises(InvalidPhoto, match="not a whole"):
        shrink_photo(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"GIF89a", b"\xff\xd8\xff\xe0", b"BM"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """Empty files, other formats and bare signatures are refused."""
    with pytest.raises(InvalidPhoto, match="not a whole"):
        shrink_photo(data)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that declares a size and holds no pixel."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def png_bomb(width: int, height: int) -> bytes:
    """Return the header with the start of its pixel data, enough for a reader to begin."""
    return png_header(width, height) + struct.pack(">I", 1000) + b"IDAT" + bytes(1000)


@pytest.mark.parametrize("side", [5001, 9500, 20_000, 2_000_000])
def test_a_bomb_is_refused_from_its_header(side: int) -> None:
    """More than 25 million declared pixels are refused before one is decoded: the file holds none to decode."""
    with pytest.raises(InvalidPhoto, match="more than 25000000 pixels"):
        shrink_photo(png_bomb(side, side))


def test_an_animated_bomb_is_refused() -> None:
    """A GIF whose first frame reaches far outside a small canvas counts with its full extent."""
    canvas = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0) + b"\x02\x02L\x01\x00;"
    with pytest.raises(InvalidPhoto, match="more than 25000000 pixels"):
        shrink_photo(canvas + frame)


def test_a_picture_without_area_is_refused() -> None:
    """A picture with zero width or height is refused."""
    for width, height in [(0, 0), (0, 9), (9, 0)]:
        with pytest.raises(InvalidPhoto):
            shrink_photo(png_bomb(width, height))


def test_a_file_over_ten_megabytes_is_refused_unopened() -> None:
    """The byte limit is checked before the format, and the message names the limit."""
    with pytest.raises(InvalidPhoto, match=str(MAX_UPLOAD_BYTES)):
        shrink_photo(bytes(MAX_UPLOAD_BYTES + 1))


def test_damaged_metadata_is_refused() -> None:
    """A JPEG whose EXIF is garbage is refused with the same words as any broken file."""
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = ROTATE_90
    damaged = file_of(stripes(300, 300, RED), "JPEG", exif=exif).replace(b"MM\x00*", b"MM\x7f*")
    with pytest.raises(InvalidPhoto, match="not a whole"):
        shrink_photo(damaged)
