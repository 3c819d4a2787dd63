"""A brand folder to spoil: a copy of the demonstration's, changed line by line."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from passerelle import brand
from passerelle.brand.load import BRANDS

Spoil = Callable[..., Path]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    brand.forget()
    yield
    brand.forget()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BRANDS / "demo", tmp_path / "demo"))


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Replace words of the copy's brand.toml; each must stand there once."""

    def change(*pairs: tuple[str, str]) -> Path:
        path = folder / "brand.toml"
        words = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert words.count(old) == 1, old
            words = words.replace(old, new)
        path.write_text(words, encoding="utf-8")
        return folder

    return change
