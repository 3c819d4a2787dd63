"""Mail addresses: may we write to it, when are two the same, which domain stands behind it."""

from __future__ import annotations

import re
import unicodedata

from passerelle import brand

MOST = 254  # RFC 5321, with the angle brackets counted
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def check(address: str) -> str:
    """Why this is not an address we can write to, as a code; empty when it is one.

    Codes: empty, too_long, control (a line break or another character nobody can type), space, no_at, many_ats,
    local_part, domain. Stricter than the standard on purpose: quoted names and network addresses are refused.
    """
    if not address:
        return "empty"
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in address):
        return "control"
    if len(address) > MOST or len(address.encode()) > MOST:
        return "too_long"
    if any(c.isspace() for c in address):
        return "space"
    local, at, host = address.partition("@")
    if not at:
        return "no_at"
    if "@" in host:
        return "many_ats"
    if len(local) > 64 or not _LOCAL.fullmatch(local):
        return "local_part"
    return "" if _is_domain(fold_domain(host)) else "domain"


def _is_domain(name: str) -> bool:
    labels = name.split(".")
    return (
        len(labels) > 1
        and len(name) <= 253
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )


def fold(email: str) -> str:
    """The key under which an address is unique: compatibility forms, case and the domain's spelling set aside."""
    local, at, host = unicodedata.normalize("NFKC", email.strip()).rpartition("@")
    key = unicodedata.normalize("NFKC", local.casefold())
    return f"{key}{at}{fold_domain(host)}"


def fold_domain(name: str) -> str:
    """A domain in the one spelling that is compared and stored: lower case, international ones as xn--."""
    folded = unicodedata.normalize("NFKC", name.strip()).casefold().removesuffix(".")
    try:
        return folded.encode("idna").decode("ascii")
    except UnicodeError:
        return folded


def domain(email: str) -> str:
    """The domain of an address, folded."""
    return fold_domain(email.rpartition("@")[2])


def is_free_mail(email: str) -> bool:
    """Whether anybody can have an address there, so that the domain says nothing about a company (decision 7)."""
    return brand.current().mail.is_free(domain(email))
