"""People at the desk: found, explained, acted upon by the Assistance (B7, D3, I5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import FactorRemoval, Person, SecondFactor
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, visitor
from passerelle.entry.actions import people as acts
from passerelle.entry.actions.diagnosis import note_failure
from passerelle.entry.rules.people import Act
from passerelle.mail.models import Link
from tests.hostile.strings import HOSTILE
from tests.teams import Teams

pytestmark = pytest.mark.django_db
FRAMES = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")
ENTRY = 4  # who asks: the session, the person, their roles, the gates


@pytest.fixture
def later(now: datetime) -> Iterator[datetime]:
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        yield now + timedelta(hours=1)


@pytest.fixture
def teams(now: datetime, later: datetime) -> Teams:
    return Teams(now)


@pytest.fixture
def olga(teams: Teams, later: datetime) -> Client:
    return teams.browser("olga", later)


def html(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return " ".join(response.content.decode().split())


def found(client: Client, text: str) -> list[str]:
    response = client.get("/en/desk/people/", {"q": text})
    assert response.status_code == 200
    return [row["person"].first_name.lower() for row in response.context["rows"]]


# ---------------------------------------------------------------- finding


def test_a_person_is_found_by_login_address_or_name(olga: Client, teams: Teams) -> None:
    # B7
    Person.objects.filter(pk=teams.people["uma"].pk).update(first_name="Léonie", last_name="O'Brien-Müller")
    uma = teams.people["uma"]
    spaced = f"{uma.login[:4].lower()} {uma.login[4:]}"
    for text in (
        uma.login,
        spaced,
        "UMA@ab12cd.example",
        "leonie o'brien muller",
        "Müller Léonie",
        "Leonie OBrien-Muler",
    ):
        assert found(olga, text)[:1] == ["léonie"], text
    assert found(olga, "Ofpaula")[:1] == ["paula"]
    assert found(olga, "Zebulon Quartz") == []
    assert "Nobody matches “Zebulon Quartz”" in html(olga, "/en/desk/people/?q=Zebulon+Quartz")


def test_the_living_holder_of_an_address_comes_before_the_deleted_one(olga: Client, teams: Teams) -> None:
    accounts.change_state(
        person_id=teams.people["uma"].pk, to=LoginState.DELETED, reason=StateReason.LEFT, actor=SYSTEM, now=teams.now
    )
    accounts.create_login(
        first_name="Ulla", last_name="New", email="uma@ab12cd.example", language="en", actor=SYSTEM, now=teams.now
    )
    assert found(olga, "uma@ab12cd.example") == ["ulla", "uma"]


def test_in_a_large_table_names_that_begin_alike_are_compared(
    olga: Client, teams: Teams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passerelle.backoffice.people.search._EVERYBODY", 3)
    for text in ("Ofuma", "Uma Ofumma", "ofuma uma", "Uma"):
        assert found(olga, text)[:1] == ["uma"], text


@pytest.mark.parametrize("text", list(HOSTILE))
def test_whatever_is_typed_gives_a_page(olga: Client, teams: Teams, text: str) -> None:
    response = olga.get(f"/en/desk/people/?q={HOSTILE[text][:3000]}&page=zz")
    assert response.status_code == 200


def test_staff_logins_are_found_by_administrators_only(olga: Client, teams: Teams, later: datetime) -> None:
    ada, edda = teams.browser("ada", later), teams.people["edda"]
    for text in (edda.login, edda.email, "Edda Ofedda"):
        assert found(olga, text) == []
        assert found(ada, text)[:1] == ["edda"]
    html(olga, f"/en/desk/people/{edda.key}/", status=404)
    assert olga.post(f"/en/desk/people/{edda.key}/suspend/", {"note": "Why."}).status_code == 404
    assert "Staff of the group" in html(ada, f"/en/desk/people/{edda.key}/")
    ada.post(f"/en/desk/people/{edda.key}/suspend/", {"note": "Left."})
    assert teams.fresh("edda").state == LoginState.SUSPENDED


@pytest.mark.parametrize("path", ["", "diagnosis/", "{}/", "{}/lift/", "{}/nothing/"])
@pytest.mark.parametrize(("name", "status"), [("edda", 403), ("basil", 403), ("paula", 404), ("uma", 404)])
def test_only_who_manages_people_opens_the_pages(
    teams: Teams, later: datetime, path: str, name: str, status: int
) -> None:
    client = teams.browser(name, later)
    page = f"/en/desk/people/{path.format(teams.key('uma'))}"
    assert client.get(page).status_code == status
    assert client.post(page, {"note": "Why.", "number": "12345678"}).status_code == status
    assert teams.fresh("uma").state == LoginState.ACTIVE


@pytest.mark.parametrize("path", ["/en/desk/people/", "/en/desk/people/?q=of1"])
def test_a_list_costs_the_same_whatever_its_length(olga: Client, teams: Teams, path: str) -> None:
    # P12
    def cost() -> int:
        olga.get(path)
        with CaptureQueriesContext(connection) as made:
            assert olga.get(path).status_code == 200
        return sum(not query["sql"].startswith(FRAMES) for query in made.captured_queries)

    for number in (11, 12):
        teams.add(f"of{number}", teams.ours, plsa=False)
    few = cost()
    for number in range(13, 43):
        teams.add(f"of{number}", teams.ours, plsa=False)
        teams.add(f"of{number}", teams.theirs, plsa=False)
    assert cost() <= few <= 6 + ENTRY
    assert "page=2" in html(olga, "/en/desk/people/?q=of1") or "after=" in html(olga, "/en/desk/people/")


# ---------------------------------------------------------------- one person


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_person_is_shown_with_all_that_is_known(olga: Client, teams: Teams, language: str) -> None:
    page = html(olga, f"/{language}/desk/people/{teams.key('sam')}/")
    for text in (teams.people["sam"].login, "sam@ab12cd.example", "Fournier Précision", "Moulin d&#x27;Arve"):
        assert text in page


def test_the_page_says_why_link_by_link_and_who_can_help(olga: Client, teams: Teams) -> None:
    # I5, D3
    accounts.change_state(
        person_id=teams.people["uma"].pk, to=LoginState.BLOCKED, reason=StateReason.FORMER_PASSWORD, actor=SYSTEM,
        now=teams.now,
    )  # fmt: skip
    page = html(olga, f"/en/desk/people/{teams.key('uma')}/")
    for text in (
        f"Why can {teams.people['uma'].login} not sign in?", "The login is blocked.", "The password can be used.",
        "The company lets its people in.", "The Assistance can lift it.", "Make active again", "since 2 March 2026",
        "State of the login changed",
    ):  # fmt: skip
        assert text in page, text
    assert "/password-link/" not in page  # nothing helps before the block is lifted


def test_one_company_that_lets_in_makes_up_for_another_that_does_not(olga: Client, teams: Teams) -> None:
    # I5: the page tells of the company where a PLSA suspended the person, without calling it what keeps the login out
    acts.suspend(
        person_key=teams.key("sam"), company_key=teams.ours.key, note="Why.", actor=teams.actor("paula"), now=teams.now
    )
    page = html(olga, f"/en/desk/people/{teams.key('sam')}/")
    assert f"Can {teams.people['sam'].login} sign in?" in page
    assert "The login is suspended for this company." in page
    assert "suspended by a PLSA on 2 March 2026" in page


def test_a_second_factor_is_told_by_its_kind_only(olga: Client, teams: Teams) -> None:
    SecondFactor.objects.create(
        person=teams.people["uma"], kind="authenticator", name="My secret phone", secret="x", created_at=teams.now
    )
    page = html(olga, f"/en/desk/people/{teams.key('uma')}/")
    assert "Authenticator application" in page
    assert "My secret phone" not in page
    path = f"/en/desk/people/{teams.key('uma')}/remove-factor/"
    assert "after 24 hours" in html(olga, path)
    assert olga.post(path).status_code == 302
    removal = FactorRemoval.objects.get(person=teams.people["uma"])
    assert removal.asked_by_key == teams.key("olga")
    page = html(olga, f"/en/desk/people/{teams.key('uma')}/")
    assert "unless its owner keeps it" in page
    assert "/remove-factor/" not in page


@pytest.mark.parametrize("act", [Act.SUSPEND, Act.BLOCK, Act.DELETE])
def test_dangerous_acts_are_asked_in_red_with_a_reason(olga: Client, teams: Teams, act: Act) -> None:
    path = f"/en/desk/people/{teams.key('uma')}/{act.value}/"
    assert "button--danger" in html(olga, path)
    assert olga.post(path, {"note": " "}).status_code == 422
    assert teams.fresh("uma").state == LoginState.ACTIVE
    page = " ".join(olga.post(path, {"note": "Reported by phone."}, follow=True).content.decode().split())
    assert teams.fresh("uma").state != LoginState.ACTIVE
    assert "Reported by phone." in page
    line = Event.objects.filter(tag=Tag.LOGIN_STATE_CHANGED.value).latest("pk")
    assert (line.actor_key, line.new["note"]) == (teams.key("olga"), "Reported by phone.")


def test_what_was_typed_goes_along_to_the_other_language(olga: Client, teams: Teams) -> None:
    answer = olga.post(f"/fr/desk/people/{teams.key('uma')}/suspend/", {"note": "Half typed", "_switch": "1"})
    assert "Half typed" in answer.content.decode()
    assert teams.fresh("uma").state == LoginState.ACTIVE


def test_an_act_that_is_not_open_leads_back_and_says_why(olga: Client, teams: Teams) -> None:
    answer = olga.get(f"/en/desk/people/{teams.key('uma')}/lift/", follow=True)
    assert answer.redirect_chain
    assert "The login is active already." in answer.content.decode()


def test_two_officers_at_once_do_one_act(olga: Client, teams: Teams, later: datetime) -> None:
    other, path = teams.browser("ada", later), f"/en/desk/people/{teams.key('uma')}/suspend/"
    html(olga, path)
    other.post(path, {"note": "First."})
    page = olga.post(path, {"note": "Second."}, follow=True).content.decode()
    assert "nothing to suspend" in page
    assert Event.objects.filter(tag=Tag.LOGIN_STATE_CHANGED.value).count() == 1


def test_acts_ask_for_a_fresh_proof(teams: Teams, later: datetime) -> None:
    client = teams.browser("olga", later, proved=False)
    answer = client.post(f"/en/desk/people/{teams.key('uma')}/password-link/")
    assert answer.status_code == 302
    assert "next=" in answer["Location"]
    assert not Link.objects.exists()


# ---------------------------------------------------------------- numbers


def test_a_number_tells_what_happened_and_is_audited(olga: Client, teams: Teams) -> None:
    # I5
    uma = teams.people["uma"]
    noted = note_failure(
        door="sign_in", typed=uma.login, person=uma, reason="wrong_password", actor=visitor("192.0.2.1"), now=teams.now
    )
    answer = olga.post("/en/desk/people/diagnosis/", {"number": noted.number})
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "The password was wrong." in page
    assert f"/en/desk/people/{uma.key}/" in page
    line = Event.objects.get(tag=Tag.DIAGNOSIS_READ.value)
    assert (line.actor_key, line.person_key) == (teams.key("olga"), uma.key)


def test_a_number_of_an_unknown_login_says_so_and_shows_no_password(olga: Client, teams: Teams) -> None:
    noted = note_failure(
        door="sign_in", typed="my password in the wrong box", person=None, reason="unknown",
        actor=visitor("192.0.2.1"), now=teams.now,
    )  # fmt: skip
    page = olga.post("/en/desk/people/diagnosis/", {"number": noted.number}).content.decode()
    assert "No login is written like this." in page
    assert "wrong box" not in page


@pytest.mark.parametrize(
    ("door", "reason", "said"),
    [
        ("sign_in", "busy", "The portal was busy. The try was not counted."),
        ("lift", "lift_paused", "the page that lifts the block"),
        ("forgotten_password", "form_paused", "The form is paused there."),
        ("device", "device_limit", "Making a browser known"),
        ("provider", "provider_often", "Too many sign-ins by the group"),
        ("confirm", "proof_paused", "Confirming is paused."),
    ],
)
def test_a_number_that_names_nobody_says_what_happened(
    olga: Client, teams: Teams, door: str, reason: str, said: str
) -> None:
    # I5: what refused before anybody was looked up
    noted = note_failure(door=door, typed="", person=None, reason=reason, actor=visitor("2001:db8::1"), now=teams.now)
    page = olga.post("/en/desk/people/diagnosis/", {"number": noted.number}).content.decode()
    assert said in page
    assert "The password was wrong." not in page


def test_numbers_of_staff_are_for_administrators(olga: Client, teams: Teams, later: datetime) -> None:
    edda = teams.people["edda"]
    noted = note_failure(
        door="sign_in", typed=edda.login, person=edda, reason="wrong_password", actor=visitor("192.0.2.1"),
        now=teams.now,
    )  # fmt: skip
    assert olga.post("/en/desk/people/diagnosis/", {"number": noted.number}).status_code == 422
    assert teams.browser("ada", later).post("/en/desk/people/diagnosis/", {"number": noted.number}).status_code == 200


@pytest.mark.parametrize("number", ["", "1", "x" * 21, "12345678", "１２３４５６７８", "1234 5678 9", "\x00" * 8])
def test_a_number_that_is_none_is_refused_with_words(olga: Client, teams: Teams, number: str) -> None:
    answer = olga.post("/en/desk/people/diagnosis/", {"number": number})
    assert answer.status_code == 422
    assert answer.context["form"].errors["number"]
