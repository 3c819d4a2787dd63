"""Who may decide at the desk: the power is asked before anything is looked at, and a refused act leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from passerelle.audit.models import Event
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.core.powers import POWERS, Role, Verb, may
from passerelle.mail.models import Message
from passerelle.memberships import actions as memberships
from passerelle.opening import actions
from passerelle.opening.enums import OpeningState, RefusalReason
from passerelle.opening.models import Opening
from passerelle.opening.queries import mark
from tests import cast


def staff(*roles: str) -> Actor:
    return Actor(ActorKind.STAFF, key="s", name="Somebody", roles=frozenset(roles))


EVERYBODY: dict[str, Actor] = {
    "a visitor": cast.VISITOR,
    "a link": Actor(ActorKind.LINK, key="k", name="leon@fournier.example"),
    "a PLSA": Actor(ActorKind.PERSON, key="p", name="Paula"),
    "a person with a forged role": Actor(ActorKind.PERSON, key="p", roles=frozenset({"assistance", "administrator"})),
    "a visitor with a forged role": Actor(ActorKind.VISITOR, roles=frozenset({"assistance"})),
    "a key of the API": Actor(ActorKind.API, key="a", roles=frozenset({"assistance"})),
    "staff without a role": staff(),
    "staff with a role nobody knows": staff("root"),
    "the buyer": staff("purchasing"),
    "the editor": staff("editor"),
    "buyer and editor": staff("purchasing", "editor"),
    "the officer": staff("assistance"),
    "the administrator": staff("administrator"),
    "the system": SYSTEM,
}
MAY_DECIDE = {"the officer", "the administrator", "the system"}
DECISIONS: dict[str, Callable[[str, Actor, datetime], object]] = {
    "verify": lambda key, who, now: actions.verify(key=key, note="called", actor=who, now=now),
    "refuse": lambda key, who, now: actions.refuse(key=key, reason=RefusalReason.OTHER, note="", actor=who, now=now),
    "revive": lambda key, who, now: actions.revive(key=key, actor=who, now=now),
    "settle": lambda key, who, now: actions.settle(key=key, upheld=True, note="called", actor=who, now=now),
    "approve_plsa": lambda key, who, now: actions.approve_plsa(key=key, note="called", actor=who, now=now),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", EVERYBODY)
def test_nobody_without_the_power_decides_and_a_refused_try_leaves_no_trace(name: str, now: datetime) -> None:
    # C10
    opening = cast.ask(cast.company(now), now)
    before = (Event.objects.count(), Message.objects.count())
    for act in DECISIONS.values():
        for key in (opening.key, "nobody's key"):  # a stranger does not even learn whether there is such an opening
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        act(key, EVERYBODY[name], now)
                    code = ""
                except Refused as refusal:
                    code = refusal.code
                if name not in MAY_DECIDE:
                    assert code == "no_power"
                    assert (Event.objects.count(), Message.objects.count()) == before
                    assert Opening.objects.get().state == OpeningState.TO_VERIFY
                else:
                    assert code != "no_power"
                transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("name", EVERYBODY)
def test_only_the_assistance_suspends_and_resumes_an_access(name: str, now: datetime) -> None:
    company = cast.company(now)
    memberships.open_company(company_id=company.pk, company_key=company.key, actor=SYSTEM, now=now)
    if name in MAY_DECIDE:
        memberships.suspend_access(company_id=company.pk, reason="x", actor=EVERYBODY[name], now=now)
        memberships.resume_access(company_id=company.pk, actor=EVERYBODY[name], now=now)
        return
    with pytest.raises(Refused, match="no_power"):
        memberships.suspend_access(company_id=company.pk, reason="x", actor=EVERYBODY[name], now=now)
    with pytest.raises(Refused, match="no_power"):
        memberships.resume_access(company_id=company.pk, actor=EVERYBODY[name], now=now)


texts = st.frozensets(st.sampled_from([*Role, "root", "Assistance", "assistance ", ""]) | st.text(max_size=9))


@given(st.sampled_from(ActorKind), texts, st.sampled_from(Verb))
def test_a_power_comes_from_a_role_of_the_table_and_from_nothing_else(
    kind: ActorKind, roles: frozenset[str], verb: Verb
) -> None:
    actor = Actor(kind, roles=frozenset(str(role) for role in roles))
    granted = {one for role, verbs in POWERS.items() if str(role) in actor.roles for one in verbs}
    expected = kind is ActorKind.SYSTEM or (kind is ActorKind.STAFF and verb in granted)
    assert may(actor, verb) is expected


@pytest.mark.django_db
@pytest.mark.parametrize("note", ["", " ", "\n\t "])
def test_a_decision_without_its_reason_is_refused(note: str, now: datetime, officer: Actor) -> None:
    opening = cast.ask(cast.company(now), now)
    with pytest.raises(Refused, match="note_missing"):
        actions.verify(key=opening.key, note=note, actor=officer, now=now)
    assert Opening.objects.get().state == OpeningState.TO_VERIFY


@pytest.mark.django_db
def test_a_decision_on_what_has_changed_since_it_was_read_is_refused(now: datetime, officer: Actor) -> None:
    # Two officers at once: the second one is told what happened.
    opening = cast.ask(cast.company(now), now)
    seen = mark(opening)
    actions.verify(key=opening.key, note="called", actor=officer, now=now, seen=seen)
    later = now + timedelta(minutes=1)
    with pytest.raises(Refused, match="opening_move") as refusal:
        actions.refuse(key=opening.key, reason=RefusalReason.OTHER, note="", actor=officer, now=later, seen=seen)
    assert refusal.value.facts["state"] == OpeningState.AWAITING


@pytest.mark.django_db
def test_the_clock_of_the_representative_begins_when_he_is_verified(now: datetime, officer: Actor) -> None:
    # decision 7: thirty days of his own, however long the Assistance took
    cast.publish_terms(now)
    opening = cast.ask(cast.company(now), now)
    later = now + timedelta(days=20)
    actions.verify(key=opening.key, note="called", actor=officer, now=later)
    assert actions.lapse_due(now=later + timedelta(days=29)) == 0
    assert actions.lapse_due(now=later + timedelta(days=30)) == 1
