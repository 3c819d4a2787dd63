"""Logins: an alphabet that can be read out, a check character that finds slips, never sequential, never used again."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle import brand
from passerelle.accounts import actions, rules
from passerelle.accounts.actions import logins
from passerelle.accounts.enums import MOVES, LoginState, PersonKind, StateReason
from passerelle.accounts.models import Person, Session
from passerelle.accounts.queries import living_by_email
from passerelle.accounts.rules import ALPHABET, check_character, fold_login, new_login, well_formed_login
from passerelle.core.actor import SYSTEM, Actor
from passerelle.core.errors import Refused

bodies = st.text(ALPHABET, min_size=6, max_size=6)


def create(now: datetime, email: str = "paula@fournier.example", **more: object) -> Person:
    return actions.create_login(
        first_name="Paula", last_name="Plsa", email=email, language="en", actor=SYSTEM, now=now, **more
    )  # type: ignore[arg-type]


def test_the_alphabet_has_nothing_that_is_confused_when_read_aloud() -> None:
    # decision 11
    assert not set("01OIL") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 31


@given(bodies, st.integers(0, 6), st.sampled_from(ALPHABET))
def test_the_check_character_finds_every_single_wrong_character(body: str, place: int, wrong: str) -> None:
    prefix = brand.current().codes.login_prefix
    right = body + check_character(body)
    typed = right[:place] + wrong + right[place + 1 :]
    assert well_formed_login(prefix + typed) is (typed == right)


@given(bodies, st.integers(0, 5))
def test_the_check_character_finds_every_swap_of_neighbours(body: str, place: int) -> None:
    prefix = brand.current().codes.login_prefix
    right = body + check_character(body)
    typed = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert well_formed_login(prefix + typed) is (typed == right)


@given(bodies, st.sampled_from(["", " ", "-", "\u00a0", " - "]), st.booleans())
def test_it_is_found_in_any_case_with_blanks_and_hyphens(body: str, gap: str, lower: bool) -> None:
    # D2
    login = f"V{body}{check_character(body)}"
    typed = gap.join([login[:3], login[3:]])
    assert fold_login(typed.lower() if lower else typed) == login


@given(st.text(max_size=120))
def test_folding_any_text_is_stable_and_never_fails(text: str) -> None:
    assert fold_login(fold_login(text)) == fold_login(text)
    well_formed_login(text)


def test_logins_are_random_and_never_sequential() -> None:
    # D1
    logins = [new_login("V") for _ in range(2000)]
    assert len(set(logins)) == 2000
    assert all(well_formed_login(login) and len(login) == 8 for login in logins)
    assert logins != sorted(logins)
    for place in range(1, 7):  # every character of the alphabet turns up at every place
        assert {login[place] for login in logins} == set(ALPHABET)


@pytest.mark.django_db
def test_a_deleted_login_is_never_given_again(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    # D1: the tombstone stays
    first = create(now)
    actions.change_state(
        person_id=first.pk, to=LoginState.DELETED, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now
    )
    offered = iter([first.login, first.login, "VAAAAAAA"])
    monkeypatch.setattr(logins, "new_login", lambda prefix: next(offered))
    second = create(now)
    assert second.login == "VAAAAAAA"
    assert second.pk != first.pk
    with pytest.raises(Refused, match="login_taken"):
        create(now, "other@fournier.example", login=first.login)
    assert living_by_email("PAULA@fournier.example") == second


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spelling",
    ["paula@fournier.example", "PAULA@Fournier.Example", "ｐaula@fournier.example", " paula@fournier.example"],
)
def test_one_address_has_one_living_login_in_any_spelling(now: datetime, spelling: str) -> None:
    # decision 16
    create(now)
    with pytest.raises(Refused, match="email_taken") as refusal:
        create(now, spelling)
    assert refusal.value.field == "email"


@pytest.mark.django_db
def test_a_login_has_no_password_until_its_person_chooses_one(now: datetime) -> None:
    person = create(now)
    assert not person.has_usable_password()
    assert person.activated_at is None
    assert not person.check_password("")
    assert create(now, "staff@group.example", kind=PersonKind.STAFF).login.startswith(
        brand.current().codes.staff_prefix
    )


@pytest.mark.django_db
@pytest.mark.parametrize("was", LoginState)
@pytest.mark.parametrize("to", LoginState)
def test_a_login_moves_as_the_table_of_states_says(was: LoginState, to: LoginState, now: datetime) -> None:
    # D3
    person = create(now)
    if was is not LoginState.ACTIVE:
        actions.change_state(person_id=person.pk, to=was, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now)
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=now, person=person)
    epoch = Person.objects.get().credential_epoch
    officer = Actor(SYSTEM.kind, name="Olga")
    if to not in MOVES[was]:
        with pytest.raises(Refused, match="login_move"):
            actions.change_state(person_id=person.pk, to=to, reason=StateReason.BY_ASSISTANCE, actor=officer, now=now)
        assert Person.objects.get().state == was
        assert Session.objects.count() == 1
        return
    actions.change_state(person_id=person.pk, to=to, reason=StateReason.BY_ASSISTANCE, actor=officer, now=now)
    found = Person.objects.get()
    assert (found.state, found.state_by) == (to, "Olga")
    assert found.state_reason == ("" if to is LoginState.ACTIVE else "by_assistance")
    assert bool(rules.may_use_login(found)) is (to is LoginState.ACTIVE)
    ends = to is not LoginState.ACTIVE
    assert Session.objects.count() == (0 if ends else 1)
    assert found.credential_epoch == epoch + ends


def test_nothing_leaves_a_tombstone() -> None:
    assert not MOVES[LoginState.DELETED]
    assert all(LoginState.DELETED in MOVES[state] for state in LoginState if state is not LoginState.DELETED)
