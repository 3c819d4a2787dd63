"""What the Assistance decides at the desk (C10). Each refuses `no_power` to whoever may not decide, and `opening_move`
when somebody else decided in the meantime: `seen` is the `queries.mark` of what the decision was taken on, empty where
nobody looked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from passerelle import brand
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.powers import Verb, may
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Access
from passerelle.opening import mails
from passerelle.opening.actions.base import (
    advance,
    lock_opening,
    send_terms,
    tell_contacts,
    void_terms_link,
    write,
)
from passerelle.opening.actions.completion import open_access
from passerelle.opening.enums import Basis, OpeningState, RefusalReason, Step
from passerelle.opening.models import Opening
from passerelle.opening.queries import mark


def _take(key: str, actor: Actor, seen: str) -> Opening:
    if not may(actor, Verb.DECIDE_OPENINGS):
        raise Refused("no_power")
    opening = lock_opening(key)
    if seen and seen != mark(opening):
        raise Refused("opening_move", state=opening.state)
    return opening


def _restart(opening: Opening, *, now: datetime) -> None:
    """The clock of the representative's step begins anew, its reminders too."""
    opening.lapses_at = now + timedelta(days=brand.current().policies.opening_lapse_days)
    opening.reminders = 0


@transaction.atomic
def verify(*, key: str, note: str, actor: Actor, now: datetime, seen: str = "") -> Opening:
    """Vouch for the legal representative: his mail leaves. `note` says how he was verified; it stays in the trail.

    Refuses `note_missing` (field `note`): a verification without its reason proves nothing.
    """
    opening = _take(key, actor, seen)
    if not note.strip():
        raise Refused("note_missing", field="note")
    opening.basis, opening.verified_at, opening.verified_by = Basis.ASSISTANCE, now, actor.name[:300]
    _restart(opening, now=now)
    advance(opening, Step.VERIFY, tag=Tag.OPENING_VERIFIED, actor=actor, now=now, new={"note": note})
    send_terms(opening, actor=actor, now=now)
    tell_contacts(opening, step="terms_sent", now=now)
    return opening


@transaction.atomic
def refuse(*, key: str, reason: RefusalReason, note: str, actor: Actor, now: datetime, seen: str = "") -> Opening:
    """Refuse a request; its links are void and the requester is told why. `note` goes to the requester too."""
    opening = _take(key, actor, seen)
    opening.refusal, opening.refusal_note = reason, note
    advance(
        opening, Step.REFUSE, tag=Tag.OPENING_REFUSED, actor=actor, now=now, new={"reason": reason.value, "note": note}
    )
    void_terms_link(opening, now=now)
    opening.objections.filter(settled_at__isnull=True).update(
        settled_at=now, settled_by=actor.name[:300], settlement=note
    )
    mails.refused(opening, now=now)
    return opening


@transaction.atomic
def revive(*, key: str, actor: Actor, now: datetime, seen: str = "") -> Opening:
    """Send the representative's mail again by hand: also after he refused the terms (a talk changed his mind)."""
    opening = _take(key, actor, seen)
    if opening.state == OpeningState.TERMS_REFUSED:
        _restart(opening, now=now)
        advance(opening, Step.REVIVE, tag=Tag.OPENING_VERIFIED, actor=actor, now=now)
    elif opening.state != OpeningState.AWAITING:
        raise Refused("opening_move", state=opening.state)
    send_terms(opening, actor=actor, now=now)
    return opening


@transaction.atomic
def settle(*, key: str, upheld: bool, note: str, actor: Actor, now: datetime, seen: str = "") -> Opening:
    """Settle the objections to an opening, all at once.

    Dismissed: it goes on where it stood (a fresh mail to the representative, or back to the PLSA's verification; an
    access that was suspended for it is resumed). Upheld: the request is refused; after the opening, the mandates of
    the company end and its access stays suspended. Refuses `note_missing`, `nothing_to_settle`.
    """
    opening = _take(key, actor, seen)
    if not note.strip():
        raise Refused("note_missing", field="note")
    unsettled = opening.objections.filter(settled_at__isnull=True)
    if not unsettled.update(settled_at=now, settled_by=actor.name[:300], settlement=note):
        raise Refused("nothing_to_settle")
    facts = {"upheld": upheld, "note": note}
    if opening.state == OpeningState.OPEN:
        _settle_after_opening(opening, upheld=upheld, actor=actor, now=now)
        write(opening, Tag.OPENING_OBJECTION_SETTLED, actor=actor, now=now, new=facts)
    elif upheld:
        opening.refusal, opening.refusal_note = RefusalReason.NOT_CONFIRMED, note
        advance(opening, Step.REFUSE, tag=Tag.OPENING_REFUSED, actor=actor, now=now, new=facts)
        mails.refused(opening, now=now)
    elif opening.accepted_at is not None:
        advance(opening, Step.SETTLE_HELD, tag=Tag.OPENING_OBJECTION_SETTLED, actor=actor, now=now, new=facts)
    else:
        opening.basis, opening.verified_at, opening.verified_by = Basis.ASSISTANCE, now, actor.name[:300]
        _restart(opening, now=now)
        advance(opening, Step.SETTLE, tag=Tag.OPENING_OBJECTION_SETTLED, actor=actor, now=now, new=facts)
        send_terms(opening, actor=actor, now=now)
    return opening


def _settle_after_opening(opening: Opening, *, upheld: bool, actor: Actor, now: datetime) -> None:
    if upheld:
        memberships.end_mandates(
            company_id=opening.company_id, company_key=opening.company.key, reason="objection_upheld", actor=actor,
            now=now,
        )  # fmt: skip
        return
    access = Access.objects.filter(company=opening.company, suspended_at__isnull=False).first()
    if access is not None and opening.reference in access.suspended_reason:
        memberships.resume_access(company_id=opening.company_id, actor=actor, now=now)


@transaction.atomic
def approve_plsa(*, key: str, note: str, actor: Actor, now: datetime, seen: str = "") -> Opening:
    """Vouch for the PLSA the representative named: the access opens. Refuses `note_missing`, `already_open`."""
    opening = _take(key, actor, seen)
    if opening.state != OpeningState.HELD:
        raise Refused("opening_move", state=opening.state)
    if not note.strip():
        raise Refused("note_missing", field="note")
    opening.plsa_verified_at = now
    opening.save(update_fields=["plsa_verified_at"])
    write(opening, Tag.OPENING_PLSA_VERIFIED, actor=actor, now=now, new={"note": note})
    return open_access(opening, actor=actor, now=now)
