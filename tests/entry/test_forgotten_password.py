"""Forgotten password: a personal answer to three values that belong together (D8, D10)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.entry.models import Diagnosis
from passerelle.entry.rules.people import Act
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.mail.render import preview, render
from passerelle.suppliers.actions import close_company
from passerelle.support.models import Ticket
from passerelle.web.acts import count
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import House, open_for, person
from tests.entry.recovering import HEADING, ask, heading, mails, policies, state, user


@pytest.fixture(autouse=True)
def _wide_limits(settings: Any) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 100


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
    assert "access administrator (PLSA)" not in page  # the only one is no help to themselves
    assert "second factor" not in page.lower()
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
    assert 'value="AB12CD"' in page
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
    assert "Plsa" not in page
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


@pytest.mark.parametrize("plsa", [True, False])
def test_the_form_holds_what_was_typed_and_nothing_that_is_registered(house: House, plsa: bool) -> None:
    # D8: the page is a public one
    who = house.plsa if plsa else user(house)
    Person.objects.filter(pk=who.pk).update(last_name="Registered-Name", first_name="Given-Name", phone="+33 612345678")
    if plsa:
        state(who, LoginState.SUSPENDED, StateReason.BY_PLSA)
    page = ask(house.client, who).content.decode()
    assert f'id="{"contact" if plsa else "relay"}-form"' in page
    assert all(f'value="{value}"' in page for value in (who.email, "AB12CD"))
    assert not any(text in page for text in ("Registered-Name", "Given-Name", "612345678"))


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


# ------------------------------------------------------------------------------------------------ the counters


def test_reminders_and_links_of_others_leave_the_owner_s_own_link_alone(house: House, settings: Any) -> None:
    # D8, D9: three counters, so that nobody else uses up what the owner may ask for
    settings.PASSERELLE_LIMITS_FACTOR = 1
    for _ in range(4):
        house.client.post("/en/forgotten-login/", {"cofor": "AB12CD", "email": house.plsa.email})
    assert mails("login_reminder") == 3
    assert [bool(count(Act.PASSWORD_LINK, house.plsa, now=NOW)) for _ in range(4)] == [True, True, True, False]
    for _ in range(4):
        ask(house.client, house.plsa)
    assert mails("recovery_link") == 3


def test_the_owner_s_own_links_leave_the_others_alone(house: House, settings: Any) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 1
    for _ in range(4):
        ask(house.client, house.plsa)
    house.client.post("/en/forgotten-login/", {"cofor": "AB12CD", "email": house.plsa.email})
    assert mails("login_reminder") == 1
    assert count(Act.PASSWORD_LINK, house.plsa, now=NOW)
