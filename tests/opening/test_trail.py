"""Each step of an opening writes its line of the trail, once, with who did it (C10, security: audit)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor
from passerelle.entry import actions as entry
from passerelle.mail.models import Link
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Mandate
from passerelle.opening import actions
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(now: datetime) -> Company:
    cast.publish_terms(now)
    found = cast.company(now)
    cast.on_record(found, "direction@fournier.example", domains=("fournier.example",))
    return found


def tags(company: Company, since: int = 0) -> list[str]:
    return list(
        Event.objects.filter(company_key=company.key, pk__gt=since).order_by("pk").values_list("tag", flat=True)
    )


def last() -> int:
    return int(Event.objects.order_by("-pk").values_list("pk", flat=True)[0])


def accept(opening: Opening, now: datetime, plsa: actions.PartyData | None = None) -> Opening:
    return actions.accept_terms(
        link_key=cast.link(opening).key,
        cofor=opening.company.cofor,
        text_id=cast.text().pk,
        corrected_plsa=plsa,
        language="en",
        actor=cast.VISITOR,
        now=now,
    )


def test_a_matched_request_leaves_three_lines(company: Company, now: datetime) -> None:
    cast.ask(company, now)
    assert tags(company) == [Tag.OPENING_REQUESTED, Tag.OPENING_MATCHED, Tag.OPENING_TERMS_SENT]


def test_an_opening_leaves_a_line_a_fact(company: Company, now: datetime) -> None:
    opening = cast.ask(company, now)
    before = last()
    accept(opening, now)
    assert tags(company, before) == [
        Tag.TERMS_ACCEPTED,
        Tag.ACCESS_OPENED,
        Tag.LOGIN_CREATED,
        Tag.MEMBERSHIP_STARTED,
        Tag.MANDATE_STARTED,
        Tag.OPENING_COMPLETED,
        Tag.OPENING_RECORDED,
    ]
    assert Event.objects.filter(tag=Tag.TERMS_PUBLISHED).count() == 1


def test_a_corrected_plsa_leaves_what_was_and_what_is(company: Company, now: datetime, officer: Actor) -> None:
    opening = accept(cast.ask(company, now), now, plsa=cast.ACCOMPLICE)
    line = Event.objects.filter(tag=Tag.OPENING_PLSA_CORRECTED).order_by("pk")[0]
    assert "Paula" in line.old["plsa"]
    assert "anna@elsewhere.example" in line.new["plsa"]
    actions.approve_plsa(key=opening.key, note="called", actor=officer, now=now)
    assert Event.objects.get(tag=Tag.OPENING_PLSA_VERIFIED).actor_name == officer.name


def test_objections_and_their_settlement_are_kept(company: Company, now: datetime, officer: Actor) -> None:
    opening = cast.ask(company, now)
    actions.object_to(link_key=cast.link(opening, "objection").key, note="not us", actor=cast.VISITOR, now=now)
    actions.settle(key=opening.key, upheld=False, note="a misunderstanding", actor=officer, now=now)
    assert Event.objects.get(tag=Tag.OPENING_OBJECTED).new["by_email"] == "direction@fournier.example"
    assert Event.objects.get(tag=Tag.OPENING_OBJECTION_SETTLED).new["note"] == "a misunderstanding"


def test_an_objection_to_an_opened_access_suspends_resumes_or_ends(
    company: Company, now: datetime, officer: Actor
) -> None:
    opening = accept(cast.ask(company, now), now)
    key = cast.link(opening, "objection").key
    before = last()
    actions.object_to(link_key=key, note="", actor=cast.VISITOR, now=now)
    actions.settle(key=opening.key, upheld=False, note="fine", actor=officer, now=now)
    assert {Tag.ACCESS_SUSPENDED, Tag.ACCESS_RESUMED} <= set(tags(company, before))
    memberships.end_mandates(
        company_id=company.pk, company_key=company.key, reason="objection_upheld", actor=officer, now=now
    )
    assert Event.objects.filter(tag=Tag.MANDATE_ENDED).count() == 1


def test_refusing_and_disowning_are_kept_with_their_words(company: Company, now: datetime) -> None:
    first = cast.ask(company, now)
    actions.refuse_terms(link_key=cast.link(first).key, note="article 4", actor=cast.VISITOR, now=now)
    second = cast.ask(company, now, requester=cast.HOSTILE)
    actions.disown(link_key=cast.link(second).key, note="never heard", actor=cast.VISITOR, now=now)
    assert Event.objects.get(tag=Tag.OPENING_TERMS_REFUSED).new["note"] == "article 4"
    assert Event.objects.get(tag=Tag.OPENING_DISOWNED).new["note"] == "never heard"


def test_the_clock_leaves_lines_too(company: Company, now: datetime) -> None:
    cast.ask(company, now)
    actions.remind_due(now=now + timedelta(days=7))
    actions.lapse_due(now=now + timedelta(days=30))
    assert tags(company)[3:] == [Tag.OPENING_REMINDED, Tag.OPENING_LAPSED]


def test_activation_and_what_it_closes_are_kept(company: Company, now: datetime) -> None:
    accept_first = cast.ask(company, now)
    cast.ask(company, now, requester=cast.HOSTILE)
    accept(accept_first, now)
    assert actions.resend_activation(company_key=company.key, actor=cast.VISITOR, now=now) == 1
    link = Link.objects.get(purpose="activation", superseded_at__isnull=True)
    actions.activate(link_key=link.key, password="seven brown kettles sing", actor=cast.VISITOR, now=now)
    assert {Tag.ACTIVATION_SENT, Tag.OPENING_CLOSED} <= set(tags(company))


def test_a_mandate_proposed_and_a_company_chosen_are_kept(company: Company, now: datetime, officer: Actor) -> None:
    accept(cast.ask(company, now), now)
    person = Person.objects.get()
    second = cast.company(now, cofor="EF34GH", name="Second")
    cast.on_record(second, domains=("fournier.example",))
    opening = accept(cast.ask(second, now), now)
    assert opening.plsa_person == person
    assert Event.objects.filter(tag=Tag.MANDATE_PROPOSED, company_key=second.key).count() == 1
    mandate = Mandate.objects.get(membership__company=second)
    memberships.answer_mandate(mandate_key=mandate.key, person_id=person.pk, accept=True, actor=officer, now=now)
    entry.choose_company(person=person, company_key=second.key, actor=officer, now=now)
    assert Event.objects.filter(tag=Tag.COMPANY_CHOSEN, company_key=second.key).count() == 1


def test_a_change_of_a_login_says_from_what_to_what(company: Company, now: datetime, officer: Actor) -> None:
    # D3
    accept(cast.ask(company, now), now)
    accounts.change_state(
        person_id=Person.objects.get().pk,
        to=LoginState.SUSPENDED,
        reason=StateReason.BY_ASSISTANCE,
        actor=officer,
        now=now,
    )
    line = Event.objects.get(tag=Tag.LOGIN_STATE_CHANGED)
    assert (line.old, line.new["state"], line.new["reason"]) == ({"state": "active"}, "suspended", "by_assistance")


def test_no_line_holds_a_link_or_a_password(company: Company, now: datetime) -> None:
    # security.md, row "Secrets"
    opening = accept(cast.ask(company, now), now)
    link = Link.objects.get(purpose="activation")
    actions.activate(link_key=link.key, password="seven brown kettles sing", actor=SYSTEM, now=now)
    for event in Event.objects.all():
        written = f"{event.old} {event.new} {event.actor_name}"
        assert "kettles" not in written
        assert link.key not in written
    assert opening.pk
