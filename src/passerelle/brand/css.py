"""The brand as custom properties, a style sheet of its own: the content security policy allows no inline style."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from passerelle.brand.fonts import FONTS
from passerelle.brand.load import current
from passerelle.brand.model import Brand, Look
from passerelle.brand.palette import Tokens


def css_text(brand: Brand | None = None) -> str:
    """Return the style sheet of the tokens. It stands outside every cascade layer, so it wins over the defaults."""
    return _written((brand or current()).look)


def css_hash(brand: Brand | None = None) -> str:
    """Return the part of the sheet's address that changes whenever the sheet does."""
    return hashlib.sha256(css_text(brand).encode()).hexdigest()[:12]


@lru_cache(maxsize=8)
def _written(look: Look) -> str:
    palette = look.palette
    dark = _declarations(palette.dark)
    # A page without a theme follows the system, as with "auto". On paper the light set holds.
    return (
        f":root{{{_declarations(palette.light)};--radius:{look.radius}px;--font-brand:{FONTS[look.font]}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}}}\n"
    )


def _declarations(tokens: Tokens) -> str:
    return ";".join(f"--{name}:{value}" for name, value in tokens.items())
