"""Races of logins, mandates and pages. A scene makes its own company and asserts what came of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Mandate, Membership
from passerelle.memberships.queries import plsas_of
from passerelle.opening import actions
from passerelle.opening.actions import PartyData
from passerelle.opening.models import Opening
from passerelle.support.enums import TicketKind
from passerelle.support.models import Ticket
from passerelle.terms.models import Acceptance, Version
from tests import cast
from tests.races.company import NOW, OLGA, PASSWORD, Scene, numbers
from tests.races.play import RACERS, deadlocks, race, refusals, winners

# ------------------------------------------------------------------------------------------------- the people


def an_activation_pressed_twenty_times_at_once_sets_one_password() -> None:
    # D1
    scene = Scene()
    scene.accept(cast.link(scene.ask()))
    person = plsas_of(scene.company, NOW)[0]
    key = Link.objects.get(purpose="activation", subject_key=person.key).key
    words = [f"seven brown kettles {n}" for n in range(6)]
    results = race(
        *(
            lambda word=word: actions.activate(link_key=key, password=word, actor=cast.VISITOR, now=NOW)
            for word in words
        )
    )
    assert len(winners(results)) == 1
    assert refusals(results) == {"link_used": 5}
    found = Person.objects.get(pk=person.pk)
    assert sum(found.check_password(word) for word in words) == 1
    assert found.credential_epoch == 1


def an_activation_against_sending_it_again_never_leaves_a_link_to_somebody_active() -> None:
    for _ in range(2):
        scene = Scene()
        scene.accept(cast.link(scene.ask()))
        person = plsas_of(scene.company, NOW)[0]
        key = Link.objects.get(purpose="activation", subject_key=person.key).key
        results = race(
            lambda key=key: actions.activate(link_key=key, password=PASSWORD, actor=cast.VISITOR, now=NOW),
            lambda scene=scene: actions.resend_activation(company_key=scene.company.key, actor=cast.VISITOR, now=NOW),
            lambda scene=scene: actions.resend_activation(company_key=scene.company.key, actor=cast.VISITOR, now=NOW),
        )
        assert set(refusals(results)) <= {"link_superseded"}
        active = Person.objects.get(pk=person.pk).activated_at is not None
        living = Link.objects.filter(
            purpose="activation", subject_key=person.key, used_at__isnull=True, superseded_at__isnull=True
        ).count()
        assert living == (0 if active else 1)


def twenty_logins_with_one_address_are_one_login() -> None:
    # D1, decision 16
    number = next(numbers)
    spellings = [f"Same.{number}@Fournier.example", f"same.{number}@fournier.example"]
    results = race(
        *(
            lambda email=spellings[n % 2]: accounts.create_login(
                first_name="A", last_name="B", email=email, language="en", actor=SYSTEM, now=NOW
            )
            for n in range(RACERS)
        )
    )
    assert len(winners(results)) == 1
    assert refusals(results) == {"email_taken": RACERS - 1}
    assert Person.objects.filter(email_key=spellings[1]).count() == 1


def two_companies_that_name_one_plsa_at_once_make_one_login() -> None:
    # C8 "or updated", decision 27
    for _ in range(2):
        number = next(numbers)
        shared = PartyData("Petra", "Shared", f"shared.{number}@group.example")
        scenes = [Scene() for _ in range(4)]
        for scene in scenes:
            cast.on_record(scene.company, shared.email)
        opens = [(scene, cast.link(scene.ask(plsa=shared))) for scene in scenes]
        results = race(*(lambda scene=scene, link=link: scene.accept(link) for scene, link in opens))
        assert not refusals(results)
        person = Person.objects.get(email_key=shared.email)
        states = Counter(Mandate.objects.filter(membership__person=person).values_list("state", flat=True))
        assert states == {"in_force": 1, "proposed": 3}
        mails = Counter(Message.objects.filter(to_address=shared.email).values_list("kind", flat=True))
        assert (mails["opening/opened_plsa"], mails["opening/proposed_plsa"]) == (1, 3)


def blocking_against_suspending_a_login_leaves_one_truth() -> None:
    scene = Scene()
    scene.accept(cast.link(scene.ask()))
    person = plsas_of(scene.company, NOW)[0]
    results = race(
        *(
            lambda to=to: accounts.change_state(
                person_id=person.pk, to=to, reason=StateReason.BY_ASSISTANCE, actor=OLGA, now=NOW
            )
            for to in (LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED)
        ),
        times=3,
    )
    assert set(refusals(results)) <= {"login_move"}
    assert Person.objects.get(pk=person.pk).state == LoginState.DELETED  # whatever came before, it ends there


def a_mandate_answered_both_ways_at_once_has_one_answer() -> None:
    scene = Scene()
    person = accounts.create_login(
        first_name="A", last_name="B", email=f"prop.{scene.number}@x.example", language="en", actor=SYSTEM, now=NOW
    )
    membership = memberships.join(
        person_id=person.pk, person_key=person.key, company_id=scene.company.pk, company_key=scene.company.key,
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    mandate = memberships.appoint(
        membership=membership,
        person_key=person.key,
        company_key=scene.company.key,
        proposed=True,
        actor=SYSTEM,
        now=NOW,
    )
    results = race(
        *(
            lambda accept=accept: memberships.answer_mandate(
                mandate_key=mandate.key, person_id=person.pk, accept=accept, actor=SYSTEM, now=NOW
            )
            for accept in (True, False)
        ),
        times=5,
    )
    codes = [result.code for result in results if isinstance(result, Refused)]
    assert codes == ["mandate_answered"] * 9


def joining_and_appointing_twenty_times_at_once_is_one_membership_and_one_mandate() -> None:
    scene = Scene()
    person = accounts.create_login(
        first_name="A", last_name="B", email=f"join.{scene.number}@x.example", language="en", actor=SYSTEM, now=NOW
    )

    def both() -> None:
        with transaction.atomic():
            membership = memberships.join(
                person_id=person.pk, person_key=person.key, company_id=scene.company.pk,
                company_key=scene.company.key, actor=SYSTEM, now=NOW,
            )  # fmt: skip
            memberships.appoint(
                membership=membership, person_key=person.key, company_key=scene.company.key, proposed=False,
                actor=SYSTEM, now=NOW,
            )  # fmt: skip

    race(both, times=RACERS)
    assert Membership.objects.filter(company=scene.company).count() == 1
    assert Mandate.objects.filter(membership__company=scene.company).count() == 1


def asking_for_a_plsa_against_naming_one_never_waits_for_itself() -> None:
    # check 6: `ask_designation` holds the company, the representative's act the opening
    for _ in range(2):
        scene = Scene()
        scene.accept(cast.link(scene.ask()))
        memberships.end_mandates(
            company_id=scene.company.pk, company_key=scene.company.key, reason="x", actor=SYSTEM, now=NOW
        )
        ask = {"cofor": scene.company.cofor, "language": "en", "actor": cast.VISITOR, "now": NOW}
        first = race(lambda ask=ask: actions.ask_designation(**ask), times=6)
        assert len({opening.pk for opening in first}) == 1
        link = Link.objects.get(
            purpose="designation", subject_key=first[0].key, used_at__isnull=True, superseded_at__isnull=True
        )
        results = race(
            lambda ask=ask: actions.ask_designation(**ask),
            lambda link=link, scene=scene: actions.designate(
                link_key=link.key, cofor=scene.company.cofor, plsa=scene.person("nina"), actor=cast.VISITOR, now=NOW
            ),
            lambda ask=ask: actions.ask_designation(**ask),
        )
        assert set(refusals(results)) <= {"link_superseded", "opening_move", "nothing_to_ask"}
        assert len(plsas_of(scene.company, NOW)) <= 1


def accepting_newer_terms_against_asking_for_them_never_waits_for_itself() -> None:
    for _ in range(2):
        scene = Scene()
        scene.accept(cast.link(scene.ask()))
        Acceptance.objects.filter(company=scene.company).update(version=_old_version())
        ask = {"cofor": scene.company.cofor, "language": "en", "actor": cast.VISITOR, "now": NOW}
        renewal = actions.ask_designation(**ask)  # type: ignore[arg-type]
        link = cast.link(renewal)
        results = race(
            lambda ask=ask: actions.ask_designation(**ask),
            lambda link=link, scene=scene: scene.accept(link),
            lambda ask=ask: actions.ask_designation(**ask),
        )
        assert set(refusals(results)) <= {"link_superseded", "opening_move", "nothing_to_ask"}


def _old_version() -> Version:
    """A version below the present one, whose acceptance no longer counts."""
    Version.objects.filter(deadline_at__isnull=True).update(deadline_at=NOW - timedelta(hours=1))
    old, _ = Version.objects.get_or_create(number=0, defaults={"effective_at": NOW - timedelta(days=900)})
    return old


# --------------------------------------------------------------------------------------------- over HTTP, with pages


def _statuses(answers: list[Any]) -> Counter[int]:
    found = Counter(answer.status_code for answer in answers)
    assert all(status < 500 for status in found), found
    return found


def the_button_of_a_link_page_pressed_twenty_times_shows_one_success_and_pages_that_say_what_happened() -> None:
    scene = Scene()
    link = cast.link(scene.ask())
    path = f"/en/get-an-access/terms/{links.token(link)}/"
    typed = {"cofor": scene.company.cofor, "accept": "on", "plsa": "confirm", "text": str(cast.text().pk)}
    answers = race(lambda: Client().post(path, typed), times=RACERS)
    found = _statuses(answers)
    # The same form pressed again shows what came of the first press, once that is there (G6).
    assert found[302] >= 1
    assert len({answer["Location"] for answer in answers if answer.status_code == 302}) == 1
    assert set(found) <= {302, 409, 200}  # beaten at the button, or the link already spent when the page was made
    for answer in answers:
        if answer.status_code != 302:
            assert b"already" in answer.content
    scene.opened_once()


def the_form_of_a_request_sent_twenty_times_is_one_request_over_http() -> None:
    scene = Scene()
    typed = {"cofor": scene.company.cofor, "site": ""}
    for part in ("requester", "representative", "plsa"):
        person = scene.person(part)
        typed |= {
            f"{part}-last_name": person.last_name,
            f"{part}-first_name": person.first_name,
            f"{part}-email": person.email,
        }  # fmt: skip
    answers = race(lambda: Client().post("/en/get-an-access/request/", typed), times=RACERS)
    assert _statuses(answers) == {302: RACERS}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Opening.objects.filter(company=scene.company).count() == 1


def a_message_sent_twenty_times_is_one_ticket() -> None:
    # G3
    from passerelle.support import actions as support

    number = next(numbers)
    typed = support.Typed("A", "B", f"t{number}@x.example", "The portal is slow today.", subject="Slow")
    found = race(
        lambda: support.receive(
            kind=TicketKind.CONTACT, typed=typed, submission=f"mark-{number}-0123456789", language="en",
            actor=cast.VISITOR, now=NOW,
        ),
        times=RACERS,
    )  # fmt: skip
    assert len({ticket.pk for ticket in found}) == 1
    assert Ticket.objects.filter(email=typed.email).count() == 1


def a_limit_counts_every_one_of_many_at_once() -> None:
    from passerelle.limits.check import hit

    name = f"192.0.2.{next(numbers)}"
    results = race(lambda: hit("analysis", name, now=NOW), times=RACERS)
    assert sorted(result.count for result in results) == list(range(1, RACERS + 1))


def duplicates_are_nowhere() -> None:
    """After everything: no key of a table twice, no opening without its people, no mail twice under one Message-ID."""
    twice = Message.objects.values("message_id").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()
    assert not Opening.objects.annotate(n=Count("parties")).filter(n__lt=2).exists()
    living = Person.objects.exclude(state=LoginState.DELETED).values("email_key").annotate(n=Count("pk"))
    assert not living.filter(n__gt=1).exists()


def no_deadlocks() -> None:
    assert deadlocks() == 0
