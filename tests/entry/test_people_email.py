"""Somebody lost the mailbox: the Assistance asks for another address, which waits, told to everybody (ADR 0020)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts import tasks
from passerelle.accounts.actions.email_changes import (
    ask_email_change,
    carry_out_email_change,
    confirm_email_change,
    stop_email_change,
)
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import EmailChange
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.entry.actions.people import change_email, send_password_link, stop_email
from passerelle.mail.models import Link, Message
from passerelle.mail.render import render
from tests.teams import Teams

pytestmark = pytest.mark.django_db
OLD, NEW = "uma@ab12cd.example", "Uma.New@elsewhere.example"
DAY = timedelta(hours=24)
BEFORE = timedelta(seconds=1)


@pytest.fixture
def teams(now: datetime) -> Teams:
    return Teams(now)


def ask(teams: Teams, who: str = "olga", whom: str = "uma", *, email: str = NEW, note: str = "Ticket 12.") -> str:
    """The refusal, or nothing."""
    company = "" if teams.people[who].is_staff else teams.ours.key
    try:
        change_email(
            person_key=teams.key(whom), company_key=company, email=email, note=note, actor=teams.actor(who),
            now=teams.now,
        )  # fmt: skip
    except Refused as refusal:
        return refusal.code
    return ""


def link(purpose: str) -> Link:
    return Link.objects.get(purpose=purpose, used_at=None, superseded_at=None)


def mails(to: str) -> list[str]:
    return list(Message.objects.filter(to_address=to).order_by("pk").values_list("kind", flat=True))


def trail() -> list[str]:
    wanted = [Tag.EMAIL_CHANGE_ASKED, Tag.EMAIL_CHANGE_CANCELLED, Tag.EMAIL_CHANGED]
    return list(Event.objects.filter(tag__in=wanted).order_by("pk").values_list("tag", flat=True))


def confirmed(change: EmailChange, purpose: str, now: datetime) -> EmailChange:
    holder = Actor(ActorKind.LINK, key="x", name="x")
    assert link(purpose).subject_key == change.key
    return confirm_email_change(link_key=link(purpose).key, actor=holder, now=now)


def test_everybody_concerned_is_told_at_once_and_nothing_changes_yet(teams: Teams) -> None:
    # ADR 0020
    assert ask(teams) == ""
    assert teams.fresh("uma").email == OLD
    assert mails(OLD) == ["accounts/email_asked"]
    assert mails(NEW) == ["accounts/email_to_confirm"]
    for plsa in ("paula", "peter"):
        assert mails(teams.people[plsa].email) == ["entry/email_of_colleague"]
    assert mails(teams.people["bella"].email) == []
    change = EmailChange.objects.get()
    assert (change.asked_by_key, change.effective_at) == (teams.key("olga"), teams.now + DAY)
    assert link("email_old").recipient == OLD
    assert link("email_new").recipient == NEW
    line = Event.objects.get(tag=Tag.EMAIL_CHANGE_ASKED)
    assert (line.actor_key, line.person_key) == (teams.key("olga"), teams.key("uma"))
    assert (line.old["email"], line.new["email"], line.new["note"]) == (OLD, NEW, "Ticket 12.")


def test_plsas_of_each_company_are_told_once_of_their_own_company(teams: Teams) -> None:
    teams.add("paula", teams.theirs, plsa=True)
    assert ask(teams, whom="sam") == ""
    for name in ("paula", "peter", "bella"):
        assert mails(teams.people[name].email) == ["entry/email_of_colleague"]
    told = render(Message.objects.get(to_address=teams.people["bella"].email)).text
    assert "Moulin" in told
    assert "Fournier" not in told


def test_a_plsa_whose_own_address_changes_is_told_as_its_owner_only(teams: Teams) -> None:
    assert ask(teams, whom="paula") == ""
    assert mails(teams.people["paula"].email) == ["accounts/email_asked"]
    assert mails(teams.people["peter"].email) == ["entry/email_of_colleague"]


def test_the_mails_say_what_is_asked_when_and_how_to_stop_it(teams: Teams) -> None:
    assert ask(teams) == ""
    for address, words in (
        (OLD, ("you have lost this mailbox", NEW, "3 March 2026", "I did not ask for this")),
        (NEW, ("3 March 2026", "once this mailbox has confirmed")),
        (teams.people["paula"].email, ("Uma Ofuma", NEW, "3 March 2026", "it stops the change")),
    ):
        text = render(Message.objects.get(to_address=address)).text
        for part in words:
            assert part in text, (address, part)
        assert "192.0.2.9" not in text  # where the Assistance sits is nobody's business
        assert "Ticket 12." not in text
        assert "Olga" not in text
    assert "uma" not in render(Message.objects.get(to_address=NEW)).text.replace(NEW, "").lower()


def test_it_is_in_force_once_the_new_mailbox_confirmed_and_the_hours_are_over(teams: Teams) -> None:
    # ADR 0020
    ask(teams)
    change = EmailChange.objects.get()
    confirmed(change, "email_new", teams.now)
    tasks.end_email_changes_due(teams.now + DAY - BEFORE)
    assert teams.fresh("uma").email == OLD
    for _ in range(2):
        tasks.end_email_changes_due(teams.now + DAY)
    uma = teams.fresh("uma")
    assert (uma.email, uma.email_key) == (NEW, NEW.casefold())
    assert trail() == [Tag.EMAIL_CHANGE_ASKED, Tag.EMAIL_CHANGED]
    assert mails(OLD) == ["accounts/email_asked", "accounts/email_changed"]
    assert mails(NEW) == ["accounts/email_to_confirm", "accounts/email_changed"]
    assert "nobody stopped it in time" in render(Message.objects.filter(kind="accounts/email_changed")[0]).text
    assert not Link.objects.filter(used_at=None, superseded_at=None, subject_key=change.key).exists()


def test_the_hours_alone_change_nothing(teams: Teams) -> None:
    ask(teams)
    tasks.end_email_changes_due(teams.now + DAY + timedelta(hours=1))
    assert teams.fresh("uma").email == OLD
    with pytest.raises(Refused, match="email_change_early"):
        carry_out_email_change(change_key=EmailChange.objects.get().key, actor=SYSTEM, now=teams.now + DAY)
    # The new mailbox confirms late: nothing is left to wait for.
    confirmed(EmailChange.objects.get(), "email_new", teams.now + 2 * DAY)
    assert teams.fresh("uma").email == NEW


@pytest.mark.parametrize("order", [("email_old", "email_new"), ("email_new", "email_old")])
def test_with_both_mailboxes_it_does_not_wait(teams: Teams, order: tuple[str, str]) -> None:
    ask(teams)
    change = EmailChange.objects.get()
    for purpose in order:
        assert teams.fresh("uma").email == OLD
        confirmed(change, purpose, teams.now)
    assert teams.fresh("uma").email == NEW
    assert "Both mailboxes confirmed" in render(Message.objects.filter(kind="accounts/email_changed")[0]).text


def test_the_old_mailbox_stops_it_also_after_the_new_one_confirmed(teams: Teams) -> None:
    ask(teams)
    change = confirmed(EmailChange.objects.get(), "email_new", teams.now)
    holder = Actor(ActorKind.LINK, key="x", name="x")
    stop_email_change(link_key=link("email_old").key, actor=holder, now=teams.now + DAY - BEFORE)
    tasks.end_email_changes_due(teams.now + 2 * DAY)
    assert teams.fresh("uma").email == OLD
    assert trail() == [Tag.EMAIL_CHANGE_ASKED, Tag.EMAIL_CHANGE_CANCELLED]
    assert mails(OLD)[-1] == "accounts/email_change_cancelled"
    with pytest.raises(Refused, match="email_change_over"):
        carry_out_email_change(change_key=change.key, actor=SYSTEM, now=teams.now + DAY)


def test_the_assistance_stops_it(teams: Teams) -> None:
    ask(teams)
    stop_email(person_key=teams.key("uma"), actor=teams.actor("ada"), now=teams.now)
    assert Event.objects.get(tag=Tag.EMAIL_CHANGE_CANCELLED).actor_key == teams.key("ada")
    assert "192.0.2.9" not in render(Message.objects.get(kind="accounts/email_change_cancelled")).text
    assert not Link.objects.filter(used_at=None, superseded_at=None).exists()
    with pytest.raises(Refused, match="no_email_waits"):
        stop_email(person_key=teams.key("uma"), actor=teams.actor("olga"), now=teams.now)


def test_a_wish_of_the_person_is_not_the_assistance_s_to_stop_but_gives_way(teams: Teams) -> None:
    own = ask_email_change(
        person_id=teams.people["uma"].pk, email="own@x.example", actor=teams.actor("uma"), now=teams.now
    )
    with pytest.raises(Refused, match="no_email_waits"):
        stop_email(person_key=teams.key("uma"), actor=teams.actor("olga"), now=teams.now)
    assert ask(teams) == ""
    own.refresh_from_db()
    assert own.cancelled_at
    # The other way round the end of what the Assistance asked for is told and stands in the trail.
    ask_email_change(person_id=teams.people["uma"].pk, email="own@x.example", actor=teams.actor("uma"), now=teams.now)
    assert trail()[-2:] == [Tag.EMAIL_CHANGE_CANCELLED, Tag.EMAIL_CHANGE_ASKED]
    assert mails(OLD)[-2:] == ["accounts/email_change_cancelled", "accounts/email_asked"]
    assert EmailChange.objects.get(cancelled_at=None).effective_at is None


def test_it_is_asked_once_at_a_time(teams: Teams) -> None:
    assert [ask(teams), ask(teams), ask(teams, "ada", email="third@x.example")] == ["", "email_waits", "email_waits"]
    assert EmailChange.objects.count() == 1
    assert mails(OLD) == ["accounts/email_asked"]


def test_one_that_expired_gives_way_to_another(teams: Teams) -> None:
    ask(teams)
    EmailChange.objects.update(expires_at=teams.now)
    assert ask(teams) == ""
    assert EmailChange.objects.filter(cancelled_at=None).count() == 1


@pytest.mark.parametrize(
    ("who", "whom", "code"),
    [
        ("ada", "olga", ""), ("ada", "uma", ""), ("olga", "edda", "no_power"), ("olga", "ada", "no_power"),
        ("olga", "olga", "no_power"), ("ada", "ada", "own_login"), ("edda", "uma", "no_power"),
        ("basil", "uma", "no_power"), ("paula", "uma", "assistance_only"), ("bella", "uma", "no_power"),
        ("uma", "uma", "no_power"), ("olga", "ida", ""),
    ],
)  # fmt: skip
def test_only_the_assistance_asks_and_of_staff_only_an_administrator(
    teams: Teams, who: str, whom: str, code: str
) -> None:
    assert ask(teams, who, whom) == code
    assert EmailChange.objects.exists() is not bool(code)
    assert Message.objects.exists() is not bool(code)


@pytest.mark.parametrize(
    ("email", "code"),
    [
        (OLD, "email_same"), ("PAULA@ab12cd.example", "email_taken"), ("olga@group.example", "email_taken"),
        ("uma", "mail_address"), ("", "mail_address"), ("a@b.example\r\nBcc: c@d.example", "mail_address"),
        ("a\u202eb@c.example", "mail_address"), ("a" * 300 + "@b.example", "mail_address"),
    ],
)  # fmt: skip
def test_what_cannot_be_the_address_is_refused(teams: Teams, email: str, code: str) -> None:
    assert ask(teams, email=email) == code
    assert not Message.objects.exists()
    assert not Event.objects.filter(tag=Tag.EMAIL_CHANGE_ASKED).exists()


def test_it_says_how_the_person_is_known(teams: Teams) -> None:
    assert ask(teams, note=" \n") == "note_missing"


def test_the_address_of_a_deleted_login_is_free(teams: Teams) -> None:
    accounts.change_state(
        person_id=teams.people["peter"].pk, to=LoginState.DELETED, reason=StateReason.LEFT, actor=SYSTEM, now=teams.now
    )
    assert ask(teams, email="peter@ab12cd.example") == ""


def test_an_address_taken_meanwhile_stays_with_who_took_it(teams: Teams) -> None:
    ask(teams)
    confirmed(EmailChange.objects.get(), "email_new", teams.now)
    accounts.create_login(
        first_name="O", last_name="O", email=NEW.upper(), language="en", actor=SYSTEM, now=teams.now
    )  # fmt: skip
    tasks.end_email_changes_due(teams.now + DAY)
    assert teams.fresh("uma").email == OLD
    assert Event.objects.get(tag=Tag.EMAIL_CHANGE_CANCELLED).new["reason"] == "not_possible"
    assert mails(OLD)[-1] == "accounts/email_change_cancelled"


@pytest.mark.parametrize("state", [LoginState.DELETED, LoginState.SUSPENDED])
def test_a_login_that_was_closed_meanwhile_keeps_its_address(teams: Teams, state: LoginState) -> None:
    ask(teams)
    change = confirmed(EmailChange.objects.get(), "email_new", teams.now)
    accounts.change_state(
        person_id=teams.people["uma"].pk, to=state, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=teams.now
    )
    tasks.end_email_changes_due(teams.now + DAY)
    with pytest.raises(Refused, match="login_closed"):
        carry_out_email_change(change_key=change.key, actor=SYSTEM, now=teams.now + DAY)
    assert teams.fresh("uma").email == OLD
    assert ask(teams) == ("login_deleted" if state is LoginState.DELETED else "lift_first")


def test_a_worker_that_was_away_too_long_changes_nothing(teams: Teams) -> None:
    ask(teams)
    change = confirmed(EmailChange.objects.get(), "email_new", teams.now)
    tasks.end_email_changes_due(change.expires_at)
    assert teams.fresh("uma").email == OLD


def test_links_to_a_password_go_to_the_registered_mailbox_until_then(teams: Teams) -> None:
    # The new mailbox gets no password before the change is in force, and the old one none after it.
    ask(teams)
    confirmed(EmailChange.objects.get(), "email_new", teams.now)
    send_password_link(person_key=teams.key("uma"), actor=teams.actor("olga"), now=teams.now)
    assert link("recovery").recipient == OLD
    assert "entry/people_password" not in mails(NEW)
    tasks.end_email_changes_due(teams.now + DAY)
    assert not Link.objects.filter(purpose="recovery", superseded_at=None).exists()


def test_an_activation_sent_to_a_mistyped_address_ends_with_it(teams: Teams) -> None:
    send_password_link(person_key=teams.key("ida"), actor=teams.actor("olga"), now=teams.now)
    assert link("activation")
    ask(teams, whom="ida")
    confirmed(EmailChange.objects.get(), "email_new", teams.now)
    tasks.end_email_changes_due(teams.now + DAY)
    assert not Link.objects.filter(purpose="activation", superseded_at=None).exists()
    assert teams.fresh("ida").email == NEW
