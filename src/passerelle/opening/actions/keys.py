"""What requests are found by, made anew after the deployment's secret key was changed."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from passerelle.core.actor import Actor
from passerelle.opening.actions.request import dedup_keys
from passerelle.opening.enums import LIVING, OpeningKind, PartyRole
from passerelle.opening.models import Opening, Party


def rekey_openings(*, actor: Actor, now: datetime) -> int:
    """Let the living requests be found under the present key; answers how many were not. It changes nothing that
    anybody sees."""
    done = 0
    for opening in Opening.objects.filter(state__in=LIVING).select_related("company").order_by("pk"):
        keys = _keys(opening)
        if opening.dedup_key in keys[1:]:
            mine = Opening.objects.filter(pk=opening.pk, dedup_key=opening.dedup_key)
            try:
                with transaction.atomic():
                    done += mine.update(dedup_key=keys[0])
            except IntegrityError:  # asked for again under the present key meanwhile: that one is found
                continue
    return done


def _keys(opening: Opening) -> list[str]:
    if opening.kind != OpeningKind.OPENING:
        return dedup_keys(f"{opening.company.key}:{OpeningKind(opening.kind)}", "")
    requester = Party.objects.filter(opening=opening, role=PartyRole.REQUESTER).first()
    return dedup_keys(opening.company.key, requester.email if requester else "")
