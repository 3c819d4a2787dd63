"""A contact on record objects by the link in a notice (decision 7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Access
from passerelle.opening import mails
from passerelle.opening.actions.base import advance, lock_opening, void_terms_link, write
from passerelle.opening.enums import FINAL, OpeningState, PartyRole, Step
from passerelle.opening.models import Objection, Opening


@transaction.atomic
def object_to(*, link_key: str, note: str, actor: Actor, now: datetime) -> Opening:
    """Freeze the opening a notice told of; the link is spent. The Assistance settles it.

    Before the opening: it is in dispute, the representative's link is void. After it: the company's access is
    suspended until the objection is settled. Refuses `link_…` (see mail.links.spend), and `opening_ended` when there is
    nothing left to freeze.
    """
    link = links.get(link_key)
    opening = lock_opening(link.subject_key.partition(":")[0])
    links.spend(link, now=now)
    if opening.state in FINAL and opening.state != OpeningState.OPEN:
        raise Refused("opening_ended", state=opening.state)
    Objection.objects.create(opening=opening, by_email=link.recipient, note=note, raised_at=now)
    facts = {"by_email": link.recipient, "note": note}
    if opening.state == OpeningState.OPEN:
        write(opening, Tag.OPENING_OBJECTED, actor=actor, now=now, new=facts)
        if Access.objects.filter(company=opening.company, suspended_at__isnull=True).exists():
            memberships.suspend_access(
                company_id=opening.company_id, reason=f"objection to {opening.reference}", actor=actor, now=now,
                checked=True,
            )  # fmt: skip
    elif opening.state == OpeningState.DISPUTED:
        write(opening, Tag.OPENING_OBJECTED, actor=actor, now=now, new=facts)
    else:
        void_terms_link(opening, now=now)
        advance(opening, Step.OBJECT, tag=Tag.OPENING_OBJECTED, actor=actor, now=now, new=facts)
        if any(party.role == PartyRole.REQUESTER for party in opening.parties.all()):
            mails.disputed(opening, now=now)
    mails.objected(opening, by_email=link.recipient, note=note, now=now)
    return opening
