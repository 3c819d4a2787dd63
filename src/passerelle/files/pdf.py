"""Tagged PDFs (PDF/UA-1) from Typst templates: with language and title, without system fonts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

_PACKAGE = Path(__file__).resolve().parents[1]
TEMPLATES = _PACKAGE / "templates" / "pdf"
FONTS = _PACKAGE / "static" / "build" / "pdf-fonts"


def draw(template: str, data: dict[str, Any]) -> bytes:
    """Draw a template with data, which it reads from `sys.inputs.data` as JSON. Raises typst.TypstError on a fault of
    the template; the data is never interpreted as markup."""
    content: bytes = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
    return content
