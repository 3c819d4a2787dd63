"""Catalogues of translations without GNU gettext.

./passerelle run python scripts/messages.py update          take new strings in, mark what changed
./passerelle run python scripts/messages.py check           what is missing, fuzzy or not written as French is
./passerelle run python scripts/messages.py compile [FILE…]
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = sorted(ROOT.glob("src/passerelle/locale/*/LC_MESSAGES/django.po"))


def compile_catalogue(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3])
    target = path.with_suffix(".mo")
    half = target.with_suffix(".mo.new")
    with half.open("wb") as file:
        write_mo(file, catalogue)
    half.replace(target)  # a server that starts at this moment reads the old file or the new one, never half of it


def main(arguments: list[str]) -> int:
    match arguments:
        case ["compile", *files]:
            for path in map(Path, files or map(str, CATALOGUES)):
                compile_catalogue(path)
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
