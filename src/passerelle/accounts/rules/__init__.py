"""Questions about logins and passwords. Pure: they read what they are given and change nothing."""

from passerelle.accounts.rules.logins import (
    ALPHABET,
    api_key_digest,
    check_character,
    fold_login,
    new_login,
    well_formed_login,
)
from passerelle.accounts.rules.passwords import (
    former_password_counts,
    may_keep_password,
    may_sign_in_with,
    normal_password,
    password_ends_at,
    password_faults,
    shortest_password,
)
from passerelle.accounts.rules.states import lifters_of, may_lift, may_use_login, standing

__all__ = [
    "ALPHABET",
    "api_key_digest",
    "check_character",
    "fold_login",
    "former_password_counts",
    "lifters_of",
    "may_keep_password",
    "may_lift",
    "may_sign_in_with",
    "may_use_login",
    "new_login",
    "normal_password",
    "password_ends_at",
    "password_faults",
    "shortest_password",
    "standing",
    "well_formed_login",
]
