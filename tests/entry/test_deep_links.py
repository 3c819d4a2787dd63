"""The page first asked for: it survives each gate and opens behind the last, and only if it is one of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from passerelle import brand
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.brand.load import BRANDS
from passerelle.core.actor import SYSTEM
from passerelle.terms import actions as terms
from passerelle.terms.models import Audience, PersonAcceptance, Text
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for
from tests.entry.test_gates import NEW, expired, next_of, publish_for_persons


def test_the_choice_of_a_company_keeps_the_page_asked_for(house: House) -> None:
    # E6
    other = cast.company(NOW, cofor="EF34GH", name="Second")
    open_for(other, house.plsa)
    house.client.post("/en/sign-in/", {"login": house.plsa.login, "password": PASSWORD, "next": "/en/password/?a=1"})
    answer = house.client.get("/en/password/?a=1")
    assert urlsplit(answer["Location"]).path == "/en/home/"
    page = house.client.get(answer["Location"])
    assert b'name="next" value="/en/password/?a=1"' in page.content
    answer = house.client.post("/en/home/company/", {"company": other.key, "next": "/en/password/?a=1"})
    assert answer["Location"] == "/en/password/?a=1"
    assert house.client.get("/en/password/?a=1").status_code == 200
    assert house.client.post("/en/home/company/", {"company": house.company.key})["Location"] == "/en/home/"
    assert b"Fournier" in house.client.get("/en/home/").content


HOSTILE = [
    "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)",
    "http:///elsewhere.example", "/en/home/\r\nSet-Cookie: a=b", "\x00", "/\t/elsewhere.example",
    "https:elsewhere.example", "///elsewhere.example", " //elsewhere.example", "x" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("wanted", HOSTILE)
def test_a_hostile_next_leads_home_from_every_gate(wanted: str, house: House) -> None:
    other = cast.company(NOW, cofor="EF34GH", name="Second")
    open_for(other, house.plsa)
    publish_for_persons()
    house.sign_in()
    expired(house.plsa)
    text = Text.objects.get(language="en")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("/en/password/", {"new_password": NEW}),
        ("/en/terms/", {"text": text.pk, "accept": "on"}),
        ("/en/home/company/", {"company": other.key}),
    ]
    for path, data in steps:
        house.client.get(path, {"next": wanted})
        answer = house.client.post(path, {**data, "next": wanted})
        assert answer.status_code == 302, path
        location = urlsplit(answer["Location"])
        assert not location.netloc
        assert location.path.startswith("/en/home/")
        assert "Set-Cookie" not in str(answer.headers.get("Set-Cookie", ""))
    assert house.client.get("/en/home/").status_code == 200


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_first_asked_for_opens_behind_all_gates_of_the_second_brand(
    language: str, house: House, settings: Any
) -> None:
    # E6, D5: expired password, terms for persons, choice of a company, on one person, in one go
    settings.PASSERELLE_BRAND = brand.load(BRANDS / "brassac", {}).with_policies(
        password_age_days=180, second_factor="offered", second_factor_users="offered"
    )
    texts = [text for text in brand.person_terms(brand.current()) if text.number == 1]
    terms.publish_brand(texts=texts, actor=SYSTEM, now=NOW, audience=Audience.PERSON)
    open_for(cast.company(NOW, cofor="BR042", name="Second"), house.plsa)
    expired(house.plsa)
    deep = f"/{language}/home/?tab=x&y=%C3%A9"
    client = Client()
    stranger = client.get(deep)
    assert next_of(stranger) == deep
    answer = client.post(stranger["Location"], {"login": house.plsa.login, "password": PASSWORD, "next": deep})
    met: list[str] = []
    for _ in range(8):
        if answer.status_code != 302:
            break
        address = answer["Location"]
        path = urlsplit(address).path.removeprefix(f"/{language}")
        if address == deep and client.get(deep).status_code == 200 and met[-1:] == ["company"]:
            break
        if path == "/password/":
            met.append("password")
            page = client.get(address)
            assert f'name="next" value="{deep.replace("&", "&amp;")}"' in page.content.decode()
            answer = client.post(address, {"new_password": NEW, "next": deep})
        elif path == "/terms/":
            met.append("terms")
            page = client.get(address)
            assert page.context["text"].language == language
            assert "Brassac" in page.context["text"].title
            data = {"text": page.context["text"].pk, "accept": "on", "next": deep}
            answer = client.post(address, data)
        elif path == "/home/" and "choose_company" in str([t.name for t in client.get(address).templates]):
            met.append("company")
            page = client.get(address)
            wanted = page.context["next"] or deep
            data = {"company": page.context["memberships"][1].company.key, "next": wanted}
            answer = client.post(f"/{language}/home/company/", data)
        else:
            answer = client.get(address)
    assert met == ["password", "terms", "company"]
    assert client.get(deep).status_code == 200
    assert Event.objects.filter(tag=Tag.PERSON_TERMS_ACCEPTED).count() == 1
    kept = PersonAcceptance.objects.get()
    assert (kept.language, kept.text_sha256) == (language, kept.text.sha256)
