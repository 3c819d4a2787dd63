"""Acts on somebody's login: who may, what changes, who is told (D3, D10, decision 17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import STANDINGS, Lifter, LoginState, Standing, StateReason
from passerelle.accounts.models import Person, Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor, visitor
from passerelle.core.errors import Refused
from passerelle.entry.actions import people as acts
from passerelle.entry.rules.people import Act
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.memberships import actions as memberships
from passerelle.memberships.enums import EndReason, MandateKind
from passerelle.memberships.models import Mandate
from passerelle.memberships.queries import of_person, plsas_of, team
from passerelle.memberships.rules import may_act_for
from tests.teams import Teams

pytestmark = pytest.mark.django_db
CALLS: dict[Act, Callable[..., object]] = {
    Act.LIFT: acts.lift,
    Act.SUSPEND: lambda **facts: acts.suspend(note="Why.", **facts),
    Act.BLOCK: lambda company_key="", **facts: acts.block_as_stolen(note="Why.", **facts),
    Act.DELETE: acts.delete_login,
    Act.PASSWORD_LINK: acts.send_password_link,
    Act.END_SESSIONS: acts.end_sessions,
}


@pytest.fixture
def teams(now: datetime) -> Teams:
    return Teams(now)


def put(teams: Teams, name: str, line: Standing) -> Person:
    return accounts.change_state(
        person_id=teams.people[name].pk, to=line.state, reason=line.reason, actor=SYSTEM, now=teams.now
    )


def open_session(person: Person, key: str, now: datetime) -> None:
    Session.objects.create(
        session_key=key.ljust(32, "x"), session_data="", expire_date=now + timedelta(hours=1), person=person,
        epoch=person.credential_epoch, created_at=now, last_seen_at=now,
    )  # fmt: skip


def refused(call: Callable[..., object], **facts: object) -> str:
    with pytest.raises(Refused) as found:
        call(**facts)
    return found.value.code


def by_plsa(teams: Teams, name: str = "paula", *, target: str = "uma") -> dict[str, object]:
    return {
        "person_key": teams.key(target), "company_key": teams.ours.key, "actor": teams.actor(name), "now": teams.now
    }  # fmt: skip


def by_staff(teams: Teams, name: str = "olga", *, target: str = "uma") -> dict[str, object]:
    return {"person_key": teams.key(target), "actor": teams.actor(name), "now": teams.now}


def told(person: Person) -> list[tuple[str, str]]:
    rows = Message.objects.filter(person_key=person.key, kind__startswith="entry/people").order_by("pk")
    assert {row.to_address for row in rows} <= {person.email}
    return [(row.kind, str(row.context.get("what", ""))) for row in rows]


# ---------------------------------------------------------------- lifting


@pytest.mark.parametrize("line", STANDINGS, ids=lambda line: f"{line.state}-{line.reason}")
@pytest.mark.parametrize("who", ["plsa", "assistance"])
def test_each_state_is_lifted_by_those_of_the_table_and_nobody_else(teams: Teams, line: Standing, who: str) -> None:
    # D3
    put(teams, "uma", line)
    facts = by_plsa(teams) if who == "plsa" else by_staff(teams)
    lifter = Lifter.PLSA if who == "plsa" else Lifter.ASSISTANCE
    if lifter in line.lifters:
        acts.lift(**facts)  # type: ignore[arg-type]
        assert teams.fresh("uma").state == LoginState.ACTIVE
        assert told(teams.people["uma"]) == [("entry/people_state", "lifted")]
        last = Event.objects.filter(tag=Tag.LOGIN_STATE_CHANGED.value).latest("pk")
        assert last.actor_key == facts["actor"].key  # type: ignore[attr-defined]
        assert last.company_key == facts.get("company_key", "")
    else:
        assert refused(acts.lift, **facts) in {"lifted_by_others", "login_deleted"}
        assert teams.fresh("uma").state == line.state
        assert told(teams.people["uma"]) == []


def test_a_lifted_login_leaves_no_link_that_would_lift_it_again(teams: Teams) -> None:
    put(teams, "uma", Standing(LoginState.BLOCKED, StateReason.FORMER_PASSWORD, frozenset()))
    link = links.issue(
        "lift", subject_key=teams.key("uma"), recipient="uma@x.example", expires_at=teams.now + timedelta(1),
        now=teams.now,
    )  # fmt: skip
    acts.lift(**by_plsa(teams))  # type: ignore[arg-type]
    link.refresh_from_db()
    assert link.superseded_at == teams.now


def test_an_active_login_has_nothing_to_lift(teams: Teams) -> None:
    assert refused(acts.lift, **by_plsa(teams)) == "nothing_to_lift"
    assert refused(acts.lift, **by_staff(teams)) == "nothing_to_lift"


# ---------------------------------------------------------------- suspending, blocking, deleting


def test_a_plsa_suspends_with_a_reason_and_sessions_end(teams: Teams) -> None:
    # D3
    open_session(teams.people["uma"], "uma", teams.now)
    assert refused(acts.suspend, note="  ", **by_plsa(teams)) == "note_missing"
    acts.suspend(note="Left for three months.", **by_plsa(teams))  # type: ignore[arg-type]
    uma = teams.fresh("uma")
    assert (uma.state, uma.state_reason, uma.state_by) == ("suspended", "by_plsa", "Paula Ofpaula")
    assert not Session.objects.filter(person=uma).exists()
    assert uma.credential_epoch == teams.people["uma"].credential_epoch + 1
    assert told(uma) == [("entry/people_state", "suspended")]
    last = Event.objects.filter(tag=Tag.LOGIN_STATE_CHANGED.value).latest("pk")
    assert last.new["note"] == "Left for three months."
    assert last.company_key == teams.ours.key


def test_the_assistance_suspends_so_that_no_plsa_lifts(teams: Teams) -> None:
    acts.suspend(note="Asked by phone.", **by_staff(teams))  # type: ignore[arg-type]
    assert teams.fresh("uma").state_reason == "by_assistance"
    assert refused(acts.lift, **by_plsa(teams)) == "lifted_by_others"


@pytest.mark.parametrize("act", [Act.SUSPEND, Act.DELETE, Act.BLOCK])
@pytest.mark.parametrize("line", [STANDINGS[1], STANDINGS[5], STANDINGS[6]], ids=lambda line: line.reason)
def test_a_plsa_puts_nothing_of_their_own_over_what_the_assistance_decided(
    teams: Teams, act: Act, line: Standing
) -> None:
    # A suspension by a PLSA could be lifted by a PLSA, and a deletion frees the address for a new login.
    put(teams, "uma", line)
    refused(CALLS[act], **by_plsa(teams))
    assert (teams.fresh("uma").state, teams.fresh("uma").state_reason) == (line.state, line.reason)


def test_links_that_open_a_login_end_with_it(teams: Teams) -> None:
    acts.send_password_link(**by_plsa(teams))  # type: ignore[arg-type]
    acts.suspend(note="Why.", **by_plsa(teams))  # type: ignore[arg-type]
    assert Link.objects.get(purpose="recovery").superseded_at == teams.now
    assert Message.objects.get(kind="entry/people_password").state == "dropped"


@pytest.mark.parametrize("line", [None, STANDINGS[0], STANDINGS[4]])
def test_the_assistance_blocks_a_stolen_login_whatever_it_was(teams: Teams, line: Standing | None) -> None:
    if line:
        put(teams, "uma", line)
    acts.block_as_stolen(note="She called.", **by_staff(teams))  # type: ignore[arg-type]
    uma = teams.fresh("uma")
    assert (uma.state, uma.state_reason) == ("blocked", "stolen")
    assert told(uma) == [("entry/people_state", "blocked")]
    assert refused(acts.block_as_stolen, note="Again.", **by_staff(teams)) == "blocked_already"


def test_a_deleted_login_is_a_tombstone_that_nothing_moves(teams: Teams) -> None:
    # D1, D3
    acts.delete_login(**by_plsa(teams))  # type: ignore[arg-type]
    uma = teams.fresh("uma")
    assert (uma.state, uma.state_reason, uma.login) == ("deleted", "by_plsa", teams.people["uma"].login)
    assert teams.membership("uma", teams.ours).end_reason == EndReason.LOGIN_DELETED
    assert told(uma) == [("entry/people_state", "deleted")]
    for act, call in CALLS.items():
        assert refused(call, **by_staff(teams)) == "login_deleted", act
        assert refused(call, **by_plsa(teams)) in {"person_unknown", "no_power"}, act
    with pytest.raises(Refused, match="login_taken"):
        accounts.create_login(
            first_name="U", last_name="U", email="uma@ab12cd.example", language="en", login=uma.login, actor=SYSTEM,
            now=teams.now,
        )  # fmt: skip


def test_a_mandate_ends_with_the_deleted_login(teams: Teams) -> None:
    acts.delete_login(**by_plsa(teams, target="peter"))  # type: ignore[arg-type]
    assert [person.pk for person in plsas_of(teams.ours, teams.now)] == [teams.people["paula"].pk]
    assert Mandate.objects.get(membership__person=teams.people["peter"]).state == "ended"
    assert Event.objects.filter(tag=Tag.MEMBERSHIP_ENDED.value, person_key=teams.key("peter")).count() == 1


# ---------------------------------------------------------------- a login that two companies count on


def test_a_plsa_never_locks_anybody_out_of_another_company(teams: Teams) -> None:
    before = teams.fresh("sam")
    acts.suspend(note="Why.", **by_plsa(teams, target="sam"))  # type: ignore[arg-type]
    sam = teams.fresh("sam")
    assert (sam.state, sam.credential_epoch) == (before.state, before.credential_epoch)
    assert teams.membership("sam", teams.ours).end_reason == EndReason.SUSPENDED
    assert [bool(may_act_for(row)) for row in of_person(sam, teams.now)] == [True]
    assert teams.membership("sam", teams.theirs).ended_at is None
    assert told(sam) == [("entry/people_state", "company_suspended")]
    # Their PLSA cannot lock the login either while we still count on it.
    facts = {**by_plsa(teams, "bella", target="sam"), "company_key": teams.theirs.key}
    acts.suspend(note="Why.", **facts)  # type: ignore[arg-type]
    assert teams.fresh("sam").state == LoginState.ACTIVE


def test_a_suspended_membership_comes_back_with_its_mandate(teams: Teams) -> None:
    teams.add("peter", teams.theirs, plsa=False)
    acts.suspend(note="Why.", **by_plsa(teams, target="peter"))  # type: ignore[arg-type]
    assert [person.pk for person in plsas_of(teams.ours, teams.now)] == [teams.people["paula"].pk]
    assert teams.people["peter"].pk in {row.person_id for row in team(teams.ours, teams.now)}
    assert refused(acts.suspend, note="Why.", **by_plsa(teams, target="peter")) == "not_active"
    acts.lift(**by_plsa(teams, target="peter"))  # type: ignore[arg-type]
    assert len(plsas_of(teams.ours, teams.now)) == 2
    assert told(teams.people["peter"])[-1] == ("entry/people_state", "company_resumed")


def test_deleting_somebody_of_two_companies_ends_one_membership(teams: Teams) -> None:
    acts.suspend(note="Why.", **by_plsa(teams, target="sam"))  # type: ignore[arg-type]
    acts.delete_login(**by_plsa(teams, target="sam"))  # type: ignore[arg-type]
    sam = teams.fresh("sam")
    assert sam.state == LoginState.ACTIVE
    assert teams.membership("sam", teams.ours).end_reason == EndReason.LEFT
    assert told(sam)[-1] == ("entry/people_state", "company_ended")
    assert refused(acts.lift, **by_plsa(teams, target="sam")) == "person_unknown"
    # Now the login is theirs alone, so their PLSA deletes it.
    acts.delete_login(person_key=sam.key, company_key=teams.theirs.key, actor=teams.actor("bella"), now=teams.now)
    assert teams.fresh("sam").state == LoginState.DELETED


def test_what_one_company_decided_on_a_login_no_other_company_undoes(teams: Teams) -> None:
    acts.suspend(note="Why.", **by_plsa(teams))  # type: ignore[arg-type]
    teams.add("uma", teams.theirs, plsa=False)
    facts = {**by_plsa(teams, "bella"), "company_key": teams.theirs.key}
    assert refused(acts.lift, **facts) == "shared_login"
    acts.lift(**by_staff(teams))  # type: ignore[arg-type]
    assert teams.fresh("uma").state == LoginState.ACTIVE


def test_a_plsa_ends_those_sessions_of_a_shared_login_that_act_for_the_own_company(teams: Teams) -> None:
    for key, company in (("ours", teams.ours.key), ("theirs", teams.theirs.key), ("none", "")):
        open_session(teams.people["sam"], key, teams.now)
        Session.objects.filter(session_key__startswith=key).update(company_key=company)
    assert acts.end_sessions(**by_plsa(teams, target="sam")) == 1  # type: ignore[arg-type]
    assert {row.company_key for row in Session.objects.all()} == {teams.theirs.key, ""}
    assert acts.end_sessions(**by_staff(teams, target="sam")) == 2  # type: ignore[arg-type]


def test_the_assistance_acts_on_the_login_whatever_its_companies(teams: Teams) -> None:
    acts.suspend(note="Why.", **by_staff(teams, target="sam"))  # type: ignore[arg-type]
    assert teams.fresh("sam").state == LoginState.SUSPENDED


# ---------------------------------------------------------------- password link, sessions


def test_a_plsas_reset_writes_to_the_registered_address_and_changes_nothing_yet(teams: Teams) -> None:
    # D10, decision 17
    before = teams.fresh("uma")
    acts.send_password_link(**by_plsa(teams))  # type: ignore[arg-type]
    link, uma = Link.objects.get(purpose="recovery"), teams.fresh("uma")
    assert (link.subject_key, link.recipient) == (uma.key, "uma@ab12cd.example")
    assert link.expires_at == teams.now + timedelta(minutes=30)
    assert uma.password == before.password
    assert uma.credential_epoch == before.credential_epoch
    message = Message.objects.get(link=link)
    assert (message.kind, message.to_address, message.sensitive) == ("entry/people_password", uma.email, True)
    line = Event.objects.get(tag=Tag.RECOVERY_SENT.value)
    assert (line.actor_key, line.person_key, line.company_key) == (teams.key("paula"), uma.key, teams.ours.key)
    acts.send_password_link(**by_plsa(teams))  # type: ignore[arg-type]
    link.refresh_from_db()
    assert link.superseded_at


def test_a_login_never_activated_gets_its_activation_again(teams: Teams) -> None:
    acts.send_password_link(**by_plsa(teams, target="ida"))  # type: ignore[arg-type]
    link = Link.objects.get(purpose="activation", subject_key=teams.key("ida"))
    assert Message.objects.get(link=link).kind == "entry/people_activation"
    assert Event.objects.filter(tag=Tag.ACTIVATION_SENT.value, person_key=teams.key("ida")).exists()


@pytest.mark.parametrize("line", [row for row in STANDINGS if row.state != LoginState.DELETED])
def test_no_password_is_sent_to_a_login_that_is_stopped(teams: Teams, line: Standing) -> None:
    put(teams, "uma", line)
    assert refused(acts.send_password_link, **by_plsa(teams)) == "lift_first"
    assert refused(acts.send_password_link, **by_staff(teams)) == "lift_first"
    assert not Link.objects.exists()


def test_ending_sessions_tells_their_owner_and_the_trail(teams: Teams) -> None:
    for number in range(3):
        open_session(teams.people["uma"], f"s{number}", teams.now)
    open_session(teams.people["bob"], "bob", teams.now)
    assert acts.end_sessions(**by_plsa(teams)) == 3  # type: ignore[arg-type]
    assert Session.objects.count() == 1
    line = Event.objects.get(tag=Tag.SESSIONS_ENDED.value)
    assert (line.actor_key, line.new["count"]) == (teams.key("paula"), 3)
    assert Message.objects.filter(person_key=teams.key("uma"), kind="accounts/sessions_ended").count() == 1


# ---------------------------------------------------------------- who may at all


@pytest.mark.parametrize("act", list(CALLS))
def test_nobody_acts_on_themselves(teams: Teams, act: Act) -> None:
    assert refused(CALLS[act], **by_plsa(teams, target="paula")) in {"own_login", "no_power"}
    assert refused(CALLS[act], **by_staff(teams, "ada", target="ada")) == "own_login"


STRANGERS: dict[str, Callable[[Teams], Actor]] = {
    "a user of the company": lambda teams: teams.actor("uma"),
    "a PLSA of another company": lambda teams: teams.actor("bella"),
    "a user of two companies": lambda teams: teams.actor("sam"),
    "an editor": lambda teams: teams.actor("edda"),
    "a buyer": lambda teams: teams.actor("basil"),
    "a visitor": lambda _teams: visitor("192.0.2.1"),
}


@pytest.mark.parametrize("act", list(CALLS))
@pytest.mark.parametrize("who", list(STRANGERS))
def test_everybody_else_is_refused_and_changes_nothing(teams: Teams, act: Act, who: str) -> None:
    before = _everything()
    for target in ("uma", "ida", "peter"):
        for company in (teams.ours, teams.theirs):
            code = refused(
                CALLS[act], person_key=teams.key(target), company_key=company.key, actor=STRANGERS[who](teams),
                now=teams.now,
            )  # fmt: skip
            assert code in {"no_power", "person_unknown"}
    assert _everything() == before


@pytest.mark.parametrize("act", list(CALLS))
def test_another_companys_person_and_no_person_get_the_same_answer(teams: Teams, act: Act) -> None:
    before = _everything()
    codes = {
        refused(CALLS[act], **{**by_plsa(teams), "person_key": key})
        for key in (teams.key("bob"), teams.key("bella"), teams.key("olga"), "x" * 22, "")
    }
    assert len(codes) == 1
    assert codes <= {"person_unknown", "no_power"}
    assert _everything() == before


def _everything() -> tuple[object, ...]:
    return (
        list(Person.objects.order_by("pk").values()), list(teams_rows()), Event.objects.count(),
        Message.objects.count(), Link.objects.count(),
    )  # fmt: skip


def teams_rows() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ended_at, end_reason FROM memberships_membership ORDER BY id")
        return list(cursor.fetchall())


@pytest.mark.parametrize("act", list(CALLS))
def test_staff_logins_are_for_administrators(teams: Teams, act: Act) -> None:
    assert refused(CALLS[act], **by_staff(teams, "olga", target="edda")) == "no_power"
    if act is not Act.LIFT:
        CALLS[act](**by_staff(teams, "ada", target="edda"))


def test_a_substitute_does_not_suspend_the_last_plsa(teams: Teams) -> None:
    memberships.end_membership(
        membership_id=teams.membership("peter", teams.ours).pk, reason=EndReason.LEFT, actor=SYSTEM, now=teams.now
    )
    Mandate.objects.create(
        membership=teams.membership("uma", teams.ours), kind=MandateKind.SUBSTITUTE, state="in_force",
        state_since=teams.now, starts_at=teams.now, granted_by="Paula",
    )  # fmt: skip
    for act in (Act.SUSPEND, Act.DELETE):
        assert refused(CALLS[act], **by_plsa(teams, "uma", target="paula")) == "last_plsa"
    acts.suspend(note="Why.", **by_staff(teams, target="paula"))  # type: ignore[arg-type]


def test_a_plsa_whose_power_is_gone_acts_no_more(teams: Teams) -> None:
    acts.suspend(note="Why.", **by_plsa(teams, target="peter"))  # type: ignore[arg-type]
    for act, call in CALLS.items():
        assert refused(call, **by_plsa(teams, "peter", target="paula")) == "no_power", act
    acts.lift(**by_plsa(teams, target="peter"))  # type: ignore[arg-type]
    memberships.suspend_access(company_id=teams.ours.pk, reason="Why.", actor=teams.actor("olga"), now=teams.now)
    assert refused(acts.lift, **by_plsa(teams)) == "no_power"
