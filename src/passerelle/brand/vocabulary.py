"""The words of the trade that a brand may replace (specification, Vocabulary)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from passerelle.brand.text import Text, text


class Term(BaseModel):
    """A word of the vocabulary, written as in the middle of a sentence, and its plural."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    singular: Text
    plural: Text

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        """Accept a bare text: a word that is its own plural, as many codes and abbreviations are."""
        if isinstance(value, str) or (isinstance(value, dict) and "singular" not in value and "plural" not in value):
            return {"singular": value, "plural": value}
        if isinstance(value, dict) and "singular" in value and "plural" not in value:
            return {**value, "plural": value["singular"]}
        return value

    def __str__(self) -> str:
        return str(self.singular)


def _term(en: str, ens: str, fr: str, frs: str) -> Term:
    return Term(singular=text(en, fr), plural=text(ens, frs))


class Vocabulary(BaseModel):
    """Each term with its default. A brand replaces some; the others keep these words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suppliers_database: Term = _term(
        "Suppliers Database", "Suppliers Databases", "Base fournisseurs", "Bases fournisseurs"
    )
    company: Term = _term("company", "companies", "société", "sociétés")
    cofor: Term = _term("COFOR", "COFORs", "COFOR", "COFOR")
    site: Term = _term("site", "sites", "site", "sites")
    site_code: Term = _term("site code", "site codes", "code site", "codes site")
    suco: Term = _term("SUCO", "SUCOs", "SUCO", "SUCO")
    duns: Term = _term("D-U-N-S Number", "D-U-N-S Numbers", "numéro D-U-N-S", "numéros D-U-N-S")
    company_file: Term = _term("company file", "company files", "dossier de présentation", "dossiers de présentation")
    legal_representative: Term = _term(
        "legal representative", "legal representatives", "représentant légal", "représentants légaux"
    )
    plsa: Term = _term("PLSA", "PLSAs", "ASL Tiers", "ASL Tiers")
    user: Term = _term("user", "users", "utilisateur", "utilisateurs")
    b2b_login: Term = _term("B2B login", "B2B logins", "identifiant B2B", "identifiants B2B")
    passport: Term = _term("passport", "passports", "passeport", "passeports")
    application: Term = _term("application", "applications", "application", "applications")
    general_terms: Term = _term(
        "General Terms of Use",
        "General Terms of Use",
        "conditions générales d'utilisation",
        "conditions générales d'utilisation",
    )
    private_area: Term = _term("private area", "private areas", "espace privé", "espaces privés")
    purchasing: Term = _term(
        "Purchasing Department", "Purchasing Departments", "direction des Achats", "directions des Achats"
    )
    assistance: Term = _term("Assistance", "Assistance", "Assistance", "Assistance")
    editor: Term = _term("editor", "editors", "rédaction", "rédactions")

    def term(self, name: str, lang: str | None = None, plural: bool = False) -> str:
        """Return the brand's word for `name` in `lang` (the current language if none), as inside a sentence."""
        if name not in type(self).model_fields:
            known = ", ".join(sorted(type(self).model_fields))
            raise KeyError(f"{name!r} is no term of the vocabulary. Known: {known}")
        term: Term = getattr(self, name)
        words = term.plural if plural else term.singular
        return str(words) if lang is None else words.get(lang)

    def label(self, name: str, lang: str | None = None, plural: bool = False) -> str:
        """Return the word as it opens a label or a heading: with a capital."""
        word = self.term(name, lang, plural)
        return word[:1].upper() + word[1:]
