"""Why a login cannot enter, link by link, and the number that a caller reads out (I5)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import Lifter, LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor, visitor
from passerelle.core.verdict import no
from passerelle.entry import actions as entry
from passerelle.entry import tasks
from passerelle.entry.models import Diagnosis
from passerelle.entry.queries import diagnosis_by_number
from passerelle.entry.queries.people import chain_of
from passerelle.entry.rules.diagnosis import Chain, Link, explain, obstacles
from passerelle.entry.rules.gates import GateFacts
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Mandate, Membership
from passerelle.suppliers.actions import close_company
from passerelle.web.credentials import LINKS, REASONS, next_words, reason_words, refusal_sentence, sentence, since_words
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, person

NUMBER = re.compile(rb"Diagnosis number: <code[^>]*>(\d{4} \d{4})</code>|Diagnosis number: .*?(\d{4} \d{4})")


def number_on(content: bytes) -> str:
    found = NUMBER.search(content)
    assert found
    return (found.group(1) or found.group(2)).decode()


def links(who: Person | None) -> list[Link]:
    chain = chain_of(who, None, NOW) if who else Chain()
    return explain(Person.objects.get(pk=who.pk) if who else None, chain, now=NOW)


def held(who: Person | None) -> dict[str, str]:
    """The names of the links that do not hold, each with its reason."""
    return {link.name: link.verdict.reason for link in links(who) if not link.verdict}


# ---------------------------------------------------------------- the number


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("login", ["known", "VNBDY222", "my secret words 42"])
def test_every_failure_shows_a_number_and_nothing_else(house: House, login: str, language: str) -> None:
    # I5: unknown logins included
    typed = house.plsa.login if login == "known" else login
    answer = Client().post(f"/{language}/sign-in/", {"login": typed, "password": "wrong"})
    digits = re.findall(rb"\b(\d{4} \d{4})\b", answer.content)
    assert len(digits) == 1
    found = diagnosis_by_number(digits[0].decode(), NOW)
    assert found is not None
    assert found.reason == ("wrong_password" if login == "known" else "unknown")
    assert found.person_key == (house.plsa.key if login == "known" else "")
    assert found.reason.encode() not in answer.content


def test_what_was_typed_is_kept_only_if_it_looks_like_a_login(house: House) -> None:
    # People type passwords into the wrong field.
    for typed in ("my secret words 42", PASSWORD, "V2345678X", "<script>"):
        Client().post("/en/sign-in/", {"login": typed, "password": "wrong"})
    assert set(Diagnosis.objects.values_list("login_key", flat=True)) == {""}
    assert PASSWORD not in str([(e.old, e.new) for e in Event.objects.all()])


def test_a_number_works_for_a_day_and_is_swept_after_it(house: House, clock: time_machine.Traveller) -> None:
    number = number_on(house.sign_in(password="wrong").content)
    assert diagnosis_by_number(number, NOW + timedelta(hours=23, minutes=59)) is not None
    assert diagnosis_by_number(number, NOW + timedelta(hours=24)) is None
    tasks.sweep_diagnoses.func()
    assert Diagnosis.objects.count() == 1
    clock.shift(timedelta(hours=24))
    tasks.sweep_diagnoses.func()
    assert not Diagnosis.objects.exists()


@pytest.mark.parametrize(
    "typed", ["", "1234", "abcdefgh", "１２３４５６７８", "12345678'; --", "\x00" * 8, "9" * 5000, "1 2 3"]
)
def test_what_is_no_number_finds_nothing(db: None, typed: str) -> None:
    assert diagnosis_by_number(typed, NOW) is None


def test_hammering_on_a_closed_door_fills_no_table(house: House) -> None:
    for _ in range(5):
        house.sign_in(password="wrong", client=Client())
    numbers = {number_on(house.sign_in(password="wrong", client=Client()).content) for _ in range(20)}
    assert len(numbers) == 1
    assert Diagnosis.objects.count() == 6
    assert Event.objects.filter(tag=Tag.SIGN_IN_REFUSED).count() == 6
    for number in range(200):  # beyond the limit of its network, whatever is typed
        Client().post("/en/sign-in/", {"login": f"VNBDY{number:03d}", "password": f"wrong {number}"})
    assert Diagnosis.objects.count() <= 6 + 60 + 61


def test_reading_a_number_stands_in_the_trail(house: House, officer: Actor) -> None:
    found = diagnosis_by_number(number_on(house.sign_in(password="wrong").content), NOW)
    assert found is not None
    entry.read_diagnosis(diagnosis=found, actor=officer, now=NOW)
    line = Event.objects.get(tag=Tag.DIAGNOSIS_READ)
    assert (line.actor_key, line.person_key) == (officer.key, house.plsa.key)


def test_two_refusals_never_share_a_number(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr("passerelle.entry.actions.diagnosis.secrets.randbelow", lambda most: next(drawn))
    made = [
        entry.note_failure(door="sign_in", typed="", person=None, reason="unknown", actor=visitor(), now=NOW)
        for _ in range(2)
    ]
    assert [row.number for row in made] == ["00000007", "00000008"]


# ---------------------------------------------------------------- the chain


def test_a_login_that_enters_has_no_obstacle(house: House) -> None:
    assert held(house.plsa) == {}
    assert obstacles(links(house.plsa)) == []


def test_an_unknown_login_is_one_link(db: None) -> None:
    assert held(None) == {"login": "unknown"}


def test_each_state_says_who_can_lift_it(house: House) -> None:
    # D3
    accounts.change_state(
        person_id=house.plsa.pk, to=LoginState.BLOCKED, reason=StateReason.FORMER_PASSWORD, actor=SYSTEM, now=NOW
    )
    (link,) = obstacles(links(house.plsa))
    assert (link.name, link.verdict.reason, link.detail) == ("state", "login_blocked", StateReason.FORMER_PASSWORD)
    assert link.lifters == {Lifter.OWNER, Lifter.PLSA, Lifter.ASSISTANCE}
    assert len(next_words(link)) == 3
    assert "former password" in reason_words(link)
    assert "2 March 2026" in since_words(link)


def test_each_obstacle_has_its_link(house: House) -> None:
    fresh = accounts.create_login(
        first_name="F", last_name="F", email="fresh@fournier.example", language="en", actor=SYSTEM, now=NOW
    )
    assert held(fresh) == {"login": "not_activated", "membership": "no_company"}
    for _ in range(5):
        house.sign_in(password="wrong", client=Client())
    assert held(house.plsa) == {"pause": "paused"}
    memberships.suspend_access(company_id=house.company.pk, reason="x", actor=SYSTEM, now=NOW)
    assert held(house.plsa)["membership"] == "access_suspended"
    close_company(actor=SYSTEM, now=NOW, company=house.company, reason="x")
    assert held(house.plsa)["membership"] == "company_closed"
    Membership.objects.update(ended_at=NOW)
    assert held(house.plsa)["membership"] == "no_company"


def test_a_company_without_a_plsa_is_told_and_stops_nobody(house: House) -> None:
    Mandate.objects.all().delete()
    assert held(house.plsa) == {"mandate": "no_plsa"}
    assert obstacles(links(house.plsa)) == []


def test_passwords_that_ended_or_must_change_are_told(house: House) -> None:
    # D5, D10
    who = Person.objects.get(pk=house.plsa.pk)
    chain = Chain(gates=GateFacts())
    who.password_changed_at = NOW - timedelta(days=181)
    assert "password_expired" in {link.verdict.reason for link in explain(who, chain, now=NOW)}
    with_factor = Chain(gates=GateFacts(has_factor=True))
    assert "password_expired" not in {link.verdict.reason for link in explain(who, with_factor, now=NOW)}
    who.must_change_since = NOW
    assert "password_must_change" in {link.verdict.reason for link in explain(who, chain, now=NOW)}
    who.temporary_until = NOW
    assert "temporary_password_ended" in {link.verdict.reason for link in explain(who, chain, now=NOW)}


def test_the_chain_says_what_the_sign_in_does(house: House) -> None:
    # I5: the same functions decide; nothing that lets in is called an obstacle, and nothing that stops is left out.
    people = {"active": house.plsa}
    for number, state in enumerate((LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED)):
        people[state.value] = made = person(f"s{number}@fournier.example")
        accounts.change_state(person_id=made.pk, to=state, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=NOW)
    people["alone"] = person("alone@fournier.example")
    for name, who in people.items():
        stopped = bool(obstacles(links(Person.objects.get(pk=who.pk))))
        entered = house.sign_in(who.login, client=Client()).status_code == 302
        assert entered is not stopped, name


def test_every_link_and_refusal_has_its_words(house: House) -> None:
    found = links(house.plsa) + links(None)
    for link in found:
        assert link.name in LINKS
        assert sentence(link)
        assert not next_words(link) or not link.verdict
    for row in ("paused", "address_paused", "password_paused", "unknown", "wrong_password", "not_activated"):
        assert refusal_sentence(Diagnosis(reason=row)) == str(REASONS[row])


def test_nobody_is_said_to_decide_on_a_deleted_login() -> None:  # D3
    gone = Link("state", no("login_deleted", actor="plsa", next_action="contact_plsa"))
    assert next_words(gone) == []
    assert next_words(Link("state", no("login_blocked", actor="plsa", next_action="contact_plsa"))) != []
