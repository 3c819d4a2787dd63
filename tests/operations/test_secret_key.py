"""Former secret keys as a setting: contradictions stop the start and tell no key (I11)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from passerelle.config.env import Environment, secret_key_fallbacks
from passerelle.operations.doctor import State
from passerelle.operations.doctor import settings as questions

KEY = "the present key of forty characters or more ..."
OLD = "a former key, with commas, of forty characters"


def fallbacks(given: str, key: str = KEY) -> list[str]:
    return secret_key_fallbacks(Environment(secret_key_fallbacks=given), key)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", []),
        (" \n , ", []),
        ("x" * 40, ["x" * 40]),
        (f"{'x' * 40},{'y' * 40}", ["x" * 40, "y" * 40]),
        (f" {'x' * 40} , {'y' * 40},", ["x" * 40, "y" * 40]),
        (f"{'x' * 40},{'x' * 40}", ["x" * 40]),
        (f"{OLD}\r\n{'y' * 40}", [OLD, "y" * 40]),
    ],
)
def test_former_keys_are_separated_by_commas_or_stand_one_a_line(given: str, kept: list[str]) -> None:
    assert fallbacks(given) == kept


@pytest.mark.parametrize("given", [KEY, f"{'x' * 40},{KEY}", f"{KEY}\n{'x' * 40}", "short", OLD, f"{'x' * 40},abc"])
def test_contradictions_stop_the_start_and_tell_no_key(given: str) -> None:
    with pytest.raises(ValueError, match="PASSERELLE_SECRET_KEY_FALLBACKS") as stopped:
        fallbacks(given)
    assert given not in str(stopped.value)
    assert KEY not in str(stopped.value)


def test_former_keys_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"{OLD}\n{'y' * 40}\n")
    monkeypatch.setenv("PASSERELLE_SECRET_KEY_FALLBACKS_FILE", str(path))
    assert secret_key_fallbacks(Environment(), KEY) == [OLD, "y" * 40]


def test_the_doctor_warns_of_a_short_former_key(settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = ["twenty-five characters ..."]
    found = list(questions.keys())
    (warning,) = [finding for finding in found if finding.state is State.WARN and "short" in finding.found]
    assert "twenty-five" not in warning.found + warning.to_do
