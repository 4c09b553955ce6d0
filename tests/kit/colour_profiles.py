"""Colour profiles for tests, built by hand from the ICC specification (ICC.1:2001-04): a few hundred bytes each.

An RGB or grey profile is a matrix of primaries and a gamma. A CMYK one is a table of what each of the 16 full mixtures
of ink looks like, in Lab.
"""

import struct
from collections.abc import Mapping, Sequence
from itertools import product

# Primaries in XYZ, adapted to D50 by Bradford: Adobe RGB (1998) annex; Display P3 as Apple ships it.
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
_D50 = (0.9642, 1.0, 0.8249)


def _fixed(value: float) -> int:
    return round(value * 65536)


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *map(_fixed, values))


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256)) + b"\0\0"


def _profile(space: bytes, kind: bytes, connection: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    name = b"Test"
    described = b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + b"\0" + bytes(78)
    every = {b"desc": described, b"cprt": b"text\0\0\0\0none\0", b"wtpt": _xyz(_D50), **tags}
    table, data = struct.pack(">I", len(every)), b""
    start = 128 + 4 + 12 * len(every)
    for tag, body in every.items():
        table += tag + struct.pack(">II", start + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    header = struct.pack(">I4sI4s4s4s", start + len(data), b"none", 0x02100000, kind, space, connection)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(24) + struct.pack(">I", 0)
    header += struct.pack(">3i", *map(_fixed, _D50))
    return header.ljust(128, b"\0") + table + data


def rgb_profile(primaries: Sequence[Sequence[float]], gamma: float) -> bytes:
    """Return a profile of a display with these primaries."""
    columns = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, primaries), strict=True))
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(gamma))
    return _profile(b"RGB ", b"mntr", b"XYZ ", {**columns, **curves})


def grey_profile(gamma: float) -> bytes:
    """Return a profile of a grey picture."""
    return _profile(b"GRAY", b"mntr", b"XYZ ", {b"kTRC": _gamma(gamma)})


def cmyk_profile(cyan: tuple[float, float, float]) -> bytes:
    """Return a profile of an ink whose full cyan is this Lab colour; all other mixtures are paper white or black."""
    identity = bytes(range(256))
    table = b""
    for inks in product((0, 1), (0, 1), (0, 1), (0, 1)):
        light, a, b = {(0, 0, 0, 0): (100, 0, 0), (1, 0, 0, 0): cyan}.get(inks, (0, 0, 0))
        table += bytes((round(light * 2.55), round(a + 128), round(b + 128)))
    header = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + struct.pack(">9i", *map(_fixed, (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    lookup = header + identity * 4 + table + identity * 3
    return _profile(b"CMYK", b"prtr", b"Lab ", {b"A2B0": lookup})
