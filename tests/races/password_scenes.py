"""Races of passwords and of terms for persons. A scene makes its own people and asserts what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth.hashers import check_password

from passerelle.accounts import actions as accounts
from passerelle.accounts.actions.sessions import end_other_sessions
from passerelle.accounts.hashers import OwaspArgon2
from passerelle.accounts.models import Person
from passerelle.accounts.rules.sessions import was_ended
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.mail.models import Message
from passerelle.terms import actions as terms
from passerelle.terms.models import Audience, PersonAcceptance, Text, Version
from tests.races.company import NOW, PASSWORD, numbers
from tests.races.play import RACERS, race, winners


def _person() -> Person:
    made = accounts.create_login(
        first_name="Paula", last_name="Plsa", email=f"w{next(numbers)}@race.example", language="en", actor=SYSTEM,
        now=NOW,
    )  # fmt: skip
    return accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=NOW)


def _change(person: Person, password: str) -> Callable[[], accounts.Changed]:
    return lambda: accounts.change_password(
        person_id=person.pk, password=password, current=PASSWORD, keep="", device="", actor=SYSTEM, now=NOW
    )


def _set(person: Person, password: str) -> Callable[[], Person]:
    return lambda: accounts.set_password(person_id=person.pk, password=password, actor=SYSTEM, now=NOW)


def _sign_in(person: Person) -> Callable[[], Person]:
    """The end of a sign-in whose password was compared when the person was as given."""
    return lambda: entry.note_sign_in(
        person=person, epoch=person.credential_epoch, actor=SYSTEM, now=NOW
    )  # fmt: skip


def _codes(results: list[Any]) -> Counter[str]:
    return Counter(result.code for result in results if isinstance(result, Refused))


def twenty_sign_ins_with_a_temporary_password_are_one() -> None:
    # decision 16
    person = _person()
    person = accounts.make_temporary(
        person_id=person.pk, made=accounts.new_temporary(), actor=SYSTEM, now=NOW
    )  # fmt: skip
    results = race(_sign_in(person), times=RACERS)
    assert len(winners(results)) == 1
    assert _codes(results) == {"temporary_password_ended": RACERS - 1}
    assert Event.objects.filter(tag=Tag.SIGNED_IN.value, person_key=person.key).count() == 1


def twenty_changes_of_one_password_are_one() -> None:
    # D6: whoever comes second no longer knows the present password
    person, words = _person(), [f"nine green lamps {number}" for number in range(RACERS)]
    results = race(*(_change(person, word) for word in words))
    assert len(winners(results)) == 1
    assert _codes(results) == {"wrong_password": RACERS - 1}
    person.refresh_from_db()
    assert sum(person.check_password(word) for word in words) == 1
    assert person.credential_epoch == 2
    assert Message.objects.filter(kind="accounts/password_changed", person_key=person.key).count() == 1


def a_sign_in_against_a_change_of_password_gets_no_session_of_the_new_epoch() -> None:
    # D6, decision 15
    for _ in range(4):
        person = _person()
        results = race(_sign_in(person), _change(person, "nine green lamps hum"), times=3)
        let_in = [found for found in winners(results) if isinstance(found, Person)]
        assert {found.credential_epoch for found in let_in} <= {person.credential_epoch}
        assert _codes(results) == Counter(sign_in_overtaken=3 - len(let_in), wrong_password=2)
        late = race(_sign_in(person))
        assert _codes(late) == {"sign_in_overtaken": 1}


def a_change_against_a_temporary_password_leaves_one_that_opens() -> None:
    for _ in range(4):
        person, made = _person(), accounts.new_temporary()
        race(
            partial(accounts.make_temporary, person_id=person.pk, made=made, actor=SYSTEM, now=NOW),
            _change(person, "nine green lamps hum"),
        )
        person.refresh_from_db()
        opens = [person.check_password(made.text), person.check_password("nine green lamps hum")]
        assert opens == [True, False]  # the change came first, or no longer knew the present password
        assert person.must_change_since is not None


def a_password_kept_while_another_is_hashed_waits_for_nobody_and_wins() -> None:
    # D6: the hash is computed without a lock; what it was held against has changed, so it is begun again
    for late, refused in ((_change, "wrong_password"), (_set, "password")):
        person, word = _person(), "nine green lamps hum"
        with _in_the_first_hash(_set(person, word)):
            result = race(late(person, word))[0]
        assert isinstance(result, Refused)
        assert result.code == refused
        assert result.facts.get("faults") == (["same"] if refused == "password" else None)
        person.refresh_from_db()
        assert person.check_password(word)
        assert person.credential_epoch == 2


def a_password_begun_again_leaves_the_one_in_between_as_the_former_one() -> None:
    # D7
    person = _person()
    with _in_the_first_hash(_set(person, "nine green lamps hum")):
        race(_set(person, "eleven red doors shut"))
    person.refresh_from_db()
    assert person.check_password("eleven red doors shut")
    assert check_password("nine green lamps hum", person.previous_password)
    assert person.credential_epoch == 3


@contextmanager
def _in_the_first_hash(act: Callable[[], Any]) -> Iterator[None]:
    """Let something happen, by another connection, while the next new password is hashed. It must not wait."""
    encode = OwaspArgon2.encode
    done: list[bool] = []

    def late(self: OwaspArgon2, password: str, salt: str) -> str:
        if not done:
            done.append(True)
            assert winners(race(act))
        return encode(self, password, salt)

    OwaspArgon2.encode = late  # type: ignore[method-assign]
    try:
        yield
        assert done
    finally:
        OwaspArgon2.encode = encode  # type: ignore[method-assign]


def a_second_step_against_the_end_of_all_sessions_lets_nobody_in() -> None:
    # D11: whichever is first, also when the clock of the machine that signs in is ahead
    for _ in range(6):
        person, ahead = _person(), NOW + timedelta(seconds=2)
        results = race(
            partial(
                entry.note_sign_in, person=person, epoch=person.credential_epoch, since=NOW, actor=SYSTEM, now=ahead
            ),
            partial(end_other_sessions, person_id=person.pk, actor=SYSTEM, now=NOW + timedelta(seconds=1)),
        )
        person.refresh_from_db()
        refused = isinstance(results[0], Refused)
        assert refused or was_ended(person, since=ahead)  # the session that it opens is over before it is written
        assert _codes(results) == (Counter(sign_in_overtaken=1) if refused else Counter())


def twenty_acceptances_of_one_person_are_one() -> None:
    person = _person()
    version = terms.publish(
        number=1, effective_at=NOW, deadline_at=None, wordings=[terms.Wording("en", "Rules", "Be kind.")],
        actor=SYSTEM, now=NOW, audience=Audience.PERSON,
    )  # fmt: skip
    text = Text.objects.select_related("version").get(version=version)
    try:
        results = race(
            lambda: terms.accept_for_oneself(person=person, text=text, language="en", actor=SYSTEM, now=NOW),
            times=RACERS,
        )
        assert len({result.pk for result in results}) == 1
        assert Event.objects.filter(tag=Tag.PERSON_TERMS_ACCEPTED.value, person_key=person.key).count() == 1
    finally:  # they would stand before the pages of other scenes
        PersonAcceptance.objects.filter(version=version).delete()
        Text.objects.filter(version=version).delete()
        Version.objects.filter(pk=version.pk).delete()
