"""From two colours of the brand to the full set of tokens, light and dark, with the contrast WCAG asks.

A given colour is kept when it passes and moved in lightness, hue untouched, when it does not. The search
always ends: on light grounds at black, on dark ones at white, and both pass there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache

from passerelle.brand.colour import Oklch, contrast, mix, to_hex, to_oklch, worst

TEXT = 4.5  # WCAG 1.4.3
PART = 3.0  # WCAG 1.4.11


@dataclass(frozen=True)
class Grounds:
    """The fixed neutral tokens of the style sheet that the brand's colours stand on or carry."""

    ink: str
    ink_2: str
    surface: str
    ground: str
    tints: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (self.surface, self.ground, *self.tints)


# ok, warn, err, info, mute and hover tints, as in the style sheet.
LIGHT = Grounds(
    "#14232b", "#465861", "#ffffff", "#f3f5f4", ("#e3f2e9", "#fdf1d8", "#fdeae8", "#e5f0fa", "#eaeeef", "#e3e9eb")
)
DARK = Grounds(
    "#e8eef0", "#a9b8bf", "#162227", "#0f181c", ("#123524", "#3a2d12", "#3f1a17", "#142c44", "#23323a", "#22323a")
)


@dataclass(frozen=True)
class Tokens:
    """The tokens of one theme, each a ``#rrggbb``; the field's name is the custom property's, with hyphens."""

    brand: str
    brand_strong: str
    brand_tint: str
    on_brand: str
    accent: str
    side: str
    on_side: str
    on_side_2: str
    side_hover: str
    side_mark: str

    def items(self) -> tuple[tuple[str, str], ...]:
        return tuple((field.name.replace("_", "-"), getattr(self, field.name)) for field in fields(self))


@dataclass(frozen=True)
class Palette:
    """Both themes of a brand."""

    light: Tokens
    dark: Tokens


@dataclass(frozen=True)
class Pair:
    """Two colours that meet on a page, and the contrast they owe."""

    what: str
    one: str
    other: str
    least: float

    @property
    def ratio(self) -> float:
        return contrast(self.one, self.other)


@lru_cache(maxsize=64)
def derive(brand: str, accent: str) -> Palette:
    """Return the tokens of both themes for the two colours a brand gives."""
    return Palette(_light(to_oklch(brand), brand, accent), _dark(to_oklch(brand), accent))


def pairs(tokens: Tokens, grounds: Grounds) -> tuple[Pair, ...]:
    """Return every pair of one theme in which a colour of the brand takes part."""
    stands_on = (*grounds.all, tokens.brand_tint)
    side = (tokens.side, tokens.side_hover)
    return (
        *(Pair("brand as text", tokens.brand, ground, TEXT) for ground in stands_on),
        *(Pair("brand strong as text", tokens.brand_strong, ground, TEXT) for ground in stands_on),
        *(Pair("text on a button", tokens.on_brand, button, TEXT) for button in (tokens.brand, tokens.brand_strong)),
        *(Pair("ink on the tint", ink, tokens.brand_tint, TEXT) for ink in (grounds.ink, grounds.ink_2)),
        *(Pair("accent", tokens.accent, ground, PART) for ground in stands_on),
        *(Pair("text in the side bar", tokens.on_side, ground, TEXT) for ground in side),
        *(Pair("quiet text in the side bar", tokens.on_side_2, ground, TEXT) for ground in side),
        *(Pair("mark in the side bar", tokens.side_mark, ground, PART) for ground in side),
    )


def _move(start: Oklch, step: float, holds: Callable[[str], bool]) -> str:
    """Return the first colour that `holds`, walking lightness from `start` by `step` up to black or white."""
    lightness = start.lightness
    while 0 < lightness < 1:
        colour = to_hex(Oklch(lightness, start.chroma, start.hue))
        if holds(colour):
            return colour
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def _fixed(colour: Oklch, lightness: float, chroma: float) -> str:
    return to_hex(Oklch(lightness, min(colour.chroma, chroma), colour.hue))


def _light(given: Oklch, brand_given: str, accent_given: str) -> Tokens:
    tint = _move(
        Oklch(0.95, min(given.chroma, 0.02), given.hue),
        0.005,
        lambda colour: worst(colour, LIGHT.ink, LIGHT.ink_2) >= TEXT,
    )
    stands_on = (*LIGHT.all, tint)
    brand = (
        brand_given
        if worst(brand_given, *stands_on) >= TEXT
        else _move(given, -0.005, lambda colour: worst(colour, *stands_on) >= TEXT)
    )
    shown = to_oklch(brand)
    # A brand that is nearly black has no darker neighbour to show that a button is pointed at: it goes lighter.
    beside = shown.lightness - 0.09 if shown.lightness > 0.22 else 0.34
    strong = _move(
        Oklch(beside, shown.chroma, shown.hue),
        -0.005,
        lambda colour: worst(colour, *stands_on) >= TEXT,
    )
    accent = (
        accent_given
        if worst(accent_given, *stands_on) >= PART
        else _move(to_oklch(accent_given), -0.005, lambda colour: worst(colour, *stands_on) >= PART)
    )
    side = _fixed(shown, min(0.33, to_oklch(strong).lightness), 0.12)
    return Tokens(brand, strong, tint, "#ffffff", accent, *_side(side, shown, to_oklch(accent_given)))


def _dark(given: Oklch, accent_given: str) -> Tokens:
    tint = _move(
        Oklch(0.29, min(given.chroma, 0.045), given.hue),
        -0.005,
        lambda colour: worst(colour, DARK.ink, DARK.ink_2) >= TEXT,
    )
    stands_on = (*DARK.all, tint)
    soft = Oklch(max(given.lightness, 0.79), min(given.chroma, 0.13), given.hue)
    brand = _move(soft, 0.005, lambda colour: worst(colour, *stands_on) >= TEXT)
    shown = to_oklch(brand)
    away = 0.08 if shown.lightness < 0.91 else -0.08
    strong = _move(
        Oklch(shown.lightness + away, shown.chroma, shown.hue),
        0.005,
        lambda colour: worst(colour, *stands_on) >= TEXT,
    )
    on_brand = _move(
        Oklch(0.22, min(given.chroma, 0.05), given.hue), -0.005, lambda colour: worst(colour, brand, strong) >= TEXT
    )
    accent_start = to_oklch(accent_given)
    accent = _move(
        Oklch(max(accent_start.lightness, 0.74), accent_start.chroma, accent_start.hue),
        0.005,
        lambda colour: worst(colour, *stands_on) >= PART,
    )
    side = _fixed(given, 0.25, 0.05)
    return Tokens(brand, strong, tint, on_brand, accent, *_side(side, given, accent_start))


def _side(side: str, tinted: Oklch, accent: Oklch) -> tuple[str, str, str, str, str]:
    """Return the side bar and what stands in it: text, quieter text, the row pointed at, the current row's mark."""
    hover = mix("#ffffff", side, 0.13)
    quiet = _move(
        Oklch(0.83, min(tinted.chroma, 0.03), tinted.hue), 0.005, lambda colour: worst(colour, side, hover) >= TEXT
    )
    mark = _move(
        Oklch(max(accent.lightness, 0.78), accent.chroma, accent.hue),
        0.005,
        lambda colour: worst(colour, side, hover) >= PART,
    )
    return side, "#ffffff", quiet, hover, mark
