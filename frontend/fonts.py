"""Makes static TrueType fonts for PDFs: typst reads no woff2 and no variable fonts, and system fonts are off.

Each family comes as two subsets (latin, latin-ext); typst falls back from one to the other by name, so each subset
keeps the family's name with its own suffix.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "node_modules" / "@fontsource-variable"
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "src/passerelle/static/build") / "pdf-fonts"

# (package, style of the file, family, weight, name of the style)
FACES = [
    ("atkinson-hyperlegible-next", "normal", "Atkinson Hyperlegible Next", 400, "Regular"),
    ("atkinson-hyperlegible-next", "normal", "Atkinson Hyperlegible Next", 700, "Bold"),
    ("atkinson-hyperlegible-next", "italic", "Atkinson Hyperlegible Next", 400, "Italic"),
    ("atkinson-hyperlegible-mono", "normal", "Atkinson Hyperlegible Mono", 400, "Regular"),
    ("atkinson-hyperlegible-mono", "normal", "Atkinson Hyperlegible Mono", 700, "Bold"),
]
SUBSETS = [("latin", ""), ("latin-ext", " Ext")]


def make(source: Path, family: str, weight: int, style: str) -> None:
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(source)
    font = instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font.flavor = None
    names = font["name"]
    italic, bold = style == "Italic", weight >= 600
    full, file_name = f"{family} {style}", f"{family}-{style}".replace(" ", "")
    for record in list(names.names):
        if record.nameID in {16, 17, 21, 22, 25}:
            names.removeNames(nameID=record.nameID)
    for number, text in ((1, family), (2, style), (3, full), (4, full), (6, file_name)):
        names.setName(text, number, 3, 1, 0x409)
        names.setName(text, number, 1, 0, 0)
    font["OS/2"].usWeightClass = weight
    selection = font["OS/2"].fsSelection & ~0b1100001
    selection |= (0b1 if italic else 0) | (0b100000 if bold else 0) | (0 if italic or bold else 0b1000000)
    font["OS/2"].fsSelection = selection
    font["head"].macStyle = (1 if bold else 0) | (2 if italic else 0)
    font.save(OUT / f"{file_name}.ttf")


def main() -> None:
    try:
        import fontTools  # noqa: F401
    except ImportError:
        sys.exit("The fonts of PDFs need the Python package fonttools[woff]. Install the dependency group build.")
    OUT.mkdir(parents=True, exist_ok=True)
    for package, kind, family, weight, style in FACES:
        for subset, suffix in SUBSETS:
            source = FILES / package / "files" / f"{package}-{subset}-wght-{kind}.woff2"
            make(source, family + suffix, weight, style)
    print(f"Fonts for PDFs: {len(list(OUT.glob('*.ttf')))} files.")


if __name__ == "__main__":
    main()
