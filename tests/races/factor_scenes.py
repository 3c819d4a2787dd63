"""Races of second factors: what counts once counts once, whoever presses at the same instant."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pyotp
from django.test import Client

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.actions import factors, proofs, removals
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import FactorRemoval, Person, SecondFactor, Session
from passerelle.accounts.rules.factors import CODES, new_secret
from passerelle.accounts.rules.passkeys import NewPasskey, UsedPasskey
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.mail.models import Link, Message
from passerelle.portal.factors.words import factor_words
from tests.races.company import NOW, OLGA, OMAR, PASSWORD, numbers
from tests.races.play import RACERS, race, winners


def _told(results: list[Any]) -> Counter[str]:
    """The refusals by their code; a page has words for each."""
    lost = [result for result in results if isinstance(result, Refused)]
    assert all(factor_words(refusal) for refusal in lost)
    return Counter(refusal.code for refusal in lost)


def _person() -> Person:
    number = next(numbers)
    made = accounts.create_login(
        first_name="Fay", last_name="Factor", email=f"fay.{number}@factor.example", language="en", actor=SYSTEM, now=NOW
    )
    return accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=NOW)


def _equipped() -> tuple[Person, pyotp.TOTP, tuple[str, ...]]:
    person, secret, then = _person(), new_secret(), NOW - timedelta(hours=1)
    code = pyotp.TOTP(secret).at(then)
    added = factors.add_authenticator(
        person_id=person.pk, secret=secret, code=code, name="Phone", actor=SYSTEM, now=then
    )  # fmt: skip
    return added.person, pyotp.TOTP(secret), added.codes


def a_code_typed_twenty_times_at_once_counts_once() -> None:
    # security: authenticator code reuse
    person, app, _codes = _equipped()
    code = app.at(NOW)
    results = race(lambda: proofs.use_code(person_id=person.pk, code=code, actor=SYSTEM, now=NOW), times=RACERS)
    assert len(winners(results)) == 1
    assert _told(results) == {"factor_code_used": RACERS - 1}


def neighbouring_codes_typed_at_once_never_count_backwards() -> None:
    person, app, _codes = _equipped()
    codes = [app.at(NOW, counter_offset=apart) for apart in (-1, 0, 1)]
    results = race(
        *(lambda code=code: proofs.use_code(person_id=person.pk, code=code, actor=SYSTEM, now=NOW) for code in codes),
        times=6,
    )
    assert 1 <= len(winners(results)) <= 3
    assert set(_told(results)) == {"factor_code_used"}
    again = race(lambda: proofs.use_code(person_id=person.pk, code=codes[2], actor=SYSTEM, now=NOW))
    assert _told(again) == {"factor_code_used": 1}, (again, results)


def a_recovery_code_typed_twenty_times_at_once_counts_once() -> None:
    # security: recovery code
    person, _app, codes = _equipped()
    results = race(
        lambda: proofs.use_recovery_code(person_id=person.pk, code=codes[4], actor=SYSTEM, now=NOW), times=RACERS
    )
    assert winners(results) == [CODES - 1]
    assert _told(results) == {"recovery_code": RACERS - 1}
    assert Message.objects.filter(person_key=person.key, kind="accounts/code_used").count() == 1


def ten_recovery_codes_typed_at_once_all_count() -> None:
    person, _app, codes = _equipped()
    results = race(
        *(
            lambda code=code: proofs.use_recovery_code(person_id=person.pk, code=code, actor=SYSTEM, now=NOW)
            for code in codes
        )
    )
    assert len(winners(results)) == CODES
    assert not person.recovery_codes.filter(used_at__isnull=True).exists()


def a_recovery_code_against_a_new_list_leaves_ten_unused_codes() -> None:
    person, _app, codes = _equipped()
    results = race(
        lambda: proofs.use_recovery_code(person_id=person.pk, code=codes[0], actor=SYSTEM, now=NOW),
        lambda: factors.make_recovery_codes(person_id=person.pk, actor=SYSTEM, now=NOW),
    )
    assert set(_told(results)) <= {"recovery_code"}
    assert person.recovery_codes.filter(used_at__isnull=True).count() == CODES


def two_new_lists_at_once_leave_one() -> None:
    person, _app, _codes = _equipped()
    results = race(lambda: factors.make_recovery_codes(person_id=person.pk, actor=SYSTEM, now=NOW), times=6)
    assert not _told(results)
    assert person.recovery_codes.count() == CODES
    lists = [set(made) for made in winners(results)]
    alive = [
        made for made in lists
        if not isinstance(
            race(lambda made=made: proofs.use_recovery_code(
                person_id=person.pk, code=next(iter(made)), actor=SYSTEM, now=NOW))[0], Refused)
    ]  # fmt: skip
    assert len(alive) == 1


def a_signature_sent_twenty_times_at_once_counts_once() -> None:
    person = _person()
    made = NewPasskey("Y3JlZA", f"{person.pk:064d}", "bWF0ZXJpYWw", 7)
    added = factors.add_passkey(person_id=person.pk, passkey=made, name="Key", actor=SYSTEM, now=NOW)
    used = UsedPasskey(added.factor, 8)
    results = race(
        lambda: proofs.use_passkey(person_id=person.pk, passkey=used, actor=SYSTEM, now=NOW), times=RACERS
    )  # fmt: skip
    assert len(winners(results)) == 1
    assert _told(results) == {"passkey_copied": RACERS - 1}


def an_authenticator_added_twenty_times_at_once_is_one() -> None:
    person, secret = _person(), new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    results = race(
        lambda: factors.add_authenticator(
            person_id=person.pk, secret=secret, code=code, name="Phone", actor=SYSTEM, now=NOW
        ),
        times=RACERS,
    )
    assert len(winners(results)) == 1
    assert _told(results) == {"authenticator_exists": RACERS - 1}
    assert person.recovery_codes.count() == CODES


def a_passkey_added_by_twenty_people_at_once_is_one_persons() -> None:
    people = [_person() for _ in range(6)]
    made = NewPasskey("Y3JlZA", f"shared-{people[0].pk}".ljust(64, "0"), "bWF0ZXJpYWw", 0)
    results = race(
        *(
            lambda one=one: factors.add_passkey(person_id=one.pk, passkey=made, name="Key", actor=SYSTEM, now=NOW)
            for one in people
        )
    )
    assert len(winners(results)) == 1
    assert _told(results) == {"passkey_exists": 5}


def the_last_two_factors_removed_at_once_leave_one_where_one_is_required() -> None:
    person, _app, _codes = _equipped()
    made = NewPasskey("Y3JlZA", f"second-{person.pk}".ljust(64, "0"), "bWF0ZXJpYWw", 0)
    factors.add_passkey(person_id=person.pk, passkey=made, name="Key", actor=SYSTEM, now=NOW)
    keys = list(SecondFactor.objects.filter(person=person).values_list("key", flat=True))
    results = race(
        *(
            lambda key=key: factors.remove_factor(
                person_id=person.pk, factor_key=key, required=True, actor=SYSTEM, now=NOW
            )
            for key in keys
        )
    )
    assert len(winners(results)) == 1
    assert _told(results) == {"last_factor": 1}
    assert person.second_factors.count() == 1


def a_removal_asked_by_many_at_once_is_one() -> None:
    person, _app, _codes = _equipped()
    results = race(
        *(
            lambda who=who: removals.ask_removal(person_id=person.pk, actor=who, now=NOW)
            for who in (OLGA, OMAR, OLGA, OMAR)
        )
    )
    assert len(winners(results)) == 1
    assert {refusal.code for refusal in results if isinstance(refusal, Refused)} == {"removal_pending"}
    assert Message.objects.filter(person_key=person.key, kind="accounts/removal_asked").count() == 1


def keeping_a_factor_against_its_removal_has_one_end() -> None:
    # decision 17
    for _ in range(3):
        person, _app, _codes = _equipped()
        then = NOW - timedelta(hours=brand.current().policies.factor_removal_hours)
        removal = removals.ask_removal(person_id=person.pk, actor=OLGA, now=then)
        link = Link.objects.get(purpose="removal", subject_key=removal.key)
        results = race(
            lambda removal=removal: removals.carry_out_removal(removal_key=removal.key, actor=SYSTEM, now=NOW),
            lambda person=person: removals.keep_factor(person_id=person.pk, actor=SYSTEM, now=NOW),
            lambda link=link: removals.keep_factor_by_link(
                link_key=link.key, actor=SYSTEM, now=NOW - timedelta(seconds=1)
            ),
        )
        assert len(winners(results)) == 1
        assert _told(results) == {"removal_ended": 2}
        found = FactorRemoval.objects.get(pk=removal.pk)
        assert (found.done_at is None) == person.second_factors.exists()
        assert (found.done_at is None) != (found.cancelled_at is None)


def a_sign_in_by_password_alone_against_a_first_factor_is_in_no_session_afterwards() -> None:
    # D11, decision 18
    for _ in range(4):
        person, secret, browsers = _staff(), new_secret(), [Client() for _ in range(3)]
        now = clock.now()
        code = pyotp.TOTP(secret).at(now)
        race(
            partial(
                factors.add_authenticator,
                person_id=person.pk,
                secret=secret,
                code=code,
                name="Phone",
                actor=SYSTEM,
                now=now,
            ),
            *(
                partial(browser.post, "/en/sign-in/", {"login": person.login, "password": PASSWORD})
                for browser in browsers
            ),
        )
        assert [browser.get("/en/account/").status_code for browser in browsers] == [302] * 3
        epoch = Person.objects.get(pk=person.pk).credential_epoch
        assert not Session.objects.filter(person=person, epoch=epoch).exists()


def a_code_typed_in_twenty_browsers_at_once_opens_one_session() -> None:
    person = _staff()
    secret, then = new_secret(), clock.now() - timedelta(hours=1)
    factors.add_authenticator(
        person_id=person.pk, secret=secret, code=pyotp.TOTP(secret).at(then), name="Phone", actor=SYSTEM, now=then
    )
    browsers = [Client() for _ in range(8)]
    for browser in browsers:
        answer = browser.post("/en/sign-in/", {"login": person.login, "password": PASSWORD})
        assert answer["Location"] == "/en/sign-in/second-factor/", answer.content
    code = pyotp.TOTP(secret).at(clock.now())
    results = race(
        *(lambda browser=browser: browser.post("/en/sign-in/second-factor/", {"code": code}) for browser in browsers)
    )
    assert sorted(answer.status_code for answer in results) == [302, *[422] * 7]


def _staff() -> Person:
    made = accounts.create_login(
        first_name="Stan", last_name="Staff", email=f"stan.{next(numbers)}@group.example", language="en",
        kind=PersonKind.STAFF, actor=SYSTEM, now=NOW,
    )  # fmt: skip
    return accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=NOW)
