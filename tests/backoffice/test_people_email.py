"""The e-mail address at the desk and where its person meets it: asked for, waiting, stopped, in force (ADR 0020)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts import tasks
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import EmailChange
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from tests.hostile.strings import HOSTILE
from tests.teams import Teams

pytestmark = pytest.mark.django_db
OLD, NEW = "uma@ab12cd.example", "uma.new@elsewhere.example"
LANGUAGES = ("en", "fr")


@pytest.fixture
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now + timedelta(hours=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def teams(now: datetime, clock: time_machine.Traveller) -> Teams:
    return Teams(now)


@pytest.fixture
def olga(teams: Teams) -> Client:
    return teams.browser("olga", teams.now + timedelta(hours=1))


def path(teams: Teams, act: str = "", *, name: str = "uma", language: str = "en") -> str:
    return f"/{language}/desk/people/{teams.key(name)}/{act}"


def words(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def ask(client: Client, teams: Teams, email: str = NEW, *, name: str = "uma") -> str:
    typed = {"email": email, "note": "Ticket 12, called back."}
    return words(client.post(path(teams, "change-email/", name=name), typed, follow=True))


def page_of(purpose: str, language: str = "en") -> str:
    link = Link.objects.filter(purpose=purpose).latest("pk")
    return f"/{language}/account/email/{purpose.removeprefix('email_')}/{links.token(link)}/"


def test_the_assistance_asks_and_the_page_says_what_waits(olga: Client, teams: Teams) -> None:
    # ADR 0020
    assert path(teams, "change-email/") in words(olga.get(path(teams)))
    form = words(olga.get(path(teams, "change-email/")))
    assert OLD in form
    assert "24 hours" in form
    page = ask(olga, teams)
    assert "Both mailboxes are written to." in page
    assert f"{NEW} was asked for and has not confirmed yet" in page
    assert "Ticket 12, called back." in page  # in the history
    assert path(teams, "stop-email/") in page
    assert path(teams, "change-email/") not in page
    assert "It waits; stop it" in words(olga.get(path(teams, "change-email/"), follow=True))
    Client().post(page_of("email_new"), {"answer": "confirm"})
    assert f"{NEW} has confirmed. It takes its place on" in words(olga.get(path(teams)))
    line = Event.objects.get(tag=Tag.EMAIL_CHANGE_ASKED)
    assert (line.actor_key, line.new["note"]) == (teams.key("olga"), "Ticket 12, called back.")


def test_the_assistance_stops_it_by_two_presses(olga: Client, teams: Teams) -> None:
    ask(olga, teams)
    assert olga.get(path(teams, "stop-email/")).status_code == 200
    assert EmailChange.objects.get().cancelled_at is None
    page = words(olga.post(path(teams, "stop-email/"), follow=True))
    assert f"The change is stopped. The address stays {OLD}." in page
    assert EmailChange.objects.get().cancelled_at
    assert path(teams, "change-email/") in page
    assert "No change of address is waiting." in words(olga.post(path(teams, "stop-email/"), follow=True))


@pytest.mark.parametrize(
    ("email", "said"),
    [
        (OLD, "This is the present address."), ("Bob@zz98yx.example", "Another login has this address"),
        ("ada@group.example", "Another login has this address"), ("uma", "with an @ sign"), ("", "New e-mail address"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_with_words_and_kept_in_the_box(
    olga: Client, teams: Teams, email: str, said: str
) -> None:
    answer = olga.post(path(teams, "change-email/"), {"email": email, "note": "Ticket 12."})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Ticket 12." in words(answer)
    assert not EmailChange.objects.exists()
    assert not Message.objects.exists()


def test_the_history_must_say_how_the_person_is_known(olga: Client, teams: Teams) -> None:
    answer = olga.post(path(teams, "change-email/"), {"email": NEW, "note": " "})
    assert answer.status_code == 422
    assert "Write how you know who asks" in words(answer)
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize("text", list(HOSTILE))
def test_hostile_text_is_no_address_and_no_error(olga: Client, teams: Teams, text: str) -> None:
    body = f"email={HOSTILE[text]}&note={HOSTILE[text]}"
    answer = olga.post(path(teams, "change-email/"), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 413, 422}
    assert not EmailChange.objects.exists()


def test_what_was_typed_goes_along_to_the_other_language(olga: Client, teams: Teams) -> None:
    typed = {"email": NEW, "note": "Half typed", "_switch": "1"}
    answer = olga.post(path(teams, "change-email/", language="fr"), typed)
    assert "Half typed" in words(answer)
    assert not EmailChange.objects.exists()


def test_it_asks_for_a_fresh_proof(teams: Teams) -> None:
    client = teams.browser("olga", teams.now + timedelta(hours=1), proved=False)
    answer = client.post(path(teams, "change-email/"), {"email": NEW, "note": "Why."})
    assert answer.status_code == 302
    assert "next=" in answer["Location"]
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize(("who", "whom", "status"), [("edda", "uma", 403), ("olga", "edda", 404), ("uma", "bob", 404)])
def test_who_has_no_right_changes_nothing(teams: Teams, who: str, whom: str, status: int) -> None:
    client = teams.browser(who, teams.now + timedelta(hours=1))
    for act in ("change-email/", "stop-email/"):
        answer = client.post(path(teams, act, name=whom), {"email": NEW, "note": "Why."})
        assert answer.status_code == status
    assert not EmailChange.objects.exists()


def test_an_administrator_changes_the_address_of_staff(teams: Teams) -> None:
    ada = teams.browser("ada", teams.now + timedelta(hours=1))
    answer = ada.post(
        path(teams, "change-email/", name="edda"), {"email": "e@group.example", "note": "W."}, follow=True
    )
    assert "e@group.example was asked for" in words(answer)
    assert EmailChange.objects.get().person == teams.people["edda"]
    assert "own login" in words(ada.get(path(teams, "change-email/", name="ada"), follow=True))


def test_a_mailbox_is_not_flooded(olga: Client, teams: Teams) -> None:
    for number in range(6):
        page = ask(olga, teams, f"u{number}@x.example")
        assert ("Several addresses were asked for today." in page) is (number == 5)
        olga.post(path(teams, "stop-email/"))
    assert EmailChange.objects.count() == 5


# ---------------------------------------------------------------- the person and the two mailboxes


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_person_sees_what_waits_and_stops_it(olga: Client, teams: Teams, language: str) -> None:
    ask(olga, teams)
    uma = teams.browser("uma", teams.now + timedelta(hours=1))
    page = words(uma.get(f"/{language}/account/email/"))
    assert NEW in page
    assert f"/{language}/account/email/cancel/" in page
    if language == "en":
        assert "The Assistance was told that you have lost your mailbox" in page
        assert "A change waits for confirmation" in words(uma.get("/en/account/"))
    assert "Ticket 12" not in page + uma.get("/en/account/data/download/").content.decode()
    uma.post(f"/{language}/account/email/cancel/")
    assert EmailChange.objects.get().cancelled_at
    assert Event.objects.get(tag=Tag.EMAIL_CHANGE_CANCELLED).actor_key == teams.key("uma")


def test_the_old_mailbox_is_asked_and_stops_it(olga: Client, teams: Teams) -> None:
    ask(olga, teams)
    Client().post(page_of("email_new"), {"answer": "confirm"})
    page = words(Client().get(page_of("email_old")))
    for part in ("Do you want this change?", "this mailbox was said to be lost", "I did not ask for this"):
        assert part in page
    assert "somebody pretended to be you" in words(Client().post(page_of("email_old"), {"answer": "stop"}))
    assert words(Client().get(page_of("email_new"))).count("already been used") == 1
    tasks.end_email_changes_due(teams.now + timedelta(days=2))
    assert teams.fresh("uma").email == OLD


def test_the_new_mailbox_confirms_and_reads_from_when_on_it_counts(olga: Client, teams: Teams) -> None:
    ask(olga, teams)
    assert "3 March 2026" in words(Client().get(page_of("email_new")))
    said = words(Client().post(page_of("email_new"), {"answer": "confirm"}))
    assert "This mailbox has confirmed" in said
    assert "The address changes on 3 March 2026" in said
    assert teams.fresh("uma").email == OLD
    assert "The address changes on 3 March 2026" in words(Client().get(page_of("email_new")))


def test_after_the_change_both_links_say_so(olga: Client, teams: Teams, clock: time_machine.Traveller) -> None:
    ask(olga, teams)
    Client().post(page_of("email_new"), {"answer": "confirm"})
    clock.shift(timedelta(hours=24))
    tasks.end_email_changes_due(teams.now + timedelta(hours=25))
    assert teams.fresh("uma").email == NEW
    old = words(Client().get(page_of("email_old")))
    assert "The e-mail address has changed" in old
    assert "Write to the Assistance at once." in old
    assert "<button" not in old.split("<main")[1].split("</main")[0]
    assert "The change is in force." in words(Client().get(page_of("email_new")))
    for answer in ("confirm", "stop"):
        Client().post(page_of("email_old"), {"answer": answer})
    assert teams.fresh("uma").email == NEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_end_of_a_link_has_its_page(
    olga: Client, teams: Teams, clock: time_machine.Traveller, language: str
) -> None:
    ask(olga, teams)
    stopped = page_of("email_new", language)
    olga.post(path(teams, "stop-email/"))
    assert Client().get(stopped).status_code == 410
    assert Client().post(stopped, {"answer": "confirm"}).status_code == 410
    ask(olga, teams)
    expired = page_of("email_old", language)
    clock.shift(timedelta(days=4, seconds=1))
    for answer in (Client().get(expired), Client().post(expired, {"answer": "confirm"})):
        assert answer.status_code == 410
    assert teams.fresh("uma").email == OLD


@pytest.mark.parametrize("purpose", ["email_old", "email_new"])
def test_links_of_a_person_deleted_meanwhile_do_nothing(olga: Client, teams: Teams, purpose: str) -> None:
    ask(olga, teams)
    accounts.change_state(
        person_id=teams.people["uma"].pk, to=LoginState.DELETED, reason=StateReason.LEFT, actor=SYSTEM, now=teams.now
    )
    answer = Client().post(page_of(purpose), {"answer": "confirm"})
    assert answer.status_code == 409
    assert "This has been settled already" in words(answer)
    assert "The login is deleted." in words(olga.get(path(teams, "change-email/"), follow=True))
    assert "was asked for and has not confirmed" not in words(olga.get(path(teams)))


def test_a_forgotten_password_is_no_way_in_by_the_new_address_before_it_counts(olga: Client, teams: Teams) -> None:
    # With the new address the questions of D8 and D9 find nobody, although the new mailbox has confirmed.
    ask(olga, teams, name="paula")
    Client().post(page_of("email_new"), {"answer": "confirm"})
    paula = teams.people["paula"]
    facts = {"login": paula.login, "cofor": teams.ours.cofor}
    Client().post("/en/forgotten-password/", {"email": NEW, **facts})
    Client().post("/en/forgotten-login/", {"email": NEW, "cofor": teams.ours.cofor})
    assert list(Message.objects.filter(to_address=NEW).values_list("kind", flat=True)) == ["accounts/email_to_confirm"]
    assert not Link.objects.filter(purpose="recovery").exists()
    Client().post("/en/forgotten-password/", {"email": paula.email, **facts})
    assert Link.objects.get(purpose="recovery").recipient == paula.email
