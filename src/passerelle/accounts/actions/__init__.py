"""Writes on logins. Each is one transaction: lock, check, change, audit."""

from passerelle.accounts.actions.identities import forget_identity, link_identity
from passerelle.accounts.actions.logins import create_login
from passerelle.accounts.actions.passwords import (
    Changed,
    EndedSession,
    Prepared,
    Temporary,
    change_password,
    forget_former_passwords,
    keep_password,
    make_temporary,
    new_temporary,
    set_password,
    spend_temporary,
    with_prepared,
)
from passerelle.accounts.actions.staff import create_api_key, revoke_api_key, set_roles
from passerelle.accounts.actions.states import change_state, end_sessions, lock

__all__ = [
    "Changed",
    "EndedSession",
    "Prepared",
    "Temporary",
    "change_password",
    "change_state",
    "create_api_key",
    "create_login",
    "end_sessions",
    "forget_former_passwords",
    "forget_identity",
    "keep_password",
    "link_identity",
    "lock",
    "make_temporary",
    "new_temporary",
    "revoke_api_key",
    "set_password",
    "set_roles",
    "spend_temporary",
    "with_prepared",
]
