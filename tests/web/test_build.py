"""What the front-end build makes: small, ours alone, nothing of a government, no host of others."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "src/passerelle/static/build"
TEXTS = sorted(path for pattern in ("*.css", "*.js", "*.svg") for path in BUILD.rglob(pattern))
SOURCES = [
    path
    for folder in ("frontend", "src/passerelle/templates", "src/passerelle/web", "brands")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".css", ".scss", ".js", ".mjs", ".html", ".toml", ".svg"} and path.is_file()
]

pytestmark = pytest.mark.skipif(not TEXTS, reason="the front end is not built; run python frontend/build.py")


def test_no_output_names_government_letters_crown_or_mark() -> None:
    for path in TEXTS:
        text = path.read_text("utf-8").lower()
        for banned in ("gds transport", "govuk-crest", "crown", "marianne", "govuk-header", "govuk-footer"):
            assert banned not in text, f"{path.name}: {banned}"


def test_no_output_names_a_host_of_others() -> None:
    # www.w3.org stands in names of XML namespaces, which nothing ever fetches.
    for path in TEXTS:
        hosts = set(re.findall(r"(?:https?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)", path.read_text("utf-8"), re.I))
        assert hosts <= {"www.w3.org"}, f"{path.name}: {hosts}"


def test_no_source_loads_anything_from_elsewhere() -> None:
    for path in SOURCES:
        loads = re.findall(r"""(?:src|srcset|@import|url\()\s*=?\s*["'(]?\s*(https?:)?//""", path.read_text("utf-8"))
        assert loads == [], path


def test_no_template_has_an_inline_style_or_handler() -> None:
    for path in (ROOT / "src/passerelle/templates").rglob("*.html"):
        if "mails" in path.parts:
            continue  # mail programs know no style sheets
        text = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']|<script(?![^>]*\ssrc=)", text), path


@pytest.mark.parametrize("limit", [{"portal.css": 30}, {"portal.js": 25, "htmx.js": 0}])
def test_style_sheet_and_scripts_stay_within_their_budget(limit: dict[str, int]) -> None:
    size = sum(len(gzip.compress((BUILD / name).read_bytes(), 9)) for name in limit)
    assert size <= sum(limit.values()) * 1024


def test_a_first_page_loads_little_type() -> None:
    names = (
        "atkinson-hyperlegible-next-latin",
        "atkinson-hyperlegible-next-latin-ext",
        "atkinson-hyperlegible-mono-latin",
    )
    size = sum((BUILD / "fonts" / f"{name}-wght-normal.woff2").stat().st_size for name in names)
    assert size <= 90 * 1024


def test_every_icon_a_page_asks_for_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (BUILD / "icons.svg").read_text("utf-8")))
    assert len(known) >= 20
    for path in (ROOT / "src/passerelle/templates").rglob("*.html"):
        text = path.read_text("utf-8")
        asked = set(re.findall(r'<c-icon[^>]*?\sname="([^"{]+)"', text)) | set(
            re.findall(r'<c-(?:button|link-button|empty-state)[^>]*?\sicon="([^"{]+)"', text)
        )
        assert asked <= known, f"{path.name}: {asked - known}"


def test_fonts_for_pdfs_are_static_and_carry_their_own_names() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    for path in sorted((BUILD / "pdf-fonts").glob("*.ttf")):
        font = ttlib.TTFont(path)
        assert "fvar" not in font, path.name
        assert font["name"].getDebugName(6) == path.stem
        font.close()


def test_packages_are_pinned_and_the_lock_names_no_registry() -> None:
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    for name, version in package["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text("utf-8")


def test_an_unchanged_front_end_is_not_built_again() -> None:
    before = (BUILD / "portal.css").stat().st_mtime_ns
    done = subprocess.run(
        [sys.executable, str(ROOT / "frontend/build.py")], capture_output=True, text=True, check=True, timeout=300
    )
    if "up to date" not in done.stdout:
        pytest.skip("sources changed since the last build")
    assert (BUILD / "portal.css").stat().st_mtime_ns == before


def test_the_style_sheet_knows_every_token_the_brand_writes() -> None:
    from passerelle import brand

    tokens = set(re.findall(r"(--[a-z0-9-]+):", brand.css_text()))
    sheet = (BUILD / "portal.css").read_text("utf-8")
    assert {token for token in tokens if f"{token}:" not in sheet or f"var({token})" not in sheet} == set()
