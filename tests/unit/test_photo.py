"""Uploaded pictures become small square JPEGs, and hostile ones cost nothing."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from router.core.errors import InvalidPhoto
from router.core.photo import MAX_PHOTO_BYTES, MAX_UPLOAD_BYTES, shrink_photo

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "BMP"]
ORIENTATION_TAG, MAKER_TAG, ROTATE_90 = 0x0112, 0x010F, 6


def file_of(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the picture as a file of that format."""
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
    """Return a shrunk photo decoded, having checked what is true of each of them."""
    assert len(photo) <= MAX_PHOTO_BYTES
    with Image.open(BytesIO(photo)) as picture:
        picture.load()
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (256, 256))
    return picture


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    """Whether a pixel is that colour but for what JPEG loses."""
    assert isinstance(pixel, tuple)
    return all(abs(seen - meant) < 24 for seen, meant in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("size", [(900, 300), (90, 30), (3000, 1000)])
def test_a_picture_is_cropped_to_its_centre(kind: str, size: tuple[int, int]) -> None:
    """Of a wide picture in any format the middle square remains, at 256 x 256."""
    photo = opened(shrink_photo(file_of(stripes(*size, RED, GREEN, BLUE), kind)))
    assert all(is_near(photo.getpixel(spot), GREEN) for spot in [(12, 12), (244, 128), (128, 244)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright_and_its_exif_dropped(kind: str) -> None:
    """EXIF orientation is applied; EXIF, comments and profiles do not travel on."""
    exif = Image.Exif()
    exif[ORIENTATION_TAG], exif[MAKER_TAG] = ROTATE_90, "taken at home"
    sideways = stripes(400, 400, RED, BLUE)
    photo = shrink_photo(file_of(sideways, kind, exif=exif, icc_profile=b"profile of my camera", comment=b"by me"))
    assert is_near(opened(photo).getpixel((128, 20)), RED)
    assert is_near(opened(photo).getpixel((128, 236)), BLUE)
    assert not any(secret in photo for secret in [b"Exif", b"taken at home", b"profile of my camera", b"by me"])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_becomes_white(mode: str) -> None:
    """What was see-through in any mode is white, since phones show photos on black."""
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
    """A file of which half arrived is refused rather than shown half grey."""
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
    """A width or height of zero is no picture."""
    for width, height in [(0, 0), (0, 9), (9, 0)]:
        with pytest.raises(InvalidPhoto):
            shrink_photo(png_bomb(width, height))


def test_a_file_over_ten_megabytes_is_refused_unopened() -> None:
    """The bytes cap holds before the format is even looked at, and the message says the cap."""
    with pytest.raises(InvalidPhoto, match=str(MAX_UPLOAD_BYTES)):
        shrink_photo(bytes(MAX_UPLOAD_BYTES + 1))


def test_damaged_metadata_is_refused() -> None:
    """A JPEG whose EXIF is garbage is refused with the same words as any broken file."""
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = ROTATE_90
    damaged = file_of(stripes(300, 300, RED), "JPEG", exif=exif).replace(b"MM\x00*", b"MM\x7f*")
    with pytest.raises(InvalidPhoto, match="not a whole"):
        shrink_photo(damaged)
