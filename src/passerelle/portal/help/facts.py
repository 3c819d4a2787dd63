"""What the texts may name in braces: the brand's words, its promises and numbers, and the addresses of pages."""

from __future__ import annotations

import re

from passerelle.brand import Brand
from passerelle.brand.vocabulary import Vocabulary
from passerelle.web.navigation import address

_NAME = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)(\+?)\}")

PLACES = {
    "access_url": "get-an-access/",
    "unknown_code_url": "get-an-access/unknown-code/",
    "present_url": "present-your-company/",
    "sign_in_url": "sign-in/",
    "forgotten_password_url": "forgotten-password/",
    "password_url": "password/",
    "forgotten_login_url": "forgotten-login/",
    "help_url": "help/",
    "glossary_url": "help/glossary/",
    "contact_url": "help/contact/",
    "information_url": "information/",
    "guide_url": "information/guide/",
    "terms_url": "information/general-terms/",
    "browsers_url": "browsers/",
}
_POLICIES = (
    "link_days",
    "activation_link_days",
    "recovery_minutes",
    "opening_lapse_days",
    "resends_a_day",
    "password_min_length",
    "password_min_length_with_factor",
    "session_idle_minutes",
    "session_max_hours",
)


def facts(brand: Brand, language: str) -> dict[str, str]:
    """Every fact by its name. A term stands there as inside a sentence, with a capital, and in the plural (`name+`)."""
    found: dict[str, str] = {name: address(path, language) for name, path in PLACES.items()}
    for name in Vocabulary.model_fields:
        found[name] = brand.term(name, language)
        found[f"{name}+"] = brand.term(name, language, plural=True)
        found[name[:1].upper() + name[1:]] = brand.label(name, language)
    for name in _POLICIES:
        found[name] = str(getattr(brand.policies, name))
    contact, codes = brand.contact, brand.codes
    return found | {
        "verification_delay": brand.policies.verification_delay.get(language),
        "organisation": brand.organisation.name,
        "short_name": brand.organisation.short_name,
        "assistance_email": contact.assistance_email,
        "assistance_phone": contact.assistance_phone,
        "registration_email": contact.registration_email,
        "hours": contact.hours.get(language),
        "answer_delay": contact.answer_delay.get(language),
        "cofor_shape": codes.cofor_shape.get(language),
        "cofor_where": codes.cofor_where.get(language),
        "cofor_example": codes.cofor_example,
        "login_prefix": codes.login_prefix,
    }


def fill(text: str, known: dict[str, str]) -> str:
    """The text with its names filled in. Raises `KeyError` for a name that nobody knows: a fault of the text."""
    return _NAME.sub(lambda found: known[found[1] + found[2]], text)
