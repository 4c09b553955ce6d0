"""Colours of a brand, and whether one can read on them (WCAG 2.2, relative luminance and contrast ratio)."""

WHITE, BLACK = "#ffffff", "#000000"
READABLE = 4.5
_LINEAR_BELOW = 0.04045


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (_linear(channel) for channel in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_BELOW else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(colour: str) -> str:
    """White where it reads well on the colour, else black; one of the two always does."""
    return WHITE if contrast(WHITE, colour) >= READABLE else BLACK
