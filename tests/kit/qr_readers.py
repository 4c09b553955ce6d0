"""Two independent QR decoders, and a renderer that draws our SVG exactly."""

import re
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

SVG = "{http://www.w3.org/2000/svg}"
_PIXELS = 6


def read_with_zxing(picture: Image.Image) -> str:
    """Return what zxing-cpp reads."""
    found = zxingcpp.read_barcode(np.asarray(picture.convert("L")))
    return str(found.text) if found else ""


def read_with_opencv(picture: Image.Image) -> str:
    """Return what OpenCV reads."""
    grey = np.asarray(picture.convert("L"))
    # Each of its two detectors misses one good code in fifty, by the pattern of its modules. Hardly any misses both.
    for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
        text, _corners, _straight = detector.detectAndDecode(grey)
        if text:
            break
    return str(text)


def draw(svg: bytes) -> Image.Image:
    """Draw the SVG exactly, on black: it holds nothing but rectangles on whole coordinates."""
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
