"""The main road, without a browser: a code, a request, an acceptance, an opened access, a first password."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError

from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.core.errors import Refused
from passerelle.mail.models import Link, Message
from passerelle.memberships.models import Access
from passerelle.memberships.queries import plsas_of
from passerelle.opening import actions
from passerelle.opening.enums import OpeningState
from passerelle.opening.models import Opening
from passerelle.opening.queries import analyse
from tests import cast

pytestmark = pytest.mark.django_db
GOOD = "seven brown kettles sing"


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def accept(
    opening: Opening, now: datetime, *, plsa: actions.PartyData | None = None, cofor: str = "ab 12cd"
) -> Opening:
    return actions.accept_terms(
        link_key=cast.link(opening).key, cofor=cofor, text_id=cast.text().pk, corrected_plsa=plsa, language="en",
        actor=cast.VISITOR, now=now,
    )  # fmt: skip


def test_a_matched_request_goes_from_the_code_to_the_first_password(now: datetime) -> None:
    # C5, C6, C7, C8, D1
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, "direction@fournier.example", domains=("fournier.example",))
    assert analyse("AB12CD", now=now).verdict.reason == "no_request"

    opening = cast.ask(company, now)
    assert opening.state == OpeningState.AWAITING
    assert kinds() == ["opening/received", "opening/notice", "opening/terms"]
    assert analyse("AB12CD", now=now).verdict.reason == "terms_not_accepted"

    opening = accept(opening, now)
    assert opening.state == OpeningState.OPEN
    assert analyse("AB12CD", now=now).verdict.reason == "access_open"
    assert analyse("AB12CD", now=now).activation_pending
    person = Person.objects.get()
    assert person.login.startswith("V")
    assert person.email == "Paula@fournier.example"
    assert plsas_of(company, now) == [person]
    assert set(kinds()[3:]) == {
        "opening/opened_plsa", "opening/opened_representative", "opening/opened_requester", "opening/notice",
    }  # fmt: skip

    actions.activate(link_key=Link.objects.get(purpose="activation").key, password=GOOD, actor=cast.VISITOR, now=now)
    person.refresh_from_db()
    assert person.check_password(GOOD)
    assert not analyse("AB12CD", now=now).activation_pending
    assert Event.objects.filter(tag="opening:access:opened", company_key=company.key).count() == 1


def test_a_request_nobody_matches_waits_for_the_assistance(now: datetime, officer: object) -> None:
    # C10
    cast.publish_terms(now)
    company = cast.company(now)
    opening = cast.ask(company, now, representative=cast.HOSTILE, plsa=cast.ACCOMPLICE)
    assert opening.state == OpeningState.TO_VERIFY
    assert "opening/terms" not in kinds()
    assert analyse("AB12CD", now=now).verdict.reason == "request_pending"
    with pytest.raises(Refused, match="note_missing"):
        actions.verify(key=opening.key, note=" ", actor=officer, now=now)  # type: ignore[arg-type]
    opening = actions.verify(key=opening.key, note="called the switchboard", actor=officer, now=now)  # type: ignore[arg-type]
    assert opening.state == OpeningState.AWAITING
    assert "opening/terms" in kinds()
    assert accept(opening, now).state == OpeningState.OPEN


def test_a_visitor_decides_nothing_at_the_desk(now: datetime) -> None:
    opening = cast.ask(cast.company(now), now)
    with pytest.raises(Refused, match="no_power"):
        actions.verify(key=opening.key, note="let me in", actor=cast.VISITOR, now=now)


def test_a_wrong_code_opens_nothing_and_spends_no_link(now: datetime) -> None:
    # C7
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    opening = cast.ask(company, now)
    with pytest.raises(Refused, match="cofor_mismatch"):
        accept(opening, now, cofor="ZZ99ZZ")
    assert not Access.objects.exists()
    assert accept(opening, now).state == OpeningState.OPEN


def test_a_link_opens_once(now: datetime) -> None:
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    opening = cast.ask(company, now)
    key = cast.link(opening).key
    accept(opening, now)
    with pytest.raises(Refused) as refusal:
        actions.accept_terms(
            link_key=key, cofor="AB12CD", text_id=cast.text().pk, corrected_plsa=None, language="en",
            actor=cast.VISITOR, now=now,
        )  # fmt: skip
    assert refusal.value.code == "link_used"
    assert Person.objects.count() == 1


def test_the_same_person_finds_the_first_request_and_another_makes_a_second_claim(now: datetime) -> None:
    # C5, decision 7
    company = cast.company(now)
    first = cast.ask(company, now)
    assert cast.ask(company, now, representative=cast.HOSTILE) == first
    second = cast.ask(company, now, requester=cast.HOSTILE)
    assert second != first
    assert Opening.objects.filter(company=company).count() == 2


def test_the_link_expires_and_sending_again_voids_the_earlier_one(now: datetime) -> None:
    # C6, decision 8
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    opening = cast.ask(company, now)
    old = cast.link(opening)
    late = now + timedelta(days=14)
    assert analyse("AB12CD", now=late).verdict.reason == "terms_link_expired"
    with pytest.raises(Refused, match="link_expired"):
        accept(opening, late)
    actions.resend_terms(opening_key=opening.key, actor=cast.VISITOR, now=late)
    assert analyse("AB12CD", now=late).verdict.reason == "terms_not_accepted"
    with pytest.raises(Refused, match="link_superseded"):
        actions.accept_terms(
            link_key=old.key, cofor="AB12CD", text_id=cast.text().pk, corrected_plsa=None, language="en",
            actor=cast.VISITOR, now=late,
        )  # fmt: skip
    assert accept(opening, late).state == OpeningState.OPEN


def test_a_corrected_plsa_off_the_record_is_verified_first(now: datetime, officer: object) -> None:
    # C7, decision 31
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    opening = accept(cast.ask(company, now), now, plsa=cast.ACCOMPLICE)
    assert opening.state == OpeningState.HELD
    assert analyse("AB12CD", now=now).verdict.reason == "opening_in_progress"
    assert not Person.objects.exists()
    opening = actions.approve_plsa(key=opening.key, note="called", actor=officer, now=now)  # type: ignore[arg-type]
    assert opening.state == OpeningState.OPEN
    assert Person.objects.get().email == "anna@elsewhere.example"


def test_an_objection_freezes_the_opening_and_voids_the_link(now: datetime, officer: object) -> None:
    # decision 7
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, "direction@fournier.example", domains=("fournier.example",))
    opening = cast.ask(company, now)
    terms_link = cast.link(opening)
    actions.object_to(link_key=cast.link(opening, "objection").key, note="not us", actor=cast.VISITOR, now=now)
    assert analyse("AB12CD", now=now).verdict.reason == "request_disputed"
    with pytest.raises(Refused):
        actions.accept_terms(
            link_key=terms_link.key, cofor="AB12CD", text_id=cast.text().pk, corrected_plsa=None, language="en",
            actor=cast.VISITOR, now=now,
        )  # fmt: skip
    actions.settle(key=opening.key, upheld=False, note="a misunderstanding", actor=officer, now=now)  # type: ignore[arg-type]
    assert accept(opening, now).state == OpeningState.OPEN


def test_an_objection_after_the_opening_suspends_the_access(now: datetime, officer: object) -> None:
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, "direction@fournier.example", domains=("fournier.example",))
    opening = accept(cast.ask(company, now), now)
    actions.object_to(link_key=cast.link(opening, "objection").key, note="", actor=cast.VISITOR, now=now)
    assert analyse("AB12CD", now=now).verdict.reason == "access_suspended"
    actions.settle(key=opening.key, upheld=True, note="a stranger", actor=officer, now=now)  # type: ignore[arg-type]
    assert plsas_of(company, now) == []


def test_unfinished_openings_are_reminded_and_lapse_after_thirty_days(now: datetime) -> None:
    # decision 7
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    opening = cast.ask(company, now)
    assert actions.remind_due(now=now + timedelta(days=6)) == 0
    assert actions.remind_due(now=now + timedelta(days=7)) == 1
    assert actions.remind_due(now=now + timedelta(days=7)) == 0
    assert actions.remind_due(now=now + timedelta(days=14)) == 1
    assert actions.remind_due(now=now + timedelta(days=21)) == 1
    assert cast.link(opening).expires_at > now + timedelta(days=21)
    assert actions.lapse_due(now=now + timedelta(days=29)) == 0
    assert actions.lapse_due(now=now + timedelta(days=30)) == 1
    assert analyse("AB12CD", now=now + timedelta(days=30)).verdict.reason == "request_lapsed"
    assert kinds().count("opening/reminder") == 3


def test_after_an_outage_an_opening_gets_one_reminder_the_latest_due(now: datetime) -> None:
    # decision 7
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    opening = cast.ask(company, now)
    assert actions.remind_due(now=now + timedelta(days=15)) == 1
    assert actions.remind_due(now=now + timedelta(days=15)) == 0
    opening.refresh_from_db()
    assert opening.reminders == 2
    assert actions.remind_due(now=now + timedelta(days=21)) == 1
    assert kinds().count("opening/reminder") == 2


def test_only_an_access_opened_meanwhile_is_called_open_already(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    # C8
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    opening, other = cast.ask(company, now), cast.ask(company, now, requester=cast.HOSTILE)
    held = cast.link(opening)

    def broken(*_args: object, **_more: object) -> None:
        raise IntegrityError("UNIQUE constraint failed: opening_record.key")

    with monkeypatch.context() as spoilt:
        spoilt.setattr("passerelle.opening.actions.completion.make_record", broken)
        with pytest.raises(IntegrityError, match="opening_record"):
            accept(opening, now)
    held.refresh_from_db()
    assert held.used_at is None
    accept(opening, now)
    with pytest.raises(Refused, match="already_open"):
        accept(other, now)


def test_a_person_with_a_login_gets_a_proposed_mandate(now: datetime) -> None:
    # C8 "or updated", decision 27
    cast.publish_terms(now)
    first, second = cast.company(now), cast.company(now, cofor="EF34GH", name="Second")
    for company in (first, second):
        cast.on_record(company, domains=("fournier.example",))
    accept(cast.ask(first, now), now)
    opening = accept(cast.ask(second, now), now, cofor="EF34GH")
    assert opening.state == OpeningState.OPEN
    assert Person.objects.count() == 1
    assert analyse("EF34GH", now=now).verdict.reason == "no_plsa"
    assert "opening/proposed_plsa" in kinds()
