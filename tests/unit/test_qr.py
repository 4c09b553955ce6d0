"""QR codes are read back by two independent decoders, from the PNG and from the SVG, on a black page."""

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from router.core.errors import InvalidField
from router.core.links.qr import QUIET_ZONE_MODULES, qr_png, qr_svg
from tests.kit.qr_readers import SVG, draw, read_with_opencv, read_with_zxing

LINKS = [
    "https://go.example.com/t/Ab3xK9",
    "https://go.example.com/t/" + "AbC_d1-" * 12,
    "HTTPS://GO.EXAMPLE.COM/T/AB3XK9",
    "https://go.example.com/t/x?a=1&b=%20%C3%A9#<'\">",
    "https://go.example.com/t/" + "0123456789abcdef" * 18,
]


@pytest.mark.parametrize("link", LINKS)
def test_the_png_holds_the_link(link: str) -> None:
    """Both decoders read exactly the link from the PNG."""
    with Image.open(BytesIO(qr_png(link))) as picture:
        assert read_with_zxing(picture) == link
        assert read_with_opencv(picture) == link


@pytest.mark.parametrize("link", LINKS)
def test_the_svg_holds_the_link(link: str) -> None:
    """Both decoders read exactly the link from the SVG drawn on a black page."""
    picture = draw(qr_svg(link, "Scan me"))
    assert read_with_zxing(picture) == link
    assert read_with_opencv(picture) == link


def test_both_forms_show_the_same_modules() -> None:
    """The SVG and the PNG of a link differ in scale only."""
    drawing = draw(qr_svg(LINKS[0], "x")).convert("1")
    with Image.open(BytesIO(qr_png(LINKS[0]))) as picture:
        assert picture.resize(drawing.size, Image.Resampling.NEAREST).convert("1").tobytes() == drawing.tobytes()


def test_a_code_lies_on_opaque_white() -> None:
    """Four modules of white surround the code and the PNG has no transparency, so dark pages do not hide it."""
    with Image.open(BytesIO(qr_png(LINKS[0]))) as picture:
        assert "transparency" not in picture.info
        assert picture.mode == "1"
        side = picture.width // 10
        inside = range(QUIET_ZONE_MODULES, side - QUIET_ZONE_MODULES)
        dark = {(x, y) for x in range(side) for y in range(side) if not picture.getpixel((x * 10 + 5, y * 10 + 5))}
    assert {x for x, _y in dark} | {y for _x, y in dark} == set(inside)


def test_a_level_m_code_survives_dirt() -> None:
    """Error level M: a blot over a tenth of the code's width does not matter."""
    with Image.open(BytesIO(qr_png(LINKS[1]))) as picture:
        dirty = picture.convert("L")
    middle, reach = dirty.width // 2, dirty.width // 20
    dirty.paste(0, (middle - reach, middle - reach, middle + reach, middle + reach))
    assert read_with_zxing(dirty) == LINKS[1]


def test_the_svg_is_read_aloud_by_its_title() -> None:
    """The SVG is an image with a title, scales by its viewBox alone, and stays small."""
    svg = qr_svg(LINKS[0], "Open Acme's page")
    root = ET.fromstring(svg)
    assert (root.tag, root.attrib["role"], root[0].tag) == (f"{SVG}svg", "img", f"{SVG}title")
    assert root[0].text == "Open Acme's page"
    assert not {"width", "height"} & root.attrib.keys()
    assert len(svg) < 4000


@pytest.mark.parametrize("title", ["</title><script>alert(1)</script>", "a & b < c", '"quoted"'])
def test_a_title_is_text_and_never_markup(title: str) -> None:
    """A title with markup in it is shown as it was typed and adds no element."""
    root = ET.fromstring(qr_svg(LINKS[0], title))
    assert root[0].text == title
    assert len(list(root.iter())) == 4


def test_a_title_with_control_characters_is_still_xml() -> None:
    """Characters that XML forbids are left out of the title."""
    assert ET.fromstring(qr_svg(LINKS[0], "a\x00\x0b\ud800b\uffff"))[0].text == "a b"


@pytest.mark.parametrize("link", ["", "https://münchen.example/", "x" * 2332, "x" * 100_000])
def test_a_link_that_does_not_fit_is_refused(link: str) -> None:
    """An empty, non-ASCII or overlong link is refused with the field url, in both formats."""
    with pytest.raises(InvalidField, match=r"^url: "):
        qr_png(link)
    with pytest.raises(InvalidField, match=r"^url: "):
        qr_svg(link, "x")


def test_the_longest_link_still_fits() -> None:
    """2331 characters are accepted, whichever they are."""
    for link in ["x" * 2331, "X" * 2331, "1" * 2331, "Ab1_" * 582 + "~~~"]:
        with Image.open(BytesIO(qr_png(link))) as picture:
            assert read_with_zxing(picture) == link


def test_a_code_is_drawn_once() -> None:
    """A second request for the same link is answered from the cache."""
    assert qr_png(LINKS[0]) is qr_png(LINKS[0])
    assert qr_svg(LINKS[0], "x") is qr_svg(LINKS[0], "x")
