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


MOVES: dict[MandateState, frozenset[MandateState]] = {
    MandateState.PROPOSED: frozenset({MandateState.IN_FORCE, MandateState.DECLINED, MandateState.ENDED}),
    MandateState.IN_FORCE: frozenset({MandateState.ENDED}),
    MandateState.DECLINED: frozenset(),
    MandateState.ENDED: frozenset(),
}
