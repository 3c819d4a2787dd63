"""Where one is signed in, what was tried with the login, and the file with one's data (D11)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from passerelle.accounts.actions.sessions import end_other_sessions
from passerelle.accounts.mails.security import sessions_ended
from passerelle.accounts.models import Session
from passerelle.accounts.queries import living_sessions
from passerelle.accounts.rules.sessions import session_handle
from passerelle.audit.models import Event
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.entry.mails import sign_in
from passerelle.mail.models import Message
from passerelle.web.devices import describe
from tests.conftest import NOW
from tests.entry.conftest import House, open_for, person

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


def browser(house: House, agent: str) -> Client:
    client = Client(headers={"user-agent": agent})
    house.sign_in(client=client)
    return client


def test_the_open_sessions_are_listed_in_words_this_one_first(house: House, clock: time_machine.Traveller) -> None:
    # D11
    mine = browser(house, FIREFOX)
    clock.shift(timedelta(minutes=2))
    browser(house, IPHONE)
    page = mine.get("/en/account/sessions/").content.decode()
    assert page.index("Firefox on Windows") < page.index("Safari on iPhone")
    assert page.index("This browser") < page.index("Safari on iPhone")
    for row in Session.objects.all():
        assert row.session_key not in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0", "Samsung Internet on Android"),
        ("curl/8", "An unknown browser"),
        ("<script>alert(1)</script> Windows", "A browser on Windows"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_named_in_words_and_never_quoted(agent: str, words: str) -> None:
    assert describe(agent) == words


def test_one_session_ends_and_the_others_stay(house: House) -> None:
    mine, other, third = (browser(house, FIREFOX) for _ in range(3))
    handle = session_handle(other.cookies["session"].value)
    answer = mine.post("/en/account/sessions/end/", {"session": handle}, follow=True)
    assert b"The session is ended: Firefox on Windows." in answer.content
    assert house.is_in(mine)
    assert house.is_in(third)
    assert not house.is_in(other)
    event = Event.objects.get(tag=Tag.SESSIONS_ENDED)
    assert (event.person_key, event.new["count"]) == (house.plsa.key, 1)
    again = mine.post("/en/account/sessions/end/", {"session": handle}, follow=True)
    assert b"had ended already" in again.content


def test_all_others_end_at_once(house: House) -> None:
    mine, other = browser(house, FIREFOX), browser(house, IPHONE)
    assert b"1 other session is ended" in mine.post("/en/account/sessions/end-others/", follow=True).content
    assert house.is_in(mine)
    assert not house.is_in(other)
    assert b"nowhere else" in mine.post("/en/account/sessions/end-others/", follow=True).content
    assert not Message.objects.filter(kind="accounts/sessions_ended").exists()


@pytest.mark.parametrize("handle", ["", "x" * 5000, "\x00", "' OR 1=1", "theirs"])
def test_nobody_ends_the_session_of_somebody_else(house: House, handle: str) -> None:
    other = person("omar@fournier.example")
    open_for(house.company, other)
    theirs = Client()
    house.sign_in(other.login, client=theirs)
    house.sign_in()
    if handle == "theirs":
        handle = session_handle(theirs.cookies["session"].value)
    answer = house.client.post("/en/account/sessions/end/", {"session": handle})
    assert answer.status_code == 302
    house.client.post("/en/account/sessions/end-others/")
    assert house.is_in(theirs)
    assert not Event.objects.filter(tag=Tag.SESSIONS_ENDED).exists()


def test_the_own_session_ends_by_signing_out(house: House) -> None:
    house.sign_in()
    handle = session_handle(house.client.cookies["session"].value)
    answer = house.client.post("/en/account/sessions/end/", {"session": handle})
    assert answer["Location"] == "/en/sign-out/"
    assert house.is_in()


def test_sessions_that_somebody_else_ends_are_told_by_mail(house: House) -> None:
    house.sign_in()
    officer = Actor(ActorKind.STAFF, key="officer", name="Olga")
    assert end_other_sessions(person_id=house.plsa.pk, actor=officer, now=NOW) == 1
    assert not house.is_in()
    message = Message.objects.get(kind="accounts/sessions_ended")
    assert message.to_address == house.plsa.email
    assert end_other_sessions(person_id=house.plsa.pk, actor=officer, now=NOW) == 0


def test_a_session_that_is_over_is_not_listed(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    assert len(living_sessions(house.plsa, NOW)) == 1
    assert living_sessions(house.plsa, NOW + timedelta(minutes=31)) == []
    assert living_sessions(house.plsa, NOW + timedelta(hours=13)) == []
    house.plsa.credential_epoch += 1
    assert living_sessions(house.plsa, NOW) == []


def test_recent_sign_ins_show_failures_in_words(house: House) -> None:
    # D11
    house.sign_in(password="wrong wrong wrong wrong")
    house.sign_in()
    page = house.client.get("/en/account/activity/").content.decode()
    assert "The password was not the right one." in page
    assert page.count("127.0.0.1") == 2
    assert page.index("Signed in</span>") < page.index("Refused</span>")


def test_recent_sign_ins_are_those_of_the_person_and_at_most_twenty(house: House) -> None:
    other = person("omar@fournier.example")
    open_for(house.company, other)
    house.sign_in(other.login, "wrong wrong wrong")
    for _ in range(22):
        house.sign_in(client=Client())
    house.sign_in()
    page = house.client.get("/en/account/activity/").content.decode()
    assert page.count("<tr>") == 21
    assert "not the right one" not in page


def test_the_file_holds_what_is_known_of_the_person_and_no_secret(house: House) -> None:
    # D11
    other = person("omar@fournier.example")
    open_for(house.company, other)
    house.sign_in(password="wrong wrong wrong wrong")
    house.sign_in()
    answer = house.client.get("/en/account/data/download/")
    assert answer["Content-Disposition"] == f'attachment; filename="my-data-{house.plsa.login}.json"'
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.content)
    assert data["person"]["email"] == house.plsa.email
    assert data["memberships"][0]["cofor"] == house.company.cofor
    assert data["memberships"][0]["mandates"][0]["kind"] == "plsa"
    assert len(data["sessions"]) == 1
    assert {"entry:session:signed_in", "entry:session:refused"} <= {line["what"] for line in data["activity"]}
    text = answer.content.decode()
    house.plsa.refresh_from_db()
    for secret in ("argon2", house.plsa.password, house.client.cookies["session"].value, "omar", other.key):
        assert secret not in text


def test_the_file_lists_mails_to_its_person_only(house: House) -> None:
    # D7: a block is told to the PLSAs of the company too, at addresses that are theirs
    colleague = person("omar@fournier.example")
    open_for(house.company, colleague)
    record(
        Tag.EMAIL_CHANGED, actor=SYSTEM, now=NOW, subject_key=house.plsa.key, person_key=house.plsa.key,
        old={"email": "former@fournier.example"}, new={"email": house.plsa.email},
    )  # fmt: skip
    sign_in.blocked_colleague(colleague, house.plsa, house.company, actor=SYSTEM, now=NOW)
    own = []
    for address in (house.plsa.email, "former@fournier.example"):
        house.plsa.email = address
        own.append(sessions_ended(house.plsa, count=1, now=NOW).to_address)
    house.sign_in()
    answer = house.client.get("/en/account/data/download/")
    assert [mail["to"] for mail in answer.json()["messages_sent_to_you"]] == own
    assert b"omar" not in answer.content
