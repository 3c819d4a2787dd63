"""What a password must be (decision 12)."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from passerelle import brand
from passerelle.accounts.models import Person

# Passwords that stand at the top of every list of leaked ones, beside patterns checked below.
_COMMON_ROOTS = (
    "password", "motdepasse", "azerty", "qwerty", "qwertz", "123456", "abcdef", "letmein", "welcome", "bienvenue",
    "administrator", "iloveyou", "jetaime", "soleil", "dragon", "football", "supplier", "fournisseur", "changeme",
    "passw0rd", "p@ssword", "p@ssw0rd", "secret",
)  # fmt: skip


def password_faults(password: str, person: Person) -> list[str]:
    """What a new password lacks, as codes: `short`, `long`, `common`, `personal`, `same` (decision 12).

    No composition rules. Any character is allowed; length counts characters of the normalised text.
    """
    policies = brand.current().policies
    text = normal_password(password)
    faults = []
    if len(text) < policies.password_min_length:
        faults.append("short")
    if len(text) > policies.password_max_length:
        faults.append("long")
    folded = "".join(char for char in text.casefold() if not char.isspace())
    if _is_common(folded):
        faults.append("common")
    if _is_personal(folded, person):
        faults.append("personal")
    if person.has_usable_password() and person.check_password(text):
        faults.append("same")
    return faults


def normal_password(password: str) -> str:
    """One form for the same visible text, so that a password typed on another keyboard matches (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _is_common(folded: str) -> bool:
    if len(set(folded)) <= 3:
        return True
    if any(folded.replace(root, "").strip("0123456789!.?*-_#@") == "" for root in _COMMON_ROOTS if root in folded):
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(folded)}
    return steps in ({1}, {-1}, {0})


def _is_personal(folded: str, person: Person) -> bool:
    own = [person.login, person.first_name, person.last_name, person.email, person.email.partition("@")[0]]
    own += [*person.email.partition("@")[2].split(".")[:1], brand.current().organisation.short_name]
    rest = folded
    for word in sorted((part.casefold() for part in own if len(part) >= 4), key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(folded) - len(rest) >= 4 and len(rest) < 8
