"""Forgotten password: a personal answer to three values that belong together, one page to all others (D8, D10)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person, Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.entry.models import Diagnosis
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.mail.render import preview, render
from passerelle.suppliers.actions import close_company
from passerelle.support.models import Ticket
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for, person

NEW = "nine green lamps hum softly"
HEADING = {
    "mail": {"en": "Look in your mailbox", "fr": "Regardez dans votre messagerie"},
    "other": {"en": "How you get in again", "fr": "Comment entrer à nouveau"},
    "none": {"en": "These three do not belong together", "fr": "Ces trois éléments ne vont pas ensemble"},
}


@pytest.fixture(autouse=True)
def _wide_limits(settings: Any) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 100


@pytest.fixture
def _own_limits(settings: Any, _wide_limits: None) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 1


def policies(settings: Any, **changes: object) -> None:
    chosen = brand.current()
    settings.PASSERELLE_BRAND = chosen.model_copy(update={"policies": chosen.policies.model_copy(update=changes)})


def ask(
    client: Client, who: Person, *, cofor: str = "AB12CD", language: str = "en", email: str = "", login: str = ""
) -> HttpResponse:
    fields = {"email": email or who.email, "login": login or who.login, "cofor": cofor}
    return client.post(f"/{language}/forgotten-password/", fields)  # type: ignore[return-value]


def heading(answer: HttpResponse) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.content.decode(), re.DOTALL)
    assert found
    return found[1].strip()


def user(house: House, email: str = "ugo@fournier.example") -> Person:
    made = person(email)
    open_for(house.company, made, plsa=False)
    return made


def state(who: Person, to: LoginState, reason: StateReason) -> Person:
    return accounts.change_state(person_id=who.pk, to=to, reason=reason, actor=SYSTEM, now=NOW)


def mails(kind: str) -> int:
    return Message.objects.filter(kind=f"entry/{kind}").count()


# ------------------------------------------------------------------------------------------------ the branches


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_plsa_is_sent_a_link_and_nothing_changes_until_it_is_used(house: House, language: str) -> None:
    # D8, decision 16
    before = Person.objects.values().get(pk=house.plsa.pk)
    answer = ask(house.client, house.plsa, language=language)
    assert answer.status_code == 200
    link = Link.objects.get(purpose="recovery")
    assert link.expires_at == NOW + timedelta(minutes=30)
    message = Message.objects.get(kind="entry/recovery_link")
    assert (message.to_address, message.sensitive, message.link) == (house.plsa.email, True, link)
    assert Person.objects.values().get(pk=house.plsa.pk) == before
    assert Event.objects.get(tag=Tag.RECOVERY_SENT).new == {"means": "link"}
    assert house.sign_in().status_code == 302
    assert not Diagnosis.objects.exists()


def test_the_diagnosis_stands_at_the_top_of_a_personal_answer(house: House) -> None:
    # D8, I5
    page = ask(house.client, house.plsa).content.decode()
    assert page.index("The login is active.") < page.index("What to do now")
    state(house.plsa, LoginState.BLOCKED, StateReason.STOLEN)
    page = ask(house.client, house.plsa).content.decode()
    assert "The login is blocked." in page
    assert page.index("The login is blocked.") < page.index('id="contact-form"')
    assert "The Assistance can lift it." in page


@pytest.mark.parametrize(
    ("to", "reason"),
    [(LoginState.SUSPENDED, StateReason.BY_PLSA), (LoginState.BLOCKED, StateReason.STOLEN),
     (LoginState.BLOCKED, StateReason.FORMER_PASSWORD), (LoginState.SUSPENDED, StateReason.UNUSED)],
)  # fmt: skip
def test_a_plsa_with_another_status_gets_the_assistance_form_filled_in_and_no_mail(
    house: House, to: LoginState, reason: StateReason
) -> None:
    # D8
    state(house.plsa, to, reason)
    page = ask(house.client, house.plsa).content.decode()
    assert 'action="/en/help/contact/"' in page
    assert f'value="{house.plsa.login}"' in page
    assert f'value="{house.plsa.email}"' in page
    assert 'id="relay-form"' not in page
    assert not Message.objects.filter(kind__startswith="entry/").exists()
    assert not Link.objects.filter(purpose="recovery").exists()
    event = Event.objects.get(tag=Tag.RECOVERY_ASKED)
    assert (event.person_key, event.new) == (house.plsa.key, {"answer": "assistance"})


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_user_is_put_in_touch_with_the_plsas_who_are_not_shown(house: House, language: str) -> None:
    # D8, D10
    who = user(house)
    page = ask(house.client, who, language=language).content.decode()
    assert 'id="relay-form"' in page
    assert f"/{language}/help/contact/" in page
    assert house.plsa.email not in page
    assert "Plsa" not in page.replace("O&#x27;Plsa", "", 1)  # the form holds the user's own name, which is alike
    assert not mails("recovery_link")
    fields = {
        "cofor": "AB12CD", "last_name": "User", "first_name": "Ugo", "email": who.email, "phone": "",
        "comments": "I have forgotten it.", "submission": "",
    }  # fmt: skip
    sent = house.client.post(f"/{language}/forgotten-password/message/", fields)
    assert sent.status_code == 302
    assert house.client.get(sent["Location"]).status_code == 200
    message = Message.objects.get(kind="support/relay")
    assert (message.to_address, message.reply_to) == (house.plsa.email, who.email)
    assert Ticket.objects.get().relayed_to == 1


def test_users_do_as_plsas_do_where_the_brand_says_so(house: House, settings: Any) -> None:
    # D10
    policies(settings, user_recovery="self")
    assert heading(ask(house.client, user(house))) == "Look in your mailbox"
    assert mails("recovery_link") == 1


def test_a_suspended_user_is_led_to_whom_can_lift_it(house: House) -> None:
    # D3, D8
    who = user(house)
    state(who, LoginState.SUSPENDED, StateReason.BY_PLSA)
    assert b'id="relay-form"' in ask(house.client, who).content
    state(who, LoginState.BLOCKED, StateReason.BY_ASSISTANCE)
    page = ask(house.client, who).content
    assert b'id="contact-form"' in page
    assert b'id="relay-form"' not in page


def test_a_user_whose_company_has_no_plsa_gets_the_assistance_form(house: House) -> None:
    who = user(house)
    state(house.plsa, LoginState.SUSPENDED, StateReason.BY_ASSISTANCE)
    assert b'id="contact-form"' in ask(house.client, who).content


def test_a_login_without_a_first_password_gets_its_activation_again(house: House) -> None:
    made = accounts.create_login(
        first_name="F", last_name="F", email="fresh@fournier.example", language="fr", actor=SYSTEM, now=NOW
    )
    open_for(house.company, made, plsa=False)
    answer = ask(house.client, made)
    assert heading(answer) == "Look in your mailbox"
    link = Link.objects.get(purpose="activation")
    assert Message.objects.get(link=link).kind == "entry/activation_again"
    assert house.client.get(f"/en/password/choose/{links.token(link)}/").status_code == 200


def test_the_people_of_a_closed_company_are_sent_nothing(house: House) -> None:
    # H4
    close_company(actor=SYSTEM, now=NOW, company=house.company, reason="x")
    page = ask(house.client, house.plsa).content
    assert b'id="contact-form"' in page
    assert not mails("recovery_link")
    assert b'id="contact-form"' in ask(house.client, user(house)).content


def test_a_second_link_voids_the_first(house: House) -> None:
    ask(house.client, house.plsa)
    first = Link.objects.get(purpose="recovery")
    ask(house.client, house.plsa)
    first.refresh_from_db()
    assert first.superseded_at
    assert house.client.get(f"/en/forgotten-password/choose/{links.token(first)}/").status_code == 410


# ------------------------------------------------------------------------------------------------ what belongs together


@pytest.mark.parametrize(
    ("email", "login", "cofor", "matches"),
    [
        ("paula@fournier.example", "", "AB12CD", True),
        ("  paula@fournier.example\t", "", " AB12CD ", True),
        ("paula@FOURNIER.Example", "", "ab12cd", True),
        ("paula@fournier.example", "lower", "AB 12 CD", True),
        ("paula@fournier.example.", "", "AB12CD", True),
        ("Paula@fournier.example", "", "AB12CD", False),
        ("PAULA@fournier.example", "", "AB12CD", False),
        ("paula+x@fournier.example", "", "AB12CD", False),
        ("paula@fournier.examples", "", "AB12CD", False),
        ("paula@fournier.example", "VNBDY222", "AB12CD", False),
        ("paula@fournier.example", "", "EF34GH", False),
        ("paula@fournier.example", "", "ZZ99ZZ", False),
    ],
)
def test_three_values_belong_together(house: House, email: str, login: str, cofor: str, matches: bool) -> None:
    # decision 16
    other = cast.company(NOW, cofor="EF34GH", name="Another")
    open_for(other, person("other@other.example"))
    login = house.plsa.login.lower() if login == "lower" else login
    answer = ask(house.client, house.plsa, email=email, login=login, cofor=cofor)
    assert answer.status_code == 200
    assert heading(answer) == HEADING["mail" if matches else "none"]["en"]
    assert mails("recovery_link") == int(matches)


@pytest.mark.parametrize(("match", "found"), [("exact", False), ("casefold", True)])
def test_the_brand_may_relax_the_case_of_an_address(house: House, settings: Any, match: str, found: bool) -> None:
    policies(settings, email_match=match)
    assert (heading(ask(house.client, house.plsa, email="PAULA@fournier.example")) == "Look in your mailbox") is found


def test_an_address_registered_with_capitals_is_asked_for_with_them(house: House) -> None:
    # D8
    who = person("Karl.Big@Fournier.example")
    open_for(house.company, who)
    assert heading(ask(house.client, who, email="karl.big@fournier.example")) == HEADING["none"]["en"]
    assert heading(ask(house.client, who, email="Karl.Big@fournier.EXAMPLE")) == HEADING["mail"]["en"]
    assert Message.objects.get(kind="entry/recovery_link").to_address == "Karl.Big@Fournier.example"


@pytest.mark.parametrize("typed", ["раula@fournier.example", "paula@fоurnier.example", "ｐaula@fournier.example"])
def test_a_look_alike_of_an_address_matches_nothing(house: House, typed: str) -> None:
    answer = ask(house.client, house.plsa, email=typed)
    assert answer.status_code in {200, 422}
    assert not mails("recovery_link")


def test_somebody_of_two_companies_may_give_the_code_of_either(house: House) -> None:
    # E6
    other = cast.company(NOW, cofor="EF34GH", name="Second")
    open_for(other, house.plsa, plsa=False)
    for cofor in ("AB12CD", "EF34GH"):
        assert heading(ask(house.client, house.plsa, cofor=cofor)) == "Look in your mailbox"


def test_a_membership_that_ended_is_none(house: House) -> None:
    house.plsa.memberships.update(ended_at=NOW)
    assert heading(ask(house.client, house.plsa)) == HEADING["none"]["en"]


# ------------------------------------------------------------------------------------------------ neutral


def plain(content: bytes) -> bytes:
    """The page without what must differ: the token of the form, and the number of the try."""
    text = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)
    return re.sub(rb"\b\d{4} \d{4}\b", b"NUMBER", text)


def mismatches(house: House) -> dict[str, dict[str, str]]:
    right = {"email": house.plsa.email, "login": house.plsa.login, "cofor": "AB12CD"}
    found = {
        "unknown login": right | {"login": "VNBDY222"},
        "another address": right | {"email": "somebody@else.example"},
        "another code": right | {"cofor": "ZZ99ZZ"},
        "address in another case": right | {"email": "PAULA@fournier.example"},
        "nothing right": {"email": "no@body.example", "login": "nobody at all", "cofor": "QQ22QQ"},
    }
    for number, to in enumerate((LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED)):
        made = user(house, f"p{number}@fournier.example")
        state(made, to, StateReason.BY_ASSISTANCE)
        found[f"wrong address of a {to.value} login"] = right | {"login": made.login}
    deleted = user(house, "gone@fournier.example")
    deleted.memberships.update(ended_at=NOW)
    state(deleted, LoginState.DELETED, StateReason.BY_PLSA)
    found["everything right of a deleted login"] = {"email": deleted.email, "login": deleted.login, "cofor": "AB12CD"}
    alone = person("alone@fournier.example")
    found["of no company"] = {"email": alone.email, "login": alone.login, "cofor": "AB12CD"}
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_mismatch_has_the_same_status_bytes_and_headers(house: House, language: str) -> None:
    answers = {}
    for name, fields in mismatches(house).items():
        client = Client()
        client.get(f"/{language}/forgotten-password/")
        answer = client.post(f"/{language}/forgotten-password/", fields)
        headers = {key: value for key, value in answer.headers.items() if key != "X-Request-ID"}
        answers[name] = (answer.status_code, plain(answer.content), headers, sorted(client.cookies))
    assert len(answers) == 10
    reference = answers.pop("unknown login")
    assert reference[0] == 200
    for name, other in answers.items():
        assert other == reference, name
    assert not Message.objects.exists()


def test_every_mismatch_costs_the_same_queries(house: House) -> None:
    counts = {}
    for name, fields in mismatches(house).items():
        with CaptureQueriesContext(connection) as queries:
            Client().post("/en/forgotten-password/", fields)
        counts[name] = [re.sub(r"'[^']*'|\b\d+\b", "?", query["sql"])[:24] for query in queries]
    assert len({tuple(count) for count in counts.values()}) == 1, {name: len(count) for name, count in counts.items()}


def test_a_mismatch_leaves_a_number_that_tells_its_cause(house: House) -> None:
    # I5
    page = ask(house.client, house.plsa, cofor="ZZ99ZZ").content.decode()
    row = Diagnosis.objects.get()
    assert f"{row.number[:4]} {row.number[4:]}" in page
    assert (row.door, row.reason, row.person_key) == ("forgotten_password", "wrong_details", house.plsa.key)
    assert house.plsa.login not in page
    assert house.plsa.email not in page


# ------------------------------------------------------------------------------------------------ limits


@pytest.mark.usefixtures("_own_limits")
def test_at_most_three_mails_an_hour_go_to_one_person_however_many_tried_wrongly(
    house: House, clock: time_machine.Traveller
) -> None:
    for number in range(10):
        ask(Client(REMOTE_ADDR=f"192.0.2.{number}"), house.plsa, cofor="ZZ99ZZ")
    for _ in range(3):
        assert heading(ask(house.client, house.plsa)) == "Look in your mailbox"
    answer = ask(house.client, house.plsa)
    assert heading(answer) == "How you get in again"
    assert "Another one can be sent after 11:00" in answer.content.decode()
    assert mails("recovery_link") == 3
    clock.shift(timedelta(hours=1))
    assert heading(ask(house.client, house.plsa)) == "Look in your mailbox"


@pytest.mark.usefixtures("_own_limits")
def test_one_address_asks_twenty_times_an_hour(house: House) -> None:
    for _ in range(20):
        assert ask(house.client, house.plsa, cofor="ZZ99ZZ").status_code == 200
    assert ask(house.client, house.plsa, cofor="ZZ99ZZ").status_code == 429
    right = ask(house.client, house.plsa)
    assert right.status_code == 429
    assert not mails("recovery_link")
    assert ask(Client(REMOTE_ADDR="192.0.2.99"), house.plsa).status_code == 200


# ------------------------------------------------------------------------------------------------ the link


def link_of(house: House) -> str:
    ask(house.client, house.plsa)
    return f"/en/forgotten-password/choose/{links.token(Link.objects.get(purpose='recovery', superseded_at=None))}/"


def test_the_link_sets_a_password_once_ends_every_session_and_tells_the_owner(house: House) -> None:
    # D6, D8
    second = Client()
    house.sign_in(client=second)
    path = link_of(house)
    for _ in range(3):
        assert house.client.get(path).status_code == 200
    assert house.client.post(path, {"new_password": NEW}).status_code == 200
    assert not Session.objects.exists()
    assert not house.is_in(second)
    assert house.sign_in(password=NEW).status_code == 302
    assert Message.objects.get(kind="accounts/password_changed").to_address == house.plsa.email
    again = house.client.post(path, {"new_password": "something else entirely"})
    assert again.status_code == 200
    assert b"already been used" in again.content
    assert Person.objects.get().check_password(NEW)


def test_a_password_that_lacks_something_is_refused_in_words_and_spends_nothing(house: House) -> None:
    path = link_of(house)
    for word in ("too brief", "password" * 3, "x" * 129):
        answer = house.client.post(path, {"new_password": word})
        assert answer.status_code == 422
        assert word.encode() not in answer.content
    assert house.client.post(path, {"new_password": NEW}).status_code == 200


def test_a_link_ends_after_its_minutes(house: House, clock: time_machine.Traveller) -> None:
    path = link_of(house)
    clock.shift(timedelta(minutes=30))
    answer = house.client.get(path)
    assert answer.status_code == 410
    assert b"This link has expired" in answer.content
    assert b"/en/forgotten-password/" in answer.content
    assert house.client.post(path, {"new_password": NEW}).status_code == 410
    assert house.sign_in().status_code == 302


def test_a_password_changed_meanwhile_voids_the_link(house: House, clock: time_machine.Traveller) -> None:
    path = link_of(house)
    clock.shift(timedelta(minutes=1))
    accounts.set_password(
        person_id=house.plsa.pk, password=NEW, actor=SYSTEM, now=NOW + timedelta(minutes=1)
    )  # fmt: skip
    for answer in (house.client.get(path), house.client.post(path, {"new_password": "another one of mine"})):
        assert b"changed in the meantime" in answer.content
    assert Person.objects.get().check_password(NEW)


def test_the_link_of_a_login_that_was_blocked_meanwhile_sets_nothing(house: House) -> None:
    path = link_of(house)
    state(house.plsa, LoginState.BLOCKED, StateReason.STOLEN)
    for answer in (house.client.get(path), house.client.post(path, {"new_password": NEW})):
        assert answer.status_code == 200
        assert b"cannot be used at present" in answer.content
    assert Person.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("token", ["x", "A" * 48, "%00", "../../etc/passwd"])
def test_a_token_of_nobody_is_not_found(house: House, token: str) -> None:
    assert house.client.get(f"/en/forgotten-password/choose/{token}/").status_code == 404


def test_a_link_of_another_purpose_sets_no_password(house: House) -> None:
    made = accounts.create_login(
        first_name="F", last_name="F", email="fresh@fournier.example", language="en", actor=SYSTEM, now=NOW
    )
    open_for(house.company, made)
    ask(house.client, made)
    token = links.token(Link.objects.get(purpose="activation"))
    assert house.client.get(f"/en/forgotten-password/choose/{token}/").status_code == 404


# ------------------------------------------------------------------------------------------------ temporary passwords


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_temporary_password_is_mailed_kept_sealed_and_must_be_changed(
    house: House, settings: Any, language: str
) -> None:
    # decision 16
    policies(settings, recovery="temporary_password")
    answer = ask(house.client, house.plsa, language=language)
    assert answer.status_code == 200
    message = Message.objects.get(kind="entry/temporary_password")
    assert (message.to_address, message.sensitive, message.link) == (house.plsa.email, True, None)
    found = re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", render(message).text)
    assert found
    text = found[0]
    assert text not in str(message.context)
    assert text not in answer.content.decode()
    assert not any(text in str((event.new, event.old)) for event in Event.objects.all())
    assert preview(message) is None
    assert Event.objects.get(tag=Tag.RECOVERY_SENT).new == {"means": "temporary_password"}
    assert house.sign_in().status_code == 422
    assert house.sign_in(password=text).status_code == 302
    assert house.client.get("/en/home/").status_code == 302  # the password service stands before every page


def test_a_temporary_password_is_no_way_around_a_state(house: House, settings: Any) -> None:
    policies(settings, recovery="temporary_password")
    before = Person.objects.get().password
    state(house.plsa, LoginState.BLOCKED, StateReason.FORMER_PASSWORD)
    ask(house.client, house.plsa)
    ask(house.client, house.plsa, cofor="ZZ99ZZ")
    assert Person.objects.get().password == before
    assert not Message.objects.filter(kind="entry/temporary_password").exists()
