"""The gate of the terms: persons accept theirs, a company's are accepted by its legal representative (C7)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import time_machine

from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.terms.models import Acceptance, Text, Version
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for
from tests.entry.test_gates import DEEP, next_of


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
    assert house.is_in()
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
        assert Event.objects.filter(tag=Tag.OPENING_TERMS_SENT).count() == 1
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
