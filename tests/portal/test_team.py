"""The users of a company, for its PLSAs: what they see and do, and never of another company (D10, I5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import EmailChange, FactorRemoval, Person, SecondFactor, Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import visitor
from passerelle.entry.actions.diagnosis import note_failure
from passerelle.entry.actions.people import suspend
from passerelle.entry.rules.people import Act
from passerelle.mail.models import Link, Message
from passerelle.memberships.models import Mandate, Membership
from passerelle.support.models import Ticket
from tests.teams import Teams

pytestmark = pytest.mark.django_db
FRAMES = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


@pytest.fixture
def later(now: datetime) -> Iterator[datetime]:
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        yield now + timedelta(hours=1)


@pytest.fixture
def teams(now: datetime, later: datetime) -> Teams:
    return Teams(now)


@pytest.fixture
def paula(teams: Teams, later: datetime) -> Client:
    return teams.browser("paula", later)


def html(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return " ".join(response.content.decode().split())


def number_for(teams: Teams, name: str | None, typed: str = "") -> str:
    person = teams.people[name] if name else None
    return note_failure(
        door="sign_in", typed=person.login if person else typed, person=person,
        reason="wrong_password" if person else "unknown", actor=visitor("192.0.2.1"), now=teams.now,
    ).number  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_plsa_sees_the_people_of_the_company_and_nobody_else(paula: Client, teams: Teams, language: str) -> None:
    page = html(paula, f"/{language}/team/")
    for name in ("paula", "peter", "uma", "sam", "ida"):
        assert teams.people[name].login in page
    for name in ("bella", "bob", "olga"):
        assert teams.people[name].login not in page
    assert "Moulin" not in page


def test_a_person_of_the_team_is_shown_with_state_and_diagnosis(paula: Client, teams: Teams) -> None:
    # I5
    page = html(paula, f"/en/team/{teams.key('uma')}/")
    assert f"Can {teams.people['uma'].login} sign in?" in page
    assert "Nothing stands in the way" in page
    page = html(paula, f"/en/team/{teams.key('ida')}/")
    assert f"Why can {teams.people['ida'].login} not sign in?" in page
    assert "No password was chosen yet" in page
    assert "Send the activation again" in page


def test_a_user_reads_who_the_plsas_are(teams: Teams, later: datetime) -> None:
    page = html(teams.browser("uma", later), "/en/team/", status=403)
    assert "Paula Ofpaula" in page
    assert "Peter Ofpeter" in page
    assert "Bella" not in page
    assert 'href="/en/team/"' not in page


def test_the_navigation_shows_users_to_plsas_only(teams: Teams, paula: Client, later: datetime) -> None:
    assert 'href="/en/team/"' in html(paula, "/en/home/")
    assert 'href="/en/team/"' not in html(teams.browser("uma", later), "/en/home/")
    teams.add("paula", teams.theirs, plsa=False)
    assert 'href="/en/team/"' in html(teams.browser("paula", later, company=teams.ours), "/en/home/")
    assert 'href="/en/team/"' not in html(teams.browser("paula", later, company=teams.theirs), "/en/home/")


def test_staff_find_no_team(teams: Teams, later: datetime) -> None:
    html(teams.browser("olga", later), "/en/team/", status=404)


def test_an_act_asks_for_a_fresh_proof_first(teams: Teams, later: datetime) -> None:
    # decision 17
    client, path = teams.browser("paula", later, proved=False), f"/en/team/{teams.key('uma')}/password-link/"
    for response in (client.get(path), client.post(path)):
        assert response.status_code == 302
        assert f"next=%2Fen%2Fteam%2F{teams.key('uma')}%2Fpassword-link%2F" in response["Location"]
    assert not Link.objects.exists()


def test_a_plsa_sends_a_password_link_by_two_presses(paula: Client, teams: Teams) -> None:
    # D10
    path = f"/en/team/{teams.key('uma')}/password-link/"
    assert "uma@ab12cd.example" in html(paula, path)
    answer = paula.post(path, follow=True)
    assert "The link leaves to uma@ab12cd.example" in answer.content.decode()
    assert Link.objects.get(purpose="recovery").subject_key == teams.key("uma")
    assert Link.objects.get().key not in answer.content.decode()


def test_a_mailbox_is_not_flooded(paula: Client, teams: Teams) -> None:
    path = f"/en/team/{teams.key('uma')}/password-link/"
    said = [paula.post(path, follow=True).content.decode() for _ in range(4)]
    assert ["Enough links were sent" in page for page in said] == [False, False, False, True]
    assert Link.objects.count() == 3


def test_suspending_asks_why_and_lifting_brings_back(paula: Client, teams: Teams) -> None:
    # D3
    path = f"/en/team/{teams.key('uma')}/"
    assert paula.post(f"{path}suspend/", {"note": ""}).status_code == 422
    assert teams.fresh("uma").state == LoginState.ACTIVE
    assert paula.post(f"{path}suspend/", {"note": "Three months away."}).status_code == 302
    page = html(paula, path)
    assert "Three months away." in page
    assert "An access administrator (PLSA) of the company can lift it." in page
    assert f"{path}lift/" in page
    assert f"{path}suspend/" not in page
    assert paula.post(f"{path}lift/").status_code == 302
    assert teams.fresh("uma").state == LoginState.ACTIVE


def test_a_note_of_the_assistance_stays_with_the_assistance(paula: Client, teams: Teams, later: datetime) -> None:
    olga = teams.browser("olga", later)
    olga.post(f"/en/desk/people/{teams.key('uma')}/suspend/", {"note": "Reported by the police."})
    assert teams.fresh("uma").state == LoginState.SUSPENDED
    page = html(paula, f"/en/team/{teams.key('uma')}/")
    assert "police" not in page
    assert "The Assistance can lift it." in page
    assert "/lift/" not in page


def test_a_page_never_tells_that_another_company_counts_on_a_login(paula: Client, teams: Teams) -> None:
    for path in ("", "suspend/", "delete/", "password-link/"):
        page = html(paula, f"/en/team/{teams.key('sam')}/{path}")
        assert "Moulin" not in page
        assert teams.theirs.cofor not in page
        assert "other compan" not in page.lower()
    paula.post(f"/en/team/{teams.key('sam')}/suspend/", {"note": "Why."})
    page = html(paula, f"/en/team/{teams.key('sam')}/")
    assert "The login is suspended for this company." in page
    assert "Moulin" not in page


def same_page(page: str, teams: Teams, name: str) -> str:
    """A page without what is of this person alone."""
    person = teams.people[name]
    for own in (person.key, person.login, person.email, person.get_full_name()):
        page = page.replace(own, "-")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]*"', "", page)


OF_THE_ASSISTANCE = (Act.BLOCK, Act.CHANGE_EMAIL, Act.STOP_EMAIL)


@pytest.mark.parametrize("act", OF_THE_ASSISTANCE)
def test_acts_of_the_assistance_are_refused_to_a_plsa_with_words(paula: Client, teams: Teams, act: Act) -> None:
    # decision 17, ADR 0020
    page, path = f"/en/team/{teams.key('uma')}/", f"/en/team/{teams.key('uma')}/{act.value}/"
    assert path not in html(paula, page)
    for answer in (paula.get(path, follow=True), paula.post(path, {"email": "x@x.example", "note": "W"}, follow=True)):
        assert "Only the Assistance can do this with this login." in answer.content.decode()
    assert not EmailChange.objects.exists()
    assert teams.fresh("uma").state == LoginState.ACTIVE


def test_pages_and_acts_are_the_same_for_a_login_that_another_company_counts_on(
    paula: Client, teams: Teams, later: datetime
) -> None:
    # ADR 0017: uma is ours alone, sam is theirs too.
    for name, keys in (("uma", [""]), ("sam", [teams.ours.key, teams.theirs.key, ""])):
        person = teams.people[name]
        SecondFactor.objects.create(person=person, kind="authenticator", name="x", secret="x", created_at=later)
        for number, company_key in enumerate(keys):
            Session.objects.create(
                session_key=f"{name}{number}".ljust(32, "x"), session_data="", expire_date=later + timedelta(hours=1),
                person=person, epoch=person.credential_epoch, created_at=later, last_seen_at=later,
                company_key=company_key,
            )  # fmt: skip

    def both(path: str, *, post: bool = False) -> tuple[str, str]:
        found = []
        for name in ("uma", "sam"):
            address = f"/en/team/{teams.key(name)}/{path}"
            response = paula.post(address, follow=True) if post else paula.get(address)
            assert response.status_code == 200
            found.append(same_page(" ".join(response.content.decode().split()), teams, name))
        return found[0], found[1]

    for path in ("", *(f"{act.value}/" for act in Act if act not in {Act.LIFT, *OF_THE_ASSISTANCE})):
        ours_alone, shared = both(path)
        assert ours_alone == shared, path
    for act in (Act.REMOVE_FACTOR, Act.REMOVE_FACTOR, Act.END_SESSIONS):
        ours_alone, shared = both(f"{act.value}/", post=True)
        assert ours_alone == shared, act
    assert FactorRemoval.objects.get().person == teams.people["uma"]
    ticket = Ticket.objects.get()
    assert (ticket.login, ticket.company, ticket.person_key) == (teams.people["sam"].login, teams.ours, "")
    assert Event.objects.filter(tag=Tag.TICKET_RECEIVED, actor_key=teams.key("paula")).count() == 1
    # The mailbox of the Assistance reads it, the PLSA gets nothing.
    assert Message.objects.filter(kind="support/received").count() == 1
    assert not Message.objects.filter(to_address=teams.people["paula"].email).exists()
    assert Session.objects.filter(person=teams.people["sam"]).count() == 2


def test_a_page_names_only_colleagues_among_those_who_acted(paula: Client, teams: Teams, later: datetime) -> None:
    def suspended_by(name: str, who: str, company_key: str) -> str:
        suspend(
            person_key=teams.key(name), note="Why.", company_key=company_key, actor=teams.actor(who), now=later
        )  # fmt: skip
        return html(paula, f"/en/team/{teams.key(name)}/")

    # Bob belonged to the other company alone when its PLSA suspended the login.
    suspend(
        person_key=teams.key("bob"), note="Why.", company_key=teams.theirs.key, actor=teams.actor("bella"), now=later
    )
    teams.add("bob", teams.ours, plsa=False)
    page = html(paula, f"/en/team/{teams.key('bob')}/")
    assert "suspended by a PLSA" in page or "Suspended" in page
    assert teams.people["bella"].get_full_name() not in page
    page = suspended_by("uma", "olga", "")
    assert "by the Assistance" in page
    assert teams.people["olga"].get_full_name() not in page
    assert f"by {teams.people['peter'].get_full_name()}" in suspended_by("ida", "peter", teams.ours.key)
    desk = html(teams.browser("olga", later), f"/en/desk/people/{teams.key('bob')}/")
    assert f"by {teams.people['bella'].get_full_name()}" in desk


def test_ones_own_page_offers_no_act(paula: Client, teams: Teams) -> None:
    page = html(paula, f"/en/team/{teams.key('paula')}/")
    assert "This is your own login" in page
    assert not [act for act in Act if f"/{act.value}/" in page]


# ---------------------------------------------------------------- numbers


def test_a_number_is_explained_for_the_own_people(paula: Client, teams: Teams) -> None:
    # I5
    number = number_for(teams, "uma")
    page = paula.post("/en/team/diagnosis/", {"number": f"{number[:4]} {number[4:]}"}).content.decode()
    assert "The password was wrong." in page
    assert teams.people["uma"].login in page
    line = Event.objects.get(tag=Tag.DIAGNOSIS_READ.value)
    assert (line.actor_key, line.person_key) == (teams.key("paula"), teams.key("uma"))


def test_foreign_unknown_and_old_numbers_get_one_answer(paula: Client, teams: Teams) -> None:
    # I5
    def page(number: str) -> str:
        answer = paula.post("/en/team/diagnosis/", {"number": number})
        assert answer.status_code == 422
        body = answer.content.decode()
        body = body.replace(number, "N")
        return "".join(part for part in body.split() if "csrf" not in part and 'value="' not in part)

    foreign, nobody = number_for(teams, "bob"), number_for(teams, None, typed="V2222222")
    pages = {page(number) for number in (foreign, nobody, "00000000", "12 34", "x" * 20)}
    assert len(pages) == 1
    assert not Event.objects.filter(tag=Tag.DIAGNOSIS_READ.value).exists()


def test_numbers_cannot_be_tried_out(paula: Client, teams: Teams) -> None:
    for _ in range(60):
        paula.post("/en/team/diagnosis/", {"number": "00000000"})
    assert paula.post("/en/team/diagnosis/", {"number": number_for(teams, "uma")}).status_code == 429


# ---------------------------------------------------------------- tenancy


def _state() -> tuple[object, ...]:
    return (
        list(Person.objects.order_by("pk").values()), list(Membership.objects.order_by("pk").values()),
        list(Mandate.objects.order_by("pk").values()), Link.objects.count(), Message.objects.count(),
        Event.objects.count(),
    )  # fmt: skip


ROUTES = ["", *(f"{act.value}/" for act in Act), "nothing/"]


@pytest.mark.parametrize("name", ["paula", "uma", "sam", "bella", "olga", "edda"])
def test_no_route_reaches_anybody_of_another_company(teams: Teams, later: datetime, name: str) -> None:
    # Roles × two companies × every route and act: nothing is read, nothing is written.
    company = teams.theirs if name == "bella" else teams.ours
    client = teams.browser(name, later, company=company)
    others = {"paula", "peter", "uma", "ida"} if name == "bella" else {"bella", "bob"}
    before = _state()
    for other in sorted(others):
        person = teams.people[other]
        for route in ROUTES:
            path = f"/en/team/{person.key}/{route}"
            for answer in (client.get(path), client.post(path, {"note": "Why."})):
                expected = {"paula": 404, "bella": 404, "uma": 403, "sam": 403}.get(name, 404)
                if answer.status_code == 405:
                    continue
                assert answer.status_code == expected, path
                body = answer.content.decode()
                assert person.login not in body
                assert person.email not in body
                assert name == "bella" or person.last_name not in body
    assert _state() == before


def test_the_company_named_by_the_session_is_the_only_one(teams: Teams, later: datetime) -> None:
    # A PLSA of both companies acts for one at a time; one of ours alone does not act for theirs by naming it.
    client = teams.browser("paula", later, company=teams.theirs)
    assert client.get(f"/en/team/{teams.key('bob')}/").status_code == 404
    assert client.get(f"/en/team/{teams.key('uma')}/").status_code == 200  # her only company
    teams.add("paula", teams.theirs, plsa=True)
    client = teams.browser("paula", later, company=teams.theirs)
    assert client.get(f"/en/team/{teams.key('bob')}/").status_code == 200
    assert client.get(f"/en/team/{teams.key('uma')}/").status_code == 404


@pytest.mark.parametrize("key", ["x" * 22, "0", "../" * 3, "%00", "é", "'; --", "A" * 5000])
def test_hostile_keys_are_not_found(paula: Client, key: str) -> None:
    for route in ("", "lift/"):
        assert paula.get(f"/en/team/{key}/{route}").status_code == 404


# ---------------------------------------------------------------- queries


def test_the_list_costs_the_same_whatever_its_length(paula: Client, teams: Teams) -> None:
    # P12: session, person, memberships and gates are four; the list itself at most six
    def cost() -> int:
        paula.get("/en/team/")
        with CaptureQueriesContext(connection) as found:
            assert paula.get("/en/team/").status_code == 200
        return sum(not query["sql"].startswith(FRAMES) for query in found.captured_queries)

    few = cost()
    for number in range(30):
        teams.add(f"user{number}", teams.ours, plsa=False)
    assert cost() <= few <= 6
    assert "?page=2" in html(paula, "/en/team/")
