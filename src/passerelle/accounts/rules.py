"""Questions about logins and passwords. Pure: they read what they are given and change nothing."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from itertools import pairwise

from passerelle import brand
from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.core.verdict import Verdict, no, yes

# Without 0 O 1 I L: a login is read out on the phone (decision 11).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RANDOM = 6


def check_character(body: str) -> str:
    """The last character of a login: a weighted sum that finds every single mistyped character and every swap of
    neighbours (the alphabet has a prime number of characters, 31)."""
    total = sum((place + 2) * ALPHABET.index(char) for place, char in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def new_login(prefix: str) -> str:
    """A random login: the prefix, six characters and a check character (D1). Uniqueness is the table's business."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return f"{prefix}{body}{check_character(body)}"


def fold_login(typed: str) -> str:
    """A login as typed, to the form it is found by: any case, spaces and hyphens forgiven."""
    text = typed
    # What one pass leaves out may let neighbours compose in the next; after the third nothing is left to compose.
    for _ in range(3):
        upper = unicodedata.normalize("NFKC", text).upper()
        text = "".join(char for char in upper if not char.isspace() and char != "-")
    return text


def well_formed_login(login: str) -> bool:
    """Whether the login could have been given by this portal: prefix, alphabet, length and check character."""
    codes = brand.current().codes
    for prefix in (codes.login_prefix, codes.staff_prefix):
        body = login[len(prefix) :]
        if login.startswith(prefix) and len(body) == _RANDOM + 1 and all(char in ALPHABET for char in body):
            return check_character(body[:-1]) == body[-1]
    return False


def may_use_login(person: Person) -> Verdict:
    """Whether the state of the login lets its person enter, and who can lift what stops it (D3)."""
    state = LoginState(person.state)
    if state is LoginState.ACTIVE:
        return yes("login_active")
    if state is LoginState.SUSPENDED:
        return no("login_suspended", actor="plsa", next_action="contact_plsa", since=person.state_since)
    if state is LoginState.BLOCKED:
        return no("login_blocked", actor="assistance", next_action="contact_assistance", since=person.state_since)
    return no("login_deleted", actor="plsa", next_action="contact_plsa", since=person.state_since)


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


def api_key_digest(value: str) -> str:
    """Keys are 256 random bits, so a plain digest keeps them; a slow hash would only slow the API."""
    return hashlib.sha256(value.encode()).hexdigest()
