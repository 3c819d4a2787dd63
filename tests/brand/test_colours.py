"""Whatever colours a brand gives, every pair on a page is readable in light and dark (WCAG 1.4.3 and 1.4.11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.brand.colour import contrast, mix, to_hex, to_oklch
from passerelle.brand.palette import DARK, LIGHT, derive, pairs

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")

# Colours that broke designs before: too pale, too dark, too vivid, no hue at all.
NASTY = ["#000000", "#ffffff", "#ffcc00", "#f57c00", "#1e88e5", "#00ff00", "#ff0000", "#0000ff", "#808080", "#010000"]


def failures(brand: str, accent: str) -> list[str]:
    palette = derive(brand, accent)
    return [
        f"{theme}: {pair.what}: {pair.one} on {pair.other} {pair.ratio:.2f} < {pair.least}"
        for theme, tokens, grounds in (("light", palette.light, LIGHT), ("dark", palette.dark, DARK))
        for pair in pairs(tokens, grounds)
        if pair.ratio < pair.least
    ]


@given(colours, colours)
def test_every_pair_passes_for_any_two_colours(brand: str, accent: str) -> None:
    assert failures(brand, accent) == []


@pytest.mark.parametrize("accent", NASTY)
@pytest.mark.parametrize("brand", NASTY)
def test_every_pair_passes_for_the_worst_colours(brand: str, accent: str) -> None:
    assert failures(brand, accent) == []


@pytest.mark.parametrize(("brand", "accent"), [("#0b4f6c", "#c8500a"), ("#5b2333", "#b07a00")])
def test_colours_that_pass_are_kept(brand: str, accent: str) -> None:
    assert derive(brand, accent).light.brand == brand


def test_an_accent_that_passes_is_kept() -> None:
    assert derive("#0b4f6c", "#c8500a").light.accent == "#c8500a"


@given(colours)
def test_a_button_pointed_at_looks_different(brand: str) -> None:
    palette = derive(brand, "#c8500a")
    for tokens in (palette.light, palette.dark):
        assert contrast(tokens.brand, tokens.brand_strong) > 1.05


@given(colours)
def test_the_hue_stays_the_brands(brand: str) -> None:
    if to_oklch(brand).chroma < 0.05:
        return
    shown = to_oklch(derive(brand, "#c8500a").light.brand)
    if shown.chroma > 0.04:
        turn = abs(shown.hue - to_oklch(brand).hue)
        assert min(turn, 6.2832 - turn) < 0.2


@given(colours)
def test_a_colour_survives_the_way_through_the_space(colour: str) -> None:
    back = to_hex(to_oklch(colour))
    assert all(abs(int(colour[at : at + 2], 16) - int(back[at : at + 2], 16)) <= 1 for at in (1, 3, 5))


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ffcc00", "#ffffff") == pytest.approx(1.51, abs=0.01)


def test_a_veil_mixes_as_browsers_do() -> None:
    assert mix("#ffffff", "#000000", 0.5) == "#808080"
