"""A text of the brand in several languages. Needs nothing of Django until it is shown."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

FALLBACK_LANGUAGE = "en"


class Text(BaseModel):
    """A text with one version a language; ``str()`` gives the version of the current language.

    In ``brand.toml`` it is a table (``{ en = "…", fr = "…" }``) or, where the words are the same
    everywhere, a plain string. English is the version shown in a language that has none of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    versions: tuple[tuple[str, str], ...]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = {FALLBACK_LANGUAGE: value}
        if not isinstance(value, dict) or "versions" in value:
            return value
        if FALLBACK_LANGUAGE not in value:
            raise ValueError('has no English version; add en = "…"')
        for language, words in value.items():
            if not isinstance(words, str) or not words.strip():
                raise ValueError(f'has no words in "{language}"; write them or leave the language out')
        return {"versions": tuple((language, words.strip()) for language, words in value.items())}

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(language for language, _ in self.versions)

    def get(self, language: str | None = None) -> str:
        """Return the version in `language` (``fr-ca`` falls back on ``fr``), else the English one."""
        versions = dict(self.versions)
        wanted = (language or FALLBACK_LANGUAGE).lower()
        return versions.get(wanted) or versions.get(wanted.split("-")[0]) or versions[FALLBACK_LANGUAGE]

    def __str__(self) -> str:
        # Imported here because settings read the brand before Django is ready.
        from django.utils.translation import get_language

        return self.get(get_language())


def text(en: str, fr: str) -> Text:
    """Write a default in the two languages every brand speaks."""
    return Text(versions=(("en", en), ("fr", fr)))
