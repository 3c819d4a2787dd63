"""What a person changes of themselves (D11)."""

from __future__ import annotations

import pytest

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from tests.entry.conftest import House
from tests.hostile.strings import HOSTILE

TYPED = {"last_name": "Durand", "first_name": "Paule", "phone": "+33 1 02 03 04 05", "function": "Head of IT"}


def test_names_phone_and_function_are_saved_with_a_line_of_the_trail(house: House) -> None:
    # D11
    house.sign_in()
    answer = house.client.post("/en/account/details/", TYPED, follow=True)
    assert b"Your details are saved." in answer.content
    assert b"Paule Durand" in answer.content
    event = Event.objects.get(tag=Tag.PERSON_CHANGED)
    assert event.old == {"first_name": "Paula", "last_name": "O'Plsa", "phone": "", "function": ""}
    assert event.new == TYPED
    house.client.post("/en/account/details/", TYPED)
    assert Event.objects.filter(tag=Tag.PERSON_CHANGED).count() == 1


def test_the_login_the_address_and_the_state_cannot_be_changed_here(house: House) -> None:
    house.sign_in()
    hostile = {
        "login": "VAAAAAAA",
        "email": "evil@x.example",
        "kind": "staff",
        "state": "deleted",
        "key": "x",
        "pk": "1",
    }
    house.client.post("/en/account/details/", TYPED | hostile)
    before = house.plsa
    house.plsa.refresh_from_db()
    assert (house.plsa.login, house.plsa.email, house.plsa.kind) == (before.login, before.email, "supplier")
    page = house.client.get("/en/account/details/").content.decode()
    assert "What cannot be changed here" in page
    assert house.company.name in page


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_or_shown_as_it_is(house: House, name: str) -> None:
    house.sign_in()
    for field in TYPED:
        body = b"&".join([key.encode() + b"=" + (HOSTILE[name].encode() if key == field else b"a") for key in TYPED])
        answer = house.client.post("/en/account/details/", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {302, 422}
        assert b"<script>alert" not in answer.content
        assert b"<script>alert" not in house.client.get("/en/account/").content


def test_the_language_of_mails_is_saved_and_the_next_page_is_in_it(house: House) -> None:
    house.sign_in()
    answer = house.client.post("/en/account/language/", {"language": "fr"})
    assert answer["Location"] == "/fr/account/"
    house.plsa.refresh_from_db()
    assert house.plsa.language == "fr"
    assert Event.objects.get(tag=Tag.PERSON_CHANGED).new == {"language": "fr"}
    assert house.client.post("/en/account/language/", {"language": "de"}).status_code == 422
