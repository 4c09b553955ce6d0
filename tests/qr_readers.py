"""Two QR decoders nobody here wrote, and a pen that draws our SVG exactly."""

import re
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

SVG = "{http://www.w3.org/2000/svg}"
_PIXELS = 6


def seen_by_zxing(picture: Image.Image) -> str:
    """Return what zxing-cpp reads."""
    found = zxingcpp.read_barcode(np.asarray(picture.convert("L")))
    return str(found.text) if found else ""


def seen_by_opencv(picture: Image.Image) -> str:
    """Return what OpenCV reads."""
    text, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(np.asarray(picture.convert("L")))
    return str(text)


def drawn(svg: bytes) -> Image.Image:
    """Return the SVG drawn exactly, on black: it holds nothing but rectangles on whole coordinates."""
    root = ET.fromstring(svg)
    _left, _top, width, height = map(int, root.attrib["viewBox"].split())
    picture = Image.new("RGB", (width * _PIXELS, height * _PIXELS), "black")
    pen = ImageDraw.Draw(picture)
    for path in root.iter(f"{SVG}path"):
        shapes = path.attrib["d"]
        rectangles = re.findall(r"M(\d+) ?(\d+)h(\d+)v(\d+)H\1z", shapes)
        assert "".join(re.findall(r"M\d+ ?\d+h\d+v\d+H\d+z", shapes)) == shapes
        for x, y, right, down in (map(int, rectangle) for rectangle in rectangles):
            corner = ((x + right) * _PIXELS - 1, (y + down) * _PIXELS - 1)
            pen.rectangle([(x * _PIXELS, y * _PIXELS), corner], fill=path.attrib["fill"])
    return picture
