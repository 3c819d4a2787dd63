"""The same form sent twice by the holder of a link: the second press sees what came of the first (design/ux G6).

Without a script a double click sends a form twice. The link is spent by then, so the page would say that it no longer
works to somebody for whom all went well. Whoever repeats the very answers that spent the link, and soon after, is shown
their outcome again; anybody else meets the page of a used link. Nothing is done here, only looked up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.mail.links import LinkState, LinkStatus, status_of
from passerelle.mail.models import Link
from passerelle.opening.actions import PartyData
from passerelle.opening.enums import OpeningKind, OpeningState, PartyRole
from passerelle.opening.models import Opening, Party, Record

# Long enough for a second press on a page that hangs; an old e-mail in wrong hands opens no record with it.
SOON = timedelta(minutes=10)


def just_used(state: LinkState, now: datetime) -> Link | None:
    """The link of a page, when it was spent a moment ago: by another press, also one that ended since we looked."""
    if state.link is None:
        return None
    state.link.refresh_from_db()
    used_at = state.link.used_at
    if status_of(state.link, now) is not LinkStatus.USED or used_at is None or now - used_at > SOON:
        return None
    return state.link


def acceptance_of(link: Link, *, cofor: str, text_id: int | None, corrected_plsa: PartyData | None) -> Record | None:
    """The record that an acceptance with these very answers brought, or None."""
    opening = _of(link)
    if opening is None or opening.accepted_at != link.used_at or opening.company.cofor != cofor:
        return None
    if opening.acceptance is None or opening.acceptance.text_id != text_id:
        return None
    if opening.kind == OpeningKind.OPENING and not _same_plsa(opening, corrected_plsa):
        return None
    return _record(opening)


def designation_of(link: Link, *, cofor: str, plsa: PartyData) -> Record | None:
    """The record that the designation of this very person brought, or None."""
    opening = _of(link)
    if opening is None or opening.accepted_at != link.used_at or opening.company.cofor != cofor:
        return None
    return _record(opening) if _same_plsa(opening, plsa) else None


def note_of(link: Link, outcome: str, note: str) -> Opening | None:
    """The opening that was refused, disowned or objected to with this very note, or None."""
    opening = _of(link)
    if opening is None or link.used_at is None:
        return None
    if outcome == "refused":
        same = opening.state == OpeningState.TERMS_REFUSED and opening.state_since == link.used_at
        return opening if same and opening.terms_refusal_note == note else None
    raised = opening.objections.filter(by_email=link.recipient, raised_at=link.used_at, note=note)
    return opening if raised.exists() else None


def _of(link: Link) -> Opening | None:
    key = link.subject_key.partition(":")[0]
    return Opening.objects.select_related("company", "acceptance").filter(key=key).first()


def _record(opening: Opening) -> Record | None:
    return opening.records.order_by("-made_at", "-pk").first()


def _same_plsa(opening: Opening, named: PartyData | None) -> bool:
    if named is None or not opening.plsa_corrected:
        return named is None and not opening.plsa_corrected
    party = Party.objects.filter(opening=opening, role=PartyRole.PLSA).first()
    return party is not None and named == PartyData(
        party.first_name, party.last_name, party.email, party.phone, party.function
    )
