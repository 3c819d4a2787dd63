"""States of a login, and what may follow what."""

from __future__ import annotations

from dataclasses import dataclass

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


class StateReason(models.TextChoices):
    """Why a login is not active. Which reason may stand with which state is told by `REASONS`."""

    BY_PLSA = "by_plsa", _("by a PLSA of the company")
    BY_ASSISTANCE = "by_assistance", _("by the Assistance")
    LEFT = "left", _("the person left the company")
    UNUSED = "unused", _("the login was not used for a long time")
    FORMER_PASSWORD = "former_password", _("the former password was typed")
    STOLEN = "stolen", _("its owner reported that somebody else uses it")


class Lifter(models.TextChoices):
    """Who can lift a state."""

    OWNER = "owner", _("the person, by a link sent to the registered address")
    PLSA = "plsa", _("a PLSA of the company")
    ASSISTANCE = "assistance", _("the Assistance")


@dataclass(frozen=True, slots=True)
class Standing:
    """A state with its reason, and who can lift it (D3). Nobody lifts a deletion."""

    state: LoginState
    reason: StateReason
    lifters: frozenset[Lifter]


_TEAM = frozenset({Lifter.PLSA, Lifter.ASSISTANCE})
_DESK = frozenset({Lifter.ASSISTANCE})
_NOBODY: frozenset[Lifter] = frozenset()

STANDINGS: tuple[Standing, ...] = (
    Standing(LoginState.SUSPENDED, StateReason.BY_PLSA, _TEAM),
    Standing(LoginState.SUSPENDED, StateReason.BY_ASSISTANCE, _DESK),
    Standing(LoginState.SUSPENDED, StateReason.LEFT, _TEAM),
    Standing(LoginState.SUSPENDED, StateReason.UNUSED, _TEAM),
    Standing(LoginState.BLOCKED, StateReason.FORMER_PASSWORD, _TEAM | {Lifter.OWNER}),
    Standing(LoginState.BLOCKED, StateReason.STOLEN, _DESK),
    Standing(LoginState.BLOCKED, StateReason.BY_ASSISTANCE, _DESK),
    Standing(LoginState.DELETED, StateReason.BY_PLSA, _NOBODY),
    Standing(LoginState.DELETED, StateReason.BY_ASSISTANCE, _NOBODY),
    Standing(LoginState.DELETED, StateReason.LEFT, _NOBODY),
)


class FactorKind(models.TextChoices):
    """What proves a sign-in beside the password (D11)."""

    PASSKEY = "passkey", _("Passkey")
    AUTHENTICATOR = "authenticator", _("Authenticator application")
