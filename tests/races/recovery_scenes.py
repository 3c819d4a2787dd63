"""Races of forgotten passwords. A scene makes its own person and asserts what came of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.entry.actions.recovery import choose_password, forgotten_password
from passerelle.mail.models import Link, Message
from passerelle.memberships.queries import plsas_of
from tests import cast
from tests.races.company import NOW, Scene
from tests.races.play import RACERS, race, winners

LATER = NOW + timedelta(minutes=1)
FIRST = "seven brown kettles sing"


def _scene() -> tuple[Scene, Person]:
    """A company whose PLSA has chosen a password."""
    scene = Scene()
    scene.accept(cast.link(scene.ask()))
    person = plsas_of(scene.company, NOW)[0]
    return scene, accounts.set_password(person_id=person.pk, password=FIRST, actor=SYSTEM, now=NOW)


def _ask(scene: Scene, person: Person) -> Any:
    return lambda: forgotten_password(
        email=person.email, login=person.login, cofor=scene.company.cofor, browser={}, actor=cast.VISITOR, now=LATER
    )


def _choose(link: Link, password: str) -> Any:
    return lambda: choose_password(link_key=link.key, password=password, actor=cast.VISITOR, now=LATER)


def _codes(results: list[Any]) -> Counter[str]:
    return Counter(result.code for result in results if isinstance(result, Refused))


def _link(person: Person) -> Link:
    return Link.objects.get(purpose="recovery", subject_key=person.key, used_at=None, superseded_at=None)


def a_link_of_a_forgotten_password_used_twenty_times_at_once_sets_one() -> None:
    # D8
    scene, person = _scene()
    _ask(scene, person)()
    link = _link(person)
    words = [f"nine green lamps hum {number}" for number in range(8)]
    results = race(*(_choose(link, word) for word in words))
    assert len(winners(results)) == 1
    assert _codes(results) == {"link_used": 7}
    found = Person.objects.get(pk=person.pk)
    assert sum(found.check_password(word) for word in words) == 1
    assert found.credential_epoch == person.credential_epoch + 1


def a_forgotten_password_asked_by_many_at_once_leaves_one_living_link() -> None:
    scene, person = _scene()
    results = race(_ask(scene, person), times=RACERS)
    assert all(answer.branch == "mail" for answer in results)
    assert any(answer.sent for answer in results)
    assert _link(person)
    assert (
        Message.objects.filter(kind="entry/recovery_link", person_key=person.key).exclude(state="dropped").count() == 1
    )


def a_recovery_against_a_change_of_the_password_leaves_one_password() -> None:
    for _ in range(3):
        scene, person = _scene()
        _ask(scene, person)()
        link, later = _link(person), LATER + timedelta(minutes=1)
        results = race(
            _choose(link, "nine green lamps hum"),
            lambda person=person, later=later: accounts.set_password(
                person_id=person.pk, password="eleven red doors shut", actor=SYSTEM, now=later
            ),
        )
        assert set(_codes(results)) <= {"link_overtaken"}
        # Whoever comes second finds the other's password: the change wins either way, the link at most before it.
        assert Person.objects.get(pk=person.pk).check_password("eleven red doors shut")


def a_recovery_against_a_block_never_opens_what_was_blocked() -> None:
    # D3
    for _ in range(3):
        scene, person = _scene()
        _ask(scene, person)()
        link = _link(person)
        results = race(
            _choose(link, "nine green lamps hum"),
            lambda person=person: accounts.change_state(
                person_id=person.pk, to=LoginState.BLOCKED, reason=StateReason.STOLEN, actor=SYSTEM, now=LATER
            ),
            _ask(scene, person),
        )
        assert set(_codes(results)) <= {"login_closed", "link_superseded"}
        assert Person.objects.get(pk=person.pk).state == LoginState.BLOCKED
