"""From two colours of the brand to the full set of tokens, light and dark, with the contrast WCAG asks.

A given colour is kept when it passes and moved in lightness, hue untouched, when it does not. The search
always ends: on light grounds at black, on dark ones at white, and both pass there.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache

from passerelle.brand.colour import Oklch, contrast, mix, to_hex, to_oklch, worst

TEXT = 4.5  # WCAG 1.4.3
PART = 3.0  # WCAG 1.4.11
STEP = 0.005  # of lightness: too small for the eye to see


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
    "#14232b", "#465861", "#ffffff", "#f3f5f4", ("#e3f2e9", "#fdf1d8", "#fdeae8", "#e5f0fa", "#e9eeef", "#e3e9eb")
)
DARK = Grounds(
    "#e8eef0", "#a9b8bf", "#162227", "#0f181c", ("#123524", "#3a2d12", "#3f1a17", "#142c44", "#23323a", "#22323a")
)


# The two texts of the dark side bar, the same for every brand, and the share of white over a row pointed at.
SIDE_TEXTS = ("#ffffff", "#dfe7ea")
SIDE_HOVER = 0.13


@dataclass(frozen=True)
class Tokens:
    """The tokens of one theme, each a ``#rrggbb``; the field's name is the custom property's, with hyphens."""

    brand: str
    brand_strong: str
    brand_tint: str
    on_brand: str
    accent: str
    side: str
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
    return Palette(_light(brand, accent), _dark(brand, accent))


def pairs(tokens: Tokens, grounds: Grounds) -> tuple[Pair, ...]:
    """Return every pair of one theme in which a colour of the brand takes part."""
    stands_on = (*grounds.all, tokens.brand_tint)
    side = (tokens.side, mix("#ffffff", tokens.side, SIDE_HOVER))
    return (
        *(Pair("brand as text", tokens.brand, ground, TEXT) for ground in stands_on),
        *(Pair("brand strong as text", tokens.brand_strong, ground, TEXT) for ground in stands_on),
        *(Pair("text on a button", tokens.on_brand, button, TEXT) for button in (tokens.brand, tokens.brand_strong)),
        *(Pair("ink on the tint", ink, tokens.brand_tint, TEXT) for ink in (grounds.ink, grounds.ink_2)),
        *(Pair("accent", tokens.accent, ground, PART) for ground in stands_on),
        *(Pair("text in the side bar", words, ground, TEXT) for words in SIDE_TEXTS for ground in side),
        *(Pair("mark in the side bar", tokens.side_mark, ground, PART) for ground in side),
    )


def _move(start: Oklch, step: float, grounds: tuple[str, ...], least: float) -> str:
    """Return the first colour with enough contrast, walking lightness from `start` by `step` up to black or white."""
    lightness = min(0.999, max(0.001, start.lightness))
    while 0 < lightness < 1:
        colour = to_hex(replace(start, lightness=lightness))
        if worst(colour, *grounds) >= least:
            return colour
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def _kept(given: str, grounds: tuple[str, ...], least: float) -> str:
    """Return a colour as it was given when light grounds allow it, else the nearest darker one that passes."""
    return given if worst(given, *grounds) >= least else _move(to_oklch(given), -STEP, grounds, least)


def _tone(colour: Oklch, lightness: float, chroma: float) -> Oklch:
    """Return a tone of the same hue, at most as vivid as `chroma`."""
    return Oklch(lightness, min(colour.chroma, chroma), colour.hue)


def _light(given: str, accent_given: str) -> Tokens:
    tint = _move(_tone(to_oklch(given), 0.95, 0.014), STEP, (LIGHT.ink, LIGHT.ink_2), TEXT)
    grounds = (*LIGHT.all, tint)
    brand = _kept(given, grounds, TEXT)
    shown = to_oklch(brand)
    # A brand that is nearly black has no darker neighbour to show that a button is pointed at: it goes lighter.
    beside = shown.lightness - 0.09 if shown.lightness > 0.22 else 0.34
    strong = _move(Oklch(beside, 0.85 * shown.chroma, shown.hue), -STEP, grounds, TEXT)
    side = to_hex(_tone(to_oklch(strong), min(0.33, to_oklch(strong).lightness), 0.12))
    accent = _kept(accent_given, grounds, PART)
    return Tokens(brand, strong, tint, "#ffffff", accent, side, _mark(side, accent_given))


def _dark(given: str, accent_given: str) -> Tokens:
    hue = to_oklch(given)
    tint = _move(_tone(hue, 0.29, 0.045), -STEP, (DARK.ink, DARK.ink_2), TEXT)
    grounds = (*DARK.all, tint)
    brand = _move(_tone(hue, max(hue.lightness, 0.79), 0.13), STEP, grounds, TEXT)
    shown = to_oklch(brand)
    beside = shown.lightness + 0.08 if shown.lightness < 0.91 else shown.lightness - 0.08
    strong = _move(replace(shown, lightness=beside), STEP, grounds, TEXT)
    on_brand = _move(_tone(hue, 0.22, 0.05), -STEP, (brand, strong), TEXT)
    accent = _lifted(accent_given, 0.74, grounds)
    side = to_hex(_tone(hue, 0.25, 0.05))
    return Tokens(brand, strong, tint, on_brand, accent, side, _mark(side, accent_given))


def _lifted(accent: str, lightness: float, grounds: tuple[str, ...]) -> str:
    """Return the accent light enough to be seen on dark grounds."""
    start = to_oklch(accent)
    return _move(replace(start, lightness=max(start.lightness, lightness)), STEP, grounds, PART)


def _mark(side: str, accent: str) -> str:
    """Return the accent as the mark of the current row in the side bar."""
    return _lifted(accent, 0.78, (side, mix("#ffffff", side, SIDE_HOVER)))
