"""Questions about logins and passwords. Pure: they read what they are given and change nothing."""

from passerelle.accounts.rules.logins import (
    ALPHABET,
    api_key_digest,
    check_character,
    fold_login,
    new_login,
    well_formed_login,
)
from passerelle.accounts.rules.passwords import normal_password, password_faults
from passerelle.accounts.rules.states import lifters_of, may_lift, may_use_login, standing

__all__ = [
    "ALPHABET",
    "api_key_digest",
    "check_character",
    "fold_login",
    "lifters_of",
    "may_lift",
    "may_use_login",
    "new_login",
    "normal_password",
    "password_faults",
    "standing",
    "well_formed_login",
]
