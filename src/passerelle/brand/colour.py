"""Colours in a perceptual space (OKLCH) and their contrast as WCAG 2 measures it.

The matrices are those of Björn Ottosson's Oklab; contrast is WCAG's relative luminance.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Oklch:
    """Lightness 0 to 1, chroma from 0 (grey) to about 0.32, hue in radians."""

    lightness: float
    chroma: float
    hue: float


def _channels(colour: str) -> tuple[float, float, float]:
    """Return linear light, 0 to 1, of each channel of ``#rrggbb``."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def to_oklch(colour: str) -> Oklch:
    red, green, blue = _channels(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.atan2(b, a))


def _to_linear(colour: Oklch) -> tuple[float, float, float]:
    a, b = colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _in_gamut(colour: Oklch) -> bool:
    return all(-1e-6 <= channel <= 1 + 1e-6 for channel in _to_linear(colour))


def to_hex(colour: Oklch) -> str:
    """Return the colour as a screen shows it, with as much of its chroma as sRGB can hold at this lightness."""
    lightness = min(1.0, max(0.0, colour.lightness))
    held = Oklch(lightness, colour.chroma, colour.hue)
    if not _in_gamut(held):
        low, high = 0.0, colour.chroma
        for _ in range(16):
            middle = (low + high) / 2
            low, high = (middle, high) if _in_gamut(Oklch(lightness, middle, colour.hue)) else (low, middle)
        held = Oklch(lightness, low, colour.hue)
    return "#" + "".join(f"{round(255 * _encoded(min(1.0, max(0.0, channel)))):02x}" for channel in _to_linear(held))


@lru_cache(maxsize=4096)
def luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def worst(colour: str, *others: str) -> float:
    """Return the lowest contrast of `colour` against any of `others`."""
    return min(contrast(colour, other) for other in others)


def mix(top: str, bottom: str, share: float) -> str:
    """Return what is seen when `top` covers `bottom` with opacity `share` (as browsers blend: encoded channels)."""
    pairs = ((int(top[at : at + 2], 16), int(bottom[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * over + (1 - share) * under):02x}" for over, under in pairs)
