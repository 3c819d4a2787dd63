"""The families the portal carries in its own static files. No third party ever serves a letter."""

from __future__ import annotations

# Name in brand.toml → value of --font-brand; the style sheet sets its fallbacks after it.
FONTS = {
    "atkinson": '"Atkinson Hyperlegible Next"',
    "public-sans": '"Public Sans"',
}
