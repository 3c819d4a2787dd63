from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MandateKind(models.TextChoices):
    PLSA = "plsa", _("PLSA")
    SUBSTITUTE = "substitute", _("Substitute")


class MandateState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("In force")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Ended")


class EndReason(models.TextChoices):
    """Why a membership ended. A suspended one is brought back with its mandates, the others without."""

    SUSPENDED = "suspended", _("suspended by a PLSA of the company")
    LEFT = "left", _("the person left the company")
    LOGIN_DELETED = "login_deleted", _("the login was deleted")
    NOT_TAKEN = "not_taken", _("the mandate it was made for was not taken")


MOVES: dict[MandateState, frozenset[MandateState]] = {
    MandateState.PROPOSED: frozenset({MandateState.IN_FORCE, MandateState.DECLINED, MandateState.ENDED}),
    MandateState.IN_FORCE: frozenset({MandateState.ENDED}),
    MandateState.DECLINED: frozenset(),
    MandateState.ENDED: frozenset(),
}
