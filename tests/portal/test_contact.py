"""Writing to the Assistance: contact form, unknown code, confirmation, copy (C4, G3, decisions 21, 22)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

import passerelle
from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.limits.policies import policy
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.memberships import actions as memberships
from passerelle.portal.help import forms
from passerelle.portal.help.forms import RelayForm, new_mark
from passerelle.support.models import Ticket
from tests import cast

pytestmark = pytest.mark.django_db

TYPED = {
    "last_name": "Fournier",
    "first_name": "Marc",
    "email": "m.fournier@fournier.example",
    "company_name": "Fournier Précision",
    "subject": "Our code",
    "comments": "Where do we find it?",
}
PAGES = {"en": "/en/help/contact/", "fr": "/fr/help/contact/"}
HOSTILE = {
    "null": "a\x00b", "control": "a\x07b", "bidi": "a\u202eb", "break": "a\r\nBcc: all@x.example",
    "long": "x" * 100_000, "surrogate": "\ufffd", "emoji": "💩" * 50, "html": "<script>alert(1)</script>",
    "template": "{{ 7*7 }}{% now %}",
}  # fmt: skip
CATALOGUE = Path(passerelle.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "django.mo"


@pytest.fixture
def waited() -> str:
    """The mark of a form that has been on the screen for a minute."""
    with time_machine.travel(clock.now() - timedelta(minutes=1)):
        return new_mark()


@pytest.fixture
def person(now: datetime) -> Person:
    company = cast.company(now)
    made = accounts.create_login(
        first_name="Paula", last_name="O'Plsa", email="Paula@fournier.example", language="en", actor=SYSTEM, now=now
    )
    memberships.open_company(company_id=company.pk, company_key=company.key, actor=SYSTEM, now=now)
    memberships.join(
        person_id=made.pk, person_key=made.key, company_id=company.pk, company_key=company.key, actor=SYSTEM, now=now
    )
    return made


def signed_in(person: Person) -> Client:
    client, now = Client(), clock.now().isoformat()
    client.force_login(person)
    session = client.session
    session.update({"epoch": person.credential_epoch, "created_at": now, "last_seen_at": now})
    session.save()
    return client


def labels(page: str) -> list[str]:
    return re.findall(r'<label class="govuk-label[^"]*" for="[^"]+">([^<]+)</label>', page)


def test_the_form_has_the_labels_of_the_contract(client: Client) -> None:  # G3, contract
    page = client.get(PAGES["en"]).content.decode()
    assert labels(page) == [
        "Last name", "First name", "E-mail address", "B2B identifier (optional)", "COFOR (optional)", "Company",
        "Zip code (optional)", "Subject", "Comments", "Receive a copy",
    ]  # fmt: skip
    assert re.search(r"<button[^>]*>.*Send</button>", page, re.DOTALL)


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the French catalogue is not compiled")
def test_the_form_has_the_french_labels_of_the_contract(client: Client) -> None:  # A3, contract
    page = client.get(PAGES["fr"]).content.decode().replace("&#x27;", "'")
    assert labels(page) == [
        "Nom", "Prénom", "Adresse e-mail", "Identifiant B2B (facultatif)", "COFOR (facultatif)", "Société",
        "Code postal (facultatif)", "Objet", "Commentaires", "Recevoir une copie",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_message_is_kept_mailed_and_confirmed(client: Client, waited: str, language: str) -> None:  # G3
    response = client.post(PAGES[language], {**TYPED, "submission": waited, "cofor": "zz99zz", "login": "V2345678"})
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.language, ticket.cofor, ticket.login) == ("contact", language, "zz99zz", "V2345678")
    assert response.status_code == 302
    assert response["Location"] == f"/{language}/help/contact/sent/{ticket.key}/"
    kinds = Message.objects.values_list("kind", "to_address").order_by("kind")
    assert list(kinds) == [
        ("support/acknowledged", "m.fournier@fournier.example"), ("support/received", "assistance@norvane.example"),
    ]  # fmt: skip


def test_the_confirmation_shows_the_reference_and_nothing_typed(client: Client, waited: str) -> None:  # P23
    address = client.post(PAGES["en"], {**TYPED, "submission": waited})["Location"]
    stranger = Client()
    for who in (client, stranger):
        response = who.get(address)
        page = response.content.decode()
        assert Ticket.objects.get().reference in page
        assert "within 1 working day" in page
        assert "Fournier" not in page
        assert "no-store" in response["Cache-Control"]


def test_a_confirmation_nobody_has_is_not_found(client: Client) -> None:
    assert client.get("/en/help/contact/sent/none/").status_code == 404


def test_a_double_click_is_one_message_with_one_confirmation(client: Client, waited: str) -> None:  # G3
    first = client.post(PAGES["en"], {**TYPED, "submission": waited})
    again = client.post(PAGES["en"], {**TYPED, "submission": waited})
    assert first["Location"] == again["Location"]
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("field", ["last_name", "first_name", "email", "company_name", "subject", "comments"])
def test_a_mandatory_field_left_empty_is_said_at_the_field_and_nothing_is_lost(
    client: Client, waited: str, field: str
) -> None:  # G3, W3
    response = client.post(PAGES["en"], {**TYPED, "submission": waited, field: " "})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert f'href="#id_{field}"' in page
    assert "<title>Error: " in page
    kept = "comments" if field == "subject" else "subject"
    assert TYPED[kept] in page
    assert not Ticket.objects.exists()


def test_optional_fields_may_stay_empty(client: Client) -> None:  # G3
    assert client.post(PAGES["en"], TYPED).status_code == 302


@pytest.mark.parametrize("address", ["nobody", "a@b", "a b@c.example", "a@b.example\nBcc: x@y.example"])
def test_an_address_that_cannot_be_answered_is_refused(client: Client, waited: str, address: str) -> None:  # G3
    response = client.post(PAGES["en"], {**TYPED, "submission": waited, "email": address})
    assert response.status_code == 422
    assert 'id="id_email_error"' in response.content.decode()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["/en/help/contact/", "/fr/get-an-access/unknown-code/"])
def test_hostile_text_in_any_field_never_breaks_the_page(client: Client, path: str, name: str) -> None:
    fields = [*TYPED, "login", "cofor", "postcode", "phone", "identifiers", "submission", "reason", "check", "copy"]
    for field in fields:
        response = client.post(path, {**TYPED, field: HOSTILE[name]})
        assert response.status_code in {302, 422, 429}
        assert "<script>alert" not in response.content.decode()
    for message in Message.objects.all():
        assert "\n" not in message.to_name + message.reply_to + message.to_address


@pytest.mark.parametrize("query", ["subject=%00%ff", "cofor=%3Cb%3E" + "x" * 3000, "reason=nothing", "topic=%E2%80%AE"])
def test_hostile_addresses_of_the_form_are_harmless(client: Client, query: str) -> None:
    response = client.get(f"{PAGES['en']}?{query}")
    assert response.status_code == 200
    assert "<b>" not in response.content.decode()


def test_the_form_opens_filled_with_its_context(client: Client) -> None:  # I9
    page = client.get(f"{PAGES['en']}?cofor=AB12CD&reason=terms_link_expired&check=GA-7K2M-Q4XW").content.decode()
    assert 'value="AB12CD"' in page
    assert 'value="The link to the General Terms of Use has expired"' in page
    assert 'name="reason" value="terms_link_expired"' in page
    assert 'name="check" value="GA-7K2M-Q4XW"' in page
    assert 'value="Forgotten password"' in client.get(f"{PAGES['en']}?topic=password").content.decode()


def test_a_message_about_a_result_carries_its_reason(client: Client, waited: str) -> None:  # I9
    client.post(PAGES["en"], {**TYPED, "submission": waited, "reason": "no_plsa", "check": "GA-23"})
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.context) == ("analysis", {"reason": "no_plsa", "check": "GA-23"})


def test_signed_in_people_find_the_form_filled_in(person: Person) -> None:  # G3
    page = signed_in(person).get(PAGES["en"]).content.decode()
    for value in ("O&#x27;Plsa", "Paula", "Paula@fournier.example", person.login, "Fournier Précision", "AB12CD"):
        assert f'value="{value}"' in page
    assert "filled in what we know" in page


def test_a_signed_in_sender_has_the_copy_in_the_acknowledgement(person: Person, waited: str) -> None:  # decision 21
    signed_in(person).post(
        PAGES["en"], {**TYPED, "submission": waited, "email": "paula@fournier.example", "copy": "on"}
    )
    mail = Message.objects.get(kind="support/acknowledged")
    assert (mail.context["comments"], mail.link) == (TYPED["comments"], None)
    assert Ticket.objects.get().person_key == person.key


def test_a_stranger_has_the_copy_after_pressing_the_button_of_the_link(
    client: Client, waited: str
) -> None:  # decisions 9, 21
    client.post(PAGES["en"], {**TYPED, "submission": waited, "copy": "on"})
    assert TYPED["comments"] not in str(Message.objects.get(kind="support/acknowledged").context)
    address = links.url(Link.objects.get(purpose="copy"), "en").partition("://")[2].partition("/")[2]
    for _again in range(2):
        assert "Send me the copy" in client.get(f"/{address}").content.decode()
    assert not Message.objects.filter(kind="support/copy").exists()
    assert "The copy is on its way" in client.post(f"/{address}").content.decode()
    mail = Message.objects.get(kind="support/copy")
    assert (mail.to_address, mail.context["comments"]) == (TYPED["email"], TYPED["comments"])
    assert "already been used" in client.post(f"/{address}").content.decode()
    assert Message.objects.filter(kind="support/copy").count() == 1


def test_an_old_or_unknown_link_of_a_copy_says_so(client: Client, waited: str) -> None:  # decision 9
    client.post(PAGES["en"], {**TYPED, "submission": waited, "copy": "on"})
    Link.objects.update(expires_at=clock.now() - timedelta(minutes=1))
    address = links.url(Link.objects.get(purpose="copy"), "en").partition("://")[2].partition("/")[2]
    for answer in (client.get(f"/{address}"), client.post(f"/{address}")):
        assert answer.status_code == 410
        assert "This link has expired" in answer.content.decode()
    for token in ("nothing", "x" * 3000, "%00"):
        assert client.get(f"/en/help/contact/copy/{token}/").status_code == 404


def test_a_box_that_only_robots_fill_in_stops_the_message_but_no_person(client: Client, waited: str) -> None:
    trapped = client.post(PAGES["en"], {**TYPED, "submission": waited, forms.TRAP: "https://spam.example"})
    assert trapped.status_code == 422  # decision 22
    assert not Ticket.objects.exists()
    page = trapped.content.decode()
    assert "spam.example" not in page
    assert TYPED["comments"] in page


def test_an_address_that_writes_too_often_is_told_when_to_go_on(client: Client, waited: str) -> None:
    allowed = policy("ticket").count  # decision 22
    for number in range(allowed):
        assert client.post(PAGES["en"], {**TYPED, "submission": waited, "comments": f"{number}"}).status_code == 302
    response = client.post(PAGES["en"], {**TYPED, "submission": waited, "comments": "once more"})
    assert response.status_code == 429
    page = response.content.decode()
    assert "Try again after" in page
    assert "assistance@norvane.example" in page
    assert "once more" in page
    assert Ticket.objects.count() == allowed


def test_messages_sent_faster_than_a_person_types_have_a_tighter_limit(client: Client) -> None:  # decision 22
    answers = [
        client.post(PAGES["en"], {**TYPED, "submission": new_mark(), "comments": f"{number}"}).status_code
        for number in range(6)
    ]
    assert answers[:3] == [302, 302, 302]
    assert answers[-1] == 429


def test_the_language_can_be_switched_with_a_half_filled_form(client: Client, waited: str) -> None:  # A3
    typed = {"subject": "Half a subj", "email": "not yet", "submission": waited, "_switch": "1"}
    response = client.post(PAGES["fr"], typed)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="Half a subj"' in page
    assert f'value="{waited}"' in page
    assert "govuk-error-message" not in page


def test_who_does_not_know_the_code_asks_the_assistance(client: Client, waited: str) -> None:  # C4
    address = "/en/get-an-access/unknown-code/"
    page = client.get(address).content.decode()
    assert labels(page) == [
        "Last name", "First name", "E-mail address", "Phone (optional)", "Company",
        "VAT number, D-U-N-S Number or order number (optional)", "Comments (optional)",
    ]  # fmt: skip
    sent = client.post(address, {**TYPED, "submission": waited, "identifiers": "FR12345678901", "comments": ""})
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.identifiers, ticket.subject) == (
        "cofor_unknown", "FR12345678901", "I do not know my company COFOR",
    )  # fmt: skip
    assert ticket.reference in client.get(sent["Location"]).content.decode()


def test_a_relay_form_gives_the_action_what_it_needs(waited: str) -> None:  # C3
    form = RelayForm({**TYPED, "phone": "+33 1", "submission": waited})
    assert form.is_valid()
    message = form.message()
    assert message["submission"] == waited
    assert (message["typed"].comments, message["typed"].phone) == (TYPED["comments"], "+33 1")
    assert message["typed"].subject


def test_the_form_comes_with_a_token_and_is_never_stored(client: Client) -> None:
    response = client.get(PAGES["en"])
    assert "csrfmiddlewaretoken" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_form_without_its_token_is_not_taken_in(waited: str) -> None:
    strict: Callable[..., object] = Client(enforce_csrf_checks=True).post
    answer = strict(PAGES["en"], {**TYPED, "submission": waited})
    assert getattr(answer, "status_code", 0) == 403
    assert not Ticket.objects.exists()
