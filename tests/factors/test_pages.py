"""Setting a second factor up, signing in with it, and losing it, by the pages (D11, decisions 17 and 18)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client

from passerelle import brand
from passerelle.accounts.actions import removals
from passerelle.accounts.hashers import Busy
from passerelle.accounts.models import FactorRemoval, Person, Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor, ActorKind
from passerelle.entry.models import Diagnosis
from passerelle.limits import pauses
from passerelle.mail import links
from passerelle.mail.models import Link
from passerelle.web.credentials import REASONS, refusal_sentence
from tests.conftest import NOW
from tests.entry.conftest import open_for
from tests.factors.conftest import PASSWORD, House, Kit, authenticator, person

STEP = "/en/sign-in/second-factor/"
MINE = "/en/account/second-factor/"
ASSISTANCE = Actor(ActorKind.STAFF, key="officer", name="Olga Officer")


def text(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))


def enter(house: House, kit: Kit) -> None:
    assert house.sign_in()["Location"] == STEP
    assert house.client.post(STEP, {"code": kit.code(NOW)})["Location"] == "/en/home/"


# ---------------------------------------------------------------- signing in


def test_the_password_alone_does_not_enter(house: House, kit: Kit) -> None:
    # decision 18
    assert house.sign_in()["Location"] == STEP
    assert not house.is_in()
    assert not Session.objects.filter(person__isnull=False).exists()
    page = house.client.get(STEP)
    assert page.status_code == 200
    assert 'autocomplete="one-time-code"' in text(page)
    assert "no-store" in page["Cache-Control"]


def test_a_code_enters_pasted_with_a_space_and_leads_to_the_page_first_asked_for(house: House, kit: Kit) -> None:
    house.client.post("/en/sign-in/?next=/en/account/", {"login": kit.person.login, "password": PASSWORD})
    code = kit.code(NOW)
    answer = house.client.post(STEP, {"code": f"{code[:3]} {code[3:]}"})
    assert answer["Location"] == "/en/account/"
    assert house.client.session["factor"] == "authenticator"
    assert Event.objects.get(tag=Tag.SIGNED_IN).new["factor"] == "authenticator"
    assert house.is_in()


def test_a_code_that_entered_once_does_not_enter_again(house: House, kit: Kit) -> None:
    enter(house, kit)
    second = Client()
    assert house.sign_in(client=second)["Location"] == STEP
    assert second.post(STEP, {"code": kit.code(NOW)}).status_code == 422
    assert not house.is_in(second)


def test_a_recovery_code_enters_once_and_its_owner_sees_how_many_are_left(house: House, kit: Kit) -> None:
    house.sign_in()
    answer = house.client.post(STEP, {"recovery": kit.codes[3].lower()}, follow=True)
    assert "9 codes of your list are left" in text(answer)
    second = Client()
    house.sign_in(client=second)
    page = second.post(STEP, {"recovery": kit.codes[3]})
    assert page.status_code == 422
    assert "not on your list, or it was used already" in text(page)


def test_a_wrong_and_a_used_code_read_alike_and_leave_a_number(house: House, kit: Kit) -> None:
    # D2, I5
    enter(house, kit)
    pages = []
    for code in ("000000", kit.code(NOW)):
        client = Client()
        house.sign_in(client=client)
        pages.append(client.post(STEP, {"code": code}))
    numbers = list(Diagnosis.objects.filter(door="second_factor").order_by("pk").values_list("number", "reason"))
    assert [reason for _number, reason in numbers] == ["wrong_code", "used_code"]
    told = {refusal_sentence(row) for row in Diagnosis.objects.filter(door="second_factor")}
    assert told == {str(REASONS["wrong_code"]), str(REASONS["used_code"])}
    shown = []
    for page, (number, _reason) in zip(pages, numbers, strict=True):
        assert page.status_code == 422
        assert f"{number[:4]} {number[4:]}" in text(page)
        shown.append(re.sub(r'value="[^"]*"', "", text(page)).replace(f"{number[:4]} {number[4:]}", ""))
    assert shown[0] == shown[1]


def test_after_ten_wrong_codes_not_even_the_right_one_is_taken_and_a_recovery_code_neither(
    house: House, kit: Kit
) -> None:
    house.sign_in()
    for _ in range(10):
        assert "Codes are not taken" not in text(house.client.post(STEP, {"code": "000000"}))
    for sent in ({"code": kit.code(NOW)}, {"recovery": kit.codes[0]}, {"code": "000000"}):
        page = house.client.post(STEP, sent)
        assert page.status_code == 422
        assert "Codes are not taken until" in text(page)
    assert Diagnosis.objects.filter(door="second_factor", reason="wrong_code").count() == 10
    assert Diagnosis.objects.filter(door="second_factor", reason="second_factor_paused").count() == 1
    assert not house.is_in()
    assert not pauses.peek("sign_in", kit.person.login, now=NOW)  # nor a password, until the lane's pause is over


def test_the_second_step_ends_after_ten_minutes(house: House, kit: Kit, clock: time_machine.Traveller) -> None:
    house.sign_in()
    clock.shift(timedelta(minutes=10, seconds=1))
    later = NOW + timedelta(minutes=10, seconds=1)
    assert house.client.post(STEP, {"code": kit.code(later)})["Location"] == "/en/sign-in/"
    assert not house.is_in()


def test_nobody_comes_to_the_second_step_without_a_password(house: House, kit: Kit) -> None:
    assert house.client.get(STEP)["Location"] == "/en/sign-in/"
    assert house.client.post(STEP, {"code": kit.code(NOW)})["Location"] == "/en/sign-in/"
    assert house.client.post(f"{STEP}passkey/").status_code == 410


def test_another_persons_code_does_not_pass_my_second_step(house: House, kit: Kit) -> None:
    other = authenticator(person("olaf@fournier.example"))
    house.sign_in()
    assert house.client.post(STEP, {"code": other.code(NOW)}).status_code == 422
    assert house.client.post(STEP, {"recovery": other.codes[0]}).status_code == 422


@pytest.mark.parametrize("field", ["code", "recovery", "credential"])
@pytest.mark.parametrize("value", ["", "\x00", "x" * 100_000, "‮123456", "null", "[]", '{"id":1}', '{"rawId":"é"}'])
def test_hostile_answers_are_refused_with_words(house: House, kit: Kit, field: str, value: str) -> None:
    house.sign_in()
    house.client.post(f"{STEP}passkey/")
    page = house.client.post(STEP, {field: value})
    assert page.status_code == 422
    assert not house.is_in()


def test_a_password_changed_meanwhile_ends_the_second_step(house: House, kit: Kit) -> None:
    house.sign_in()
    kit.person.credential_epoch += 1
    kit.person.save()
    assert house.client.post(STEP, {"code": kit.code(NOW)})["Location"] == "/en/sign-in/"


# ---------------------------------------------------------------- setting up


def test_an_authenticator_is_set_up_by_the_pages_and_this_session_goes_on(house: House) -> None:
    house.sign_in()
    other = Client()
    house.sign_in(client=other)
    page = house.client.get(f"{MINE}authenticator/")
    assert page.status_code == 200
    body = text(page)
    assert "<svg role=" in body
    assert "style=" not in body
    secret = re.search(r"secret=([A-Z2-7]{32})", body)
    assert secret is not None
    assert " ".join(re.findall("....", secret[1])) in body
    assert house.client.post(f"{MINE}authenticator/", {"code": "000000", "name": "Phone"}).status_code == 422
    code = pyotp.TOTP(secret[1]).at(NOW)
    answer = house.client.post(f"{MINE}authenticator/", {"code": code, "name": "Phone"})
    assert answer["Location"] == f"{MINE}recovery-codes/"
    assert house.is_in()
    assert not house.is_in(other)
    codes = text(house.client.get(answer["Location"]))
    shown = re.findall(r"\b[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}\b", codes)
    assert len(set(shown)) == 10
    file = house.client.get(f"{MINE}recovery-codes/file/")
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in file["Content-Disposition"]
    assert all(code in file.content.decode() for code in shown)
    assert house.client.post(f"{MINE}recovery-codes/")["Location"] == MINE
    again = text(house.client.get(f"{MINE}recovery-codes/"))
    assert not any(code in again for code in shown)
    assert house.client.get(f"{MINE}recovery-codes/file/").status_code == 302


def test_the_secret_in_set_up_stands_in_no_row_in_clear(house: House) -> None:
    house.sign_in()
    secret = re.search(r"secret=([A-Z2-7]{32})", text(house.client.get(f"{MINE}authenticator/")))
    assert secret is not None
    session = Session.objects.get()
    assert secret[1] not in str(session.get_decoded())


def test_a_factor_is_renamed_and_removed(house: House, kit: Kit) -> None:
    enter(house, kit)
    key = kit.person.second_factors.get().key
    assert house.client.post(f"{MINE}{key}/rename/", {"name": "Old phone"})["Location"] == MINE
    assert "Old phone" in text(house.client.get(MINE))
    assert "your password alone will open" in text(house.client.get(f"{MINE}{key}/remove/"))
    assert house.client.post(f"{MINE}{key}/remove/")["Location"] == MINE
    assert house.is_in()
    assert house.client.session["factor"] == ""
    assert not kit.person.second_factors.exists()


def test_another_persons_factor_is_not_found(house: House, kit: Kit) -> None:
    enter(house, kit)
    other = authenticator(person("olaf@fournier.example"))
    key = other.person.second_factors.get().key
    for act in ("rename", "remove"):
        assert house.client.get(f"{MINE}{key}/{act}/").status_code == 404
        assert house.client.post(f"{MINE}{key}/{act}/", {"name": "Mine"}).status_code == 404
    assert other.person.second_factors.get().name == "Phone"


def test_new_recovery_codes_are_shown_after_a_fresh_proof(
    house: House, kit: Kit, clock: time_machine.Traveller
) -> None:
    enter(house, kit)
    clock.shift(timedelta(minutes=brand.current().policies.fresh_proof_minutes))
    answer = house.client.get(f"{MINE}recovery-codes/new/")
    assert answer["Location"].startswith("/en/account/confirm/?next=")
    assert house.client.post(f"{MINE}recovery-codes/new/")["Location"].startswith("/en/account/confirm/?next=")
    assert kit.person.recovery_codes.filter(created_at=NOW).count() == 0
    house.client.post("/en/account/confirm/", {"password": PASSWORD, "next": f"{MINE}recovery-codes/new/"})
    assert house.client.get(f"{MINE}recovery-codes/new/").status_code == 200
    page = house.client.post(f"{MINE}recovery-codes/new/", follow=True)
    assert "Keep these codes now" in text(page)


# ---------------------------------------------------------------- required


def test_a_required_factor_is_set_up_before_anything_else_and_the_deep_link_survives(
    house: House, brassac: None
) -> None:
    # decision 18
    answer = house.client.post(
        "/en/sign-in/?next=/en/account/details/", {"login": house.plsa.login, "password": PASSWORD}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"{MINE}?next=%2Fen%2Faccount%2Fdetails%2F"
    body = text(answer)
    assert "Set up a second factor to go on" in body
    assert house.client.get("/en/home/").status_code == 302
    assert house.client.get("/en/account/").status_code == 302
    assert house.client.get("/en/help/").status_code == 200
    page = house.client.get(f"{MINE}authenticator/?next=/en/account/details/")
    secret = re.search(r"secret=([A-Z2-7]{32})", text(page))
    assert secret is not None
    sent = {"code": pyotp.TOTP(secret[1]).at(NOW), "name": "Phone", "next": "/en/account/details/"}
    codes = house.client.post(f"{MINE}authenticator/", sent)["Location"]
    assert codes == f"{MINE}recovery-codes/?next=%2Fen%2Faccount%2Fdetails%2F"
    assert house.client.post(codes, {"next": "/en/account/details/"})["Location"] == "/en/account/details/"
    assert house.client.get("/en/account/details/").status_code == 200
    key = house.plsa.second_factors.get().key
    assert "/remove/" not in text(house.client.get(MINE))
    house.client.post(f"{MINE}{key}/remove/")
    assert house.plsa.second_factors.exists()


@pytest.mark.parametrize(("plsa", "users", "stopped"), [
    ("required", "required", {"staff", "plsa", "user"}),
    ("required", "offered", {"staff", "plsa"}),
    ("offered", "required", {"user"}),
    ("offered", "offered", set()),
])  # fmt: skip
def test_who_must_set_a_factor_up_is_the_brands_to_say(
    house: House, settings: Any, plsa: str, users: str, stopped: set[str]
) -> None:
    # decision 18
    settings.PASSERELLE_BRAND = brand.current().with_policies(second_factor=plsa, second_factor_users=users)
    user, staff = person("ulla@fournier.example"), person("stan@group.example")
    open_for(house.company, user, plsa=False)
    Person.objects.filter(pk=staff.pk).update(kind="staff")
    found = set()
    for name, who in (("staff", staff), ("plsa", house.plsa), ("user", user)):
        client = Client()
        answer = client.post("/en/sign-in/", {"login": who.login, "password": PASSWORD}, follow=True)
        if answer.redirect_chain[-1][0].startswith(MINE):
            found.add(name)
    assert found == stopped


def test_who_has_a_factor_is_asked_for_it_where_it_is_only_offered(house: House, kit: Kit, settings: Any) -> None:
    settings.PASSERELLE_BRAND = brand.current().with_policies(second_factor="offered", second_factor_users="offered")
    assert house.sign_in()["Location"] == STEP
    assert not house.is_in()


# ---------------------------------------------------------------- fresh proof


@pytest.mark.parametrize("by", ["password", "code"])
def test_a_confirmation_leads_back_to_the_act(house: House, kit: Kit, clock: time_machine.Traveller, by: str) -> None:
    enter(house, kit)
    clock.shift(timedelta(minutes=6))
    act = f"{MINE}authenticator/"
    key = kit.person.second_factors.get().key
    act = f"{MINE}{key}/remove/"
    where = house.client.get(act)["Location"]
    assert house.client.get(where).status_code == 200
    wrong = house.client.post(where, {by: "000000"})
    assert wrong.status_code == 422
    assert Event.objects.filter(tag=Tag.SIGN_IN_REFUSED).latest("pk").new["door"] == "confirm"
    right = PASSWORD if by == "password" else kit.code(NOW + timedelta(minutes=6))
    assert house.client.post(where, {by: right})["Location"] == act
    assert house.client.get(act).status_code == 200


def test_passwords_typed_again_are_limited(house: House, kit: Kit, clock: time_machine.Traveller) -> None:
    enter(house, kit)
    for _ in range(10):
        house.client.post("/en/account/confirm/", {"password": "wrong wrong wrong"})
    page = house.client.post("/en/account/confirm/", {"password": PASSWORD})
    assert page.status_code == 422
    assert "Too many tries" in text(page)


def test_a_password_that_finds_no_turn_is_not_counted(house: House, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    # decision 13: at most one hash a core
    def busy() -> None:
        raise Busy

    enter(house, kit)
    with monkeypatch.context() as patched:
        patched.setattr("passerelle.portal.session.present.turn_at_a_door", busy)
        for _ in range(11):
            page = house.client.post("/en/account/confirm/", {"password": PASSWORD})
            assert page.status_code == 422
            assert "The portal is busy" in text(page)
    assert house.client.post("/en/account/confirm/", {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil"])
def test_a_confirmation_leads_nowhere_else(house: House, kit: Kit, wanted: str) -> None:
    enter(house, kit)
    answer = house.client.post("/en/account/confirm/", {"password": PASSWORD, "next": wanted})
    assert answer["Location"] == MINE


# ---------------------------------------------------------------- a lost device


def ask(kit: Kit) -> str:
    removals.ask_removal(person_id=kit.person.pk, actor=ASSISTANCE, now=NOW)
    return f"/en/account/second-factor/keep/{links.token(Link.objects.get(purpose='removal'))}/"


def test_the_page_of_the_mail_keeps_the_factor_and_opening_it_does_nothing(house: House, kit: Kit) -> None:
    address = ask(kit)
    stranger = Client()
    page = stranger.get(address)
    assert "Olga Officer" in text(page)
    assert FactorRemoval.objects.get().cancelled_at is None
    assert "Your second factor stays" in text(stranger.post(address))
    assert FactorRemoval.objects.get().cancelled_at == NOW
    assert "Your second factor stays" in text(stranger.get(address))
    assert stranger.post(address).status_code == 409


def test_a_link_of_the_mail_that_is_cut_or_late_says_so(house: House, kit: Kit, clock: time_machine.Traveller) -> None:
    address = ask(kit)
    assert house.client.get(f"{address[:-4]}/").status_code == 404
    assert house.client.get("/en/account/second-factor/keep/x/").status_code == 404
    clock.shift(timedelta(hours=25))
    assert house.client.get(address).status_code == 410
    assert house.client.post(address).status_code == 409


def test_a_signed_in_owner_sees_the_request_and_keeps_the_factor(house: House, kit: Kit) -> None:
    enter(house, kit)
    ask(kit)
    assert "Your second factor is to be removed" in text(house.client.get(MINE))
    assert "Your second factor stays" in text(house.client.post(f"{MINE}keep/", follow=True))
    assert FactorRemoval.objects.get().cancelled_at == NOW
