"""States of a login, and what may follow what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoginState(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    BLOCKED = "blocked", _("Blocked")
    DELETED = "deleted", _("Deleted")


class PersonKind(models.TextChoices):
    SUPPLIER = "supplier", _("Person of a company")
    STAFF = "staff", _("Staff of the group")


# Deleted is a tombstone: nothing leaves it, so that a login is never used again (D1).
MOVES: dict[LoginState, frozenset[LoginState]] = {
    LoginState.ACTIVE: frozenset({LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED}),
    LoginState.SUSPENDED: frozenset({LoginState.ACTIVE, LoginState.BLOCKED, LoginState.DELETED}),
    LoginState.BLOCKED: frozenset({LoginState.ACTIVE, LoginState.SUSPENDED, LoginState.DELETED}),
    LoginState.DELETED: frozenset(),
}
