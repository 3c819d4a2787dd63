"""The gate of the terms: persons accept theirs, a company's are accepted by its legal representative (C7)."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.management import call_command

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.brand.load import BRANDS
from passerelle.core.actor import SYSTEM
from passerelle.core.powers import Role
from passerelle.terms import actions as terms
from passerelle.terms.models import Acceptance, Audience, PersonAcceptance, Text, Version
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for
from tests.entry.test_gates import DEEP, next_of, publish_for_persons


def test_the_company_terms_past_their_deadline_close_its_private_area(house: House) -> None:
    # C7, decision 31: the acceptance is an act of the legal representative
    cast.publish_terms(NOW)
    text = Text.objects.get(language="en")
    Acceptance.objects.create(
        reference="GT-1", company=house.company, text=text, version=text.version, accepted_at=NOW, first_name="Léon",
        last_name="R", email="leon@fournier.example", language="en", text_sha256="", cofor="AB12CD", company_name="F",
    )  # fmt: skip
    cast.publish_terms(NOW, number=2, deadline=timedelta(days=30))
    house.sign_in()
    assert b"must accept them by 1 April 2026" in house.client.get("/en/home/").content
    house.client.post("/en/terms/ask/")
    assert b"We have written" in house.client.get("/en/home/").content
    assert Event.objects.filter(tag=Tag.OPENING_TERMS_SENT).count() == 1
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        Person.objects.update(password_changed_at=NOW)
        house.sign_in()
        answer = house.client.get(DEEP)
        assert urlsplit(answer["Location"]).path == "/en/terms/"
        page = house.client.get(answer["Location"])
        assert b"Write to the legal representative" in page.content
        ask = house.client.post("/en/terms/ask/?next=/en/home/")
        assert next_of(ask) == "/en/home/"
        page = house.client.get(ask["Location"])
        assert b"We have written" in page.content
        assert Event.objects.filter(tag=Tag.OPENING_TERMS_SENT).count() == 2
        french = house.client.get("/fr/terms/")
        assert french.status_code == 200
        Acceptance.objects.update(version=Version.objects.get(number=2))
        assert house.client.get(answer["Location"])["Location"] == DEEP
        assert house.client.get(DEEP).status_code == 200


def test_others_see_who_can_have_the_terms_sent(house: House) -> None:
    user = accounts.create_login(
        first_name="Ursula", last_name="U", email="u@fournier.example", language="en", actor=SYSTEM, now=NOW
    )
    accounts.set_password(person_id=user.pk, password=PASSWORD, actor=SYSTEM, now=NOW)
    open_for(house.company, user, plsa=False)
    cast.publish_terms(NOW, deadline=timedelta(0))
    house.sign_in(user.login)
    page = house.client.get("/en/home/", follow=True)
    assert b"Paula O&#x27;Plsa" in page.content
    assert b"Write to the legal representative" not in page.content
    page = house.client.post("/en/terms/ask/", follow=True)
    assert b"Only a PLSA" in page.content
    assert not Event.objects.filter(tag=Tag.OPENING_TERMS_SENT).exists()


def test_a_person_is_told_of_newer_terms_before_they_close_anything(house: House) -> None:
    house.sign_in()
    publish_for_persons()
    accept(house)
    assert house.is_in()
    publish_for_persons(2, timedelta(days=10))
    page = house.client.get("/en/home/").content
    assert b"by 12 March 2026" in page
    assert b"News 2." in house.client.get("/en/terms/").content
    accept(house)
    assert b"12 March 2026" not in house.client.get("/en/home/").content
    assert PersonAcceptance.objects.count() == 2
    assert house.client.get("/en/terms/")["Location"] == "/en/home/"


def accept(house: House, language: str = "en") -> None:
    text = Text.objects.filter(language=language, version__audience="person").order_by("-version__number")[0]
    answer = house.client.post(f"/{language}/terms/", {"text": text.pk, "accept": "on"})
    assert answer["Location"] == f"/{language}/home/"


def test_nobody_accepts_what_they_did_not_read(house: House) -> None:
    house.sign_in()
    publish_for_persons()
    shown = Text.objects.get(language="en")
    assert house.client.post("/en/terms/", {"text": shown.pk}).status_code == 422
    publish_for_persons(2)
    page = house.client.post("/en/terms/", {"text": shown.pk, "accept": "on"}, follow=True)
    assert b"Newer terms came into effect" in page.content
    assert b"Rule number 2." in page.content
    for hostile in ("0", "999999", "-1", "9" * 30, "x", ""):
        answer = house.client.post("/en/terms/", {"text": hostile, "accept": "on"})
        assert answer.status_code in {302, 422}
    assert not PersonAcceptance.objects.exists()


def test_an_acceptance_is_kept_once_as_evidence(house: House) -> None:
    house.sign_in()
    publish_for_persons()
    text = Text.objects.get(language="fr")
    for _ in range(2):
        kept = terms.accept_for_oneself(
            person=house.plsa, text=text, language="fr", actor=SYSTEM.at("192.0.2.7"), now=NOW
        )
    assert PersonAcceptance.objects.get() == kept
    assert (kept.text_sha256, kept.language, kept.address) == (text.sha256, "fr", "192.0.2.7")
    assert Event.objects.filter(tag=Tag.PERSON_TERMS_ACCEPTED).count() == 1


def test_staff_have_no_terms_to_accept(house: House) -> None:
    person = accounts.create_login(
        first_name="Olga", last_name="O", email="olga@group.example", language="en", actor=SYSTEM, now=NOW,
        kind=PersonKind.STAFF,
    )  # fmt: skip
    accounts.set_roles(person_id=person.pk, roles=frozenset({Role.ADMINISTRATOR}), actor=SYSTEM, now=NOW)
    accounts.set_password(person_id=person.pk, password=PASSWORD, actor=SYSTEM, now=NOW)
    publish_for_persons()
    house.sign_in(person.login)
    assert house.client.get("/en/desk/").status_code == 200
    assert house.client.get("/en/terms/")["Location"] == "/en/desk/"


@pytest.mark.parametrize(("name", "versions"), [("demo", 0), ("brassac", 1)])
def test_the_command_publishes_the_terms_for_persons_of_a_brand(
    name: str, versions: int, db: None, settings: Any
) -> None:
    # The demonstration's people open the private home at once.
    settings.PASSERELLE_BRAND = brand.load(BRANDS / name, {})
    for _ in range(2):
        call_command("publish_terms", stdout=StringIO())
    found = Version.objects.filter(audience=Audience.PERSON)
    assert found.count() == versions
    assert sorted(Text.objects.filter(version__in=found).values_list("language", flat=True)) == ["en", "fr"] * versions
    assert Version.objects.filter(audience=Audience.COMPANY).exists()
