"""The tokens as a style sheet of their own, under an address that changes with them."""

from __future__ import annotations

import re

from pytest_django.fixtures import Settings

from passerelle import brand
from passerelle.brand.fonts import FONTS
from passerelle.brand.load import BRANDS
from passerelle.brand.palette import DARK, LIGHT


def test_it_writes_the_tokens_in_light_and_dark() -> None:
    sheet = brand.css_text(brand.load("demo", {}))
    light, system, dark = sheet.splitlines()
    assert light.startswith(":root{--brand:#0b4f6c;")
    assert light.endswith('--radius:3px;--font-brand:"Atkinson Hyperlegible Next"}')
    for name in ("brand", "brand-strong", "brand-tint", "on-brand", "accent", "side", "side-mark"):
        for part in (light, system, dark):
            assert len(re.findall(rf"--{name}:#[0-9a-f]{{6}}[;}}]", part)) == 1
    assert system.startswith("@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){")
    assert dark.startswith("@media screen{:root[data-theme=dark]{")
    assert system.count("{") == system.count("}") == 3 - 1


def test_its_address_changes_with_the_look_alone(settings: Settings) -> None:
    demo, brassac = brand.load("demo", {}), brand.load("brassac", {})
    assert brand.css_hash(demo) != brand.css_hash(brassac)
    assert brand.css_hash(demo) == brand.css_hash(demo.with_policies(link_days=3))
    settings.PASSERELLE_BRAND = brassac
    assert brand.css_hash() == brand.css_hash(brassac)
    assert "--radius:10px" in brand.css_text()


def test_the_style_sheet_carries_what_the_brand_relies_on() -> None:
    """The neutral colours the derivation counts on, and every family a brand may name, stand in the source styles."""
    styles = BRANDS.parent / "frontend"
    tokens = (styles / "styles" / "tokens.css").read_text(encoding="utf-8")
    for grounds in (LIGHT, DARK):
        for colour in (grounds.ink, grounds.ink_2, *grounds.all):
            short = "#fff" if colour == "#ffffff" else colour
            assert short in tokens, f"{colour} is no token any more; change brand/palette.py with it"
    written = "".join(path.read_text(encoding="utf-8") for path in styles.rglob("*.css"))
    written += "".join(path.read_text(encoding="utf-8") for path in styles.glob("*.[mp][jy]*"))
    for family in FONTS.values():
        assert family.strip('"') in written
