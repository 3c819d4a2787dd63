"""Openings in each state, played by the portal's own actions."""

from __future__ import annotations

from datetime import datetime

from passerelle.core.actor import Actor, ActorKind
from passerelle.mail.models import Link
from passerelle.opening import actions
from passerelle.opening.models import Opening
from passerelle.opening.queries import by_key
from passerelle.suppliers.models import Company
from tests import cast

OTHER_OFFICER = Actor(ActorKind.STAFF, key="other-officer", name="Oscar Other", roles=frozenset({"assistance"}))


def fresh(opening: Opening) -> Opening:
    found = by_key(opening.key)
    assert found is not None
    return found


def to_verify(company: Company, now: datetime) -> Opening:
    return fresh(cast.ask(company, now, requester=cast.HOSTILE, representative=cast.HOSTILE, plsa=cast.ACCOMPLICE))


def awaiting(company: Company, now: datetime) -> Opening:
    return fresh(cast.ask(company, now))


def disputed(company: Company, now: datetime) -> Opening:
    opening = awaiting(company, now)
    link = Link.objects.get(purpose="objection", subject_key__startswith=opening.key)
    actions.object_to(link_key=link.key, note="Nobody here knows Rita.", actor=cast.VISITOR, now=now)
    return fresh(opening)


def accepted(opening: Opening, now: datetime, *, plsa: actions.PartyData | None = None) -> Opening:
    return fresh(
        actions.accept_terms(
            link_key=cast.link(opening).key,
            cofor=opening.company.cofor,
            text_id=cast.text().pk,
            corrected_plsa=plsa,
            language="en",
            actor=cast.VISITOR,
            now=now,
        )
    )


def held(company: Company, now: datetime) -> Opening:
    return accepted(awaiting(company, now), now, plsa=cast.ACCOMPLICE)


def opened(company: Company, now: datetime) -> Opening:
    return accepted(awaiting(company, now), now)


def terms_refused(company: Company, now: datetime) -> Opening:
    opening = awaiting(company, now)
    actions.refuse_terms(link_key=cast.link(opening).key, note="Article 4.", actor=cast.VISITOR, now=now)
    return fresh(opening)
