"""What a password must be (decision 12)."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.core.verdict import Verdict, no, yes

# Passwords that stand at the top of every list of leaked ones, beside patterns checked below.
_COMMON_ROOTS = (
    "password", "motdepasse", "azerty", "qwerty", "qwertz", "123456", "abcdef", "letmein", "welcome", "bienvenue",
    "administrator", "iloveyou", "jetaime", "soleil", "dragon", "football", "supplier", "fournisseur", "changeme",
    "passw0rd", "p@ssword", "p@ssw0rd", "secret",
)  # fmt: skip


# What people put around and into a known password so that it looks like another one.
_TRIMMINGS = re.compile(r"^[\d\W_]{0,8}|[\d\W_]{0,8}$")
_LEET = str.maketrans("@4031!5$7", "aaoeiisst")


def shortest_password(*, has_factor: bool) -> int:
    """How many characters a new password needs at least: fewer beside a second factor (decision 12)."""
    policies = brand.current().policies
    return policies.password_min_length_with_factor if has_factor else policies.password_min_length


def password_faults(password: str, person: Person, *, has_factor: bool = False, same: bool | None = None) -> list[str]:
    """What a new password lacks, as codes: `short`, `long`, `common`, `personal`, `same` (decision 12).

    No composition rules. Any character is allowed; length counts characters of the normalised text. `same` is whether
    it is the present one; None computes a hash to find out.
    """
    policies = brand.current().policies
    text = normal_password(password)
    faults = []
    if len(text) < shortest_password(has_factor=has_factor):
        faults.append("short")
    if len(text) > policies.password_max_length:
        faults.append("long")
    folded = "".join(char for char in text.casefold() if not char.isspace())
    if _is_common(folded):
        faults.append("common")
    if _is_personal(folded, person):
        faults.append("personal")
    if same is None:
        same = person.has_usable_password() and check_password(text, person.password)
    if same:
        faults.append("same")
    return faults


def password_ends_at(person: Person, *, has_factor: bool) -> datetime | None:
    """When the password expires by its age; None: never, as with a passkey or an authenticator (decision 12)."""
    days = brand.current().policies.password_age_days
    if not days or has_factor or person.password_changed_at is None:
        return None
    return person.password_changed_at + timedelta(days=days)


def may_keep_password(person: Person, *, has_factor: bool, now: datetime) -> Verdict:
    """Whether the password holds, or must be changed before anything else: given for once, or too old (D5)."""
    if person.must_change_since is not None:
        return no("password_must_change", actor="person", next_action="change_password", since=person.must_change_since)
    ends_at = password_ends_at(person, has_factor=has_factor)
    if ends_at is not None and ends_at <= now:
        return no("password_expired", actor="person", next_action="change_password", since=ends_at)
    return yes("password_holds")


def may_sign_in_with(person: Person, *, now: datetime) -> Verdict:
    """Whether a password that was found right still opens a sign-in: a temporary one does so once and for a while."""
    if person.temporary_until is not None and person.temporary_until <= now:
        return no("temporary_password_ended", actor="person", next_action="recover", since=person.temporary_until)
    return yes("password_opens")


def former_password_counts(person: Person, *, now: datetime) -> bool:
    """Whether typing the previous password means something (D7): for some days after a change, but not while a
    temporary password stands in for a forgotten one, which was not its owner's choice."""
    days = brand.current().policies.former_password_days
    if not person.previous_password or person.previous_password_at is None or person.temporary_until is not None:
        return False
    return now < person.previous_password_at + timedelta(days=days)


def normal_password(password: str) -> str:
    """One form for the same visible text, so that a password typed on another keyboard matches (NFKC)."""
    return unicodedata.normalize("NFKC", password)


@cache
def _known() -> frozenset[str]:
    """Twenty thousand passwords of published leaks, as Django ships them."""
    return frozenset(CommonPasswordValidator().passwords)


def _is_known(folded: str) -> bool:
    """Whether a known password is all there is to it: as it stands, said twice, trimmed, or in borrowed letters."""
    for text in (folded, folded.translate(_LEET)):
        for core in (text, _TRIMMINGS.sub("", text)):
            if core in _known() or any(core == part * (len(core) // size) for size, part in _parts(core)):
                return True
    return False


def _parts(text: str) -> list[tuple[int, str]]:
    """The known passwords that a text may be a repetition of, with their lengths."""
    sizes = [size for size in range(3, len(text) // 2 + 1) if len(text) % size == 0]
    return [(size, text[:size]) for size in sizes if text[:size] in _known()]


def _is_common(folded: str) -> bool:
    if len(set(folded)) <= 3 or _is_known(folded):
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
