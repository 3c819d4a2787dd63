"""Races on the road. A scene makes its own company, sends the racers off at one signal, and asserts what came of it."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Access, Mandate, Membership
from passerelle.memberships.queries import plsas_of
from passerelle.opening import actions
from passerelle.opening.actions import PartyData
from passerelle.opening.enums import LIVING, OpeningState, RefusalReason
from passerelle.opening.models import Opening, Record
from passerelle.opening.queries import mark
from passerelle.suppliers.actions import close_company
from passerelle.suppliers.models import Company
from passerelle.support.enums import TicketKind
from passerelle.support.models import Ticket
from passerelle.terms.models import Acceptance, Version
from tests import cast
from tests.races.play import RACERS, deadlocks, race, refusals, winners

NOW = datetime.now(tz=UTC).replace(microsecond=0)
PASSWORD = "seven brown kettles sing"
OLGA = Actor(ActorKind.STAFF, key="olga", name="Olga Officer", roles=frozenset({"assistance"}))
OMAR = Actor(ActorKind.STAFF, key="omar", name="Omar Officer", roles=frozenset({"assistance"}))
_numbers = itertools.count(1)
S = OpeningState


class Scene:
    """A new company with its domain on record, and people of its own."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.domain = f"c{self.number}.example"
        if not Version.objects.exists():
            cast.publish_terms(NOW)
        self.company = cast.company(NOW, cofor=f"R{self.number:05d}", name=f"Company {self.number}")
        cast.on_record(self.company, f"direction@{self.domain}", domains=(self.domain,))

    def person(self, name: str, *, on_record: bool = True) -> PartyData:
        domain = self.domain if on_record else "elsewhere.example"
        return PartyData(name.title(), "Racer", f"{name}.{self.number}@{domain}")

    def ask(self, requester: str = "rita", *, on_record: bool = True, plsa: PartyData | None = None) -> Opening:
        return cast.ask(
            self.company, NOW, requester=self.person(requester),
            representative=self.person("leon", on_record=on_record), plsa=plsa or self.person("paula"),
        )  # fmt: skip

    def accept(self, link: Link, plsa: PartyData | None = None) -> Opening:
        return actions.accept_terms(
            link_key=link.key, cofor=self.company.cofor, text_id=cast.text().pk, corrected_plsa=plsa, language="en",
            actor=cast.VISITOR, now=NOW,
        )  # fmt: skip

    def mails(self) -> Counter[str]:
        return Counter(Message.objects.filter(company_key=self.company.key).values_list("kind", flat=True))

    def lines(self, tag: Tag) -> int:
        return Event.objects.filter(tag=tag, company_key=self.company.key).count()

    def opened_once(self) -> None:
        """However many raced: one access, one login with one mandate, one acceptance, one mail of each kind."""
        assert Access.objects.filter(company=self.company).count() == 1
        assert Acceptance.objects.filter(company=self.company).count() == 1
        assert len(plsas_of(self.company, clock.now())) == 1
        assert Membership.objects.filter(company=self.company).count() == 1
        assert Opening.objects.filter(company=self.company, state=S.OPEN).count() == 1
        assert Record.objects.filter(opening__company=self.company).count() == 1
        assert self.mails()["opening/opened_plsa"] == self.mails()["opening/opened_representative"] == 1
        assert self.lines(Tag.ACCESS_OPENED) == self.lines(Tag.OPENING_COMPLETED) == 1


def _other(scene: Scene, key: str) -> Opening:
    return Opening.objects.exclude(key=key).get(company=scene.company)


# ------------------------------------------------------------------------------------------------ the request


def a_request_sent_twenty_times_at_once_is_one_request() -> None:
    # C5
    scene = Scene()
    found = race(scene.ask, times=RACERS)
    assert len({opening.pk for opening in found}) == 1
    assert Opening.objects.filter(company=scene.company).count() == 1
    assert scene.mails() == {"opening/received": 1, "opening/terms": 1, "opening/notice": 1}
    assert scene.lines(Tag.OPENING_REQUESTED) == 1


def two_claims_at_once_stand_beside_each_other() -> None:
    # decision 7: a second claim is never refused for being second
    scene = Scene()
    found = race(*(lambda name=f"r{n}": scene.ask(name, on_record=False) for n in range(RACERS)))
    assert len({opening.pk for opening in found}) == RACERS
    assert not refusals(found)


def a_request_beside_the_acceptance_of_another_is_taken_in_or_told_the_access_is_open() -> None:
    scene = Scene()
    opening = scene.ask()
    link = cast.link(opening)
    results = race(lambda: scene.accept(link), *(lambda n=n: scene.ask(f"late{n}") for n in range(6)))
    assert set(refusals(results)) <= {"already_open"}
    scene.opened_once()
    person = plsas_of(scene.company, NOW)[0]
    activation = Link.objects.get(purpose="activation", subject_key=person.key)
    actions.activate(link_key=activation.key, password=PASSWORD, actor=cast.VISITOR, now=NOW)
    assert not Opening.objects.filter(company=scene.company, state__in=LIVING).exists()


# ------------------------------------------------------------------------------------- the representative's link


def a_terms_link_pressed_twenty_times_at_once_opens_once() -> None:
    # C7, C8
    scene = Scene()
    link = cast.link(scene.ask())
    results = race(lambda: scene.accept(link), times=RACERS)
    assert len(winners(results)) == 1
    assert refusals(results) == {"link_used": RACERS - 1}
    scene.opened_once()


def a_terms_link_accepted_and_refused_and_disowned_at_once_does_one_of_them() -> None:
    for _ in range(2):
        scene = Scene()
        link = cast.link(scene.ask())
        act = {"link_key": link.key, "note": "", "actor": cast.VISITOR, "now": NOW}
        results = race(
            lambda link=link, scene=scene: scene.accept(link),
            lambda act=act: actions.refuse_terms(**act),
            lambda act=act: actions.disown(**act),
            times=2,
        )
        assert len(winners(results)) == 1
        assert refusals(results) == {"link_used": 5}
        assert Opening.objects.get(company=scene.company).state in {S.OPEN, S.TERMS_REFUSED, S.DISPUTED}


def an_acceptance_against_the_desk_s_refusal_ends_in_one_of_them() -> None:
    # Quality: two at once, one wins
    for _ in range(2):
        scene = Scene()
        opening = scene.ask()
        link, seen = cast.link(opening), mark(Opening.objects.get(pk=opening.pk))
        results = race(
            lambda link=link, scene=scene: scene.accept(link),
            lambda key=opening.key, seen=seen: actions.refuse(
                key=key, reason=RefusalReason.OTHER, note="", actor=OLGA, now=NOW, seen=seen
            ),
        )
        assert len(winners(results)) == 1
        assert set(refusals(results)) <= {"opening_move", "link_superseded"}
        found = Opening.objects.get(company=scene.company)
        assert Access.objects.filter(company=scene.company).exists() == (found.state == S.OPEN)
        assert found.state in {S.OPEN, S.REFUSED}


def sending_again_against_an_acceptance_leaves_one_truth() -> None:
    # C6: the earlier link is void, or the access is open
    for _ in range(2):
        scene = Scene()
        opening = scene.ask()
        link = cast.link(opening)
        results = race(
            lambda link=link, scene=scene: scene.accept(link),
            lambda key=opening.key: actions.resend_terms(opening_key=key, actor=cast.VISITOR, now=NOW),
            lambda key=opening.key: actions.revive(key=key, actor=OLGA, now=NOW),
        )
        assert set(refusals(results)) <= {"link_superseded", "opening_move"}
        found = Opening.objects.get(company=scene.company)
        living = Link.objects.filter(
            purpose="terms", subject_key=found.key, used_at__isnull=True, superseded_at__isnull=True
        ).count()
        assert (found.state, living) in {(S.OPEN, 0), (S.AWAITING, 1)}


def sending_again_twenty_times_at_once_leaves_one_living_link() -> None:
    scene = Scene()
    opening = scene.ask()
    race(lambda: actions.resend_terms(opening_key=opening.key, actor=cast.VISITOR, now=NOW), times=RACERS)
    assert cast.link(opening)
    queued = Message.objects.filter(subject_key=opening.key, kind="opening/terms").exclude(state="dropped")
    assert queued.count() == 1


def two_claims_of_one_company_accepted_at_once_open_it_once() -> None:
    # C8
    for same_plsa in (True, False):
        scene = Scene()
        first, second = scene.ask("one"), scene.ask("two", plsa=scene.person("paula" if same_plsa else "petra"))
        opens = [cast.link(first), cast.link(second)]
        results = race(*(lambda link=link, scene=scene: scene.accept(link) for link in opens), times=2)
        assert len(winners(results)) == 1
        assert set(refusals(results)) <= {"already_open", "link_used"}
        assert refusals(results)["already_open"] >= 1
        scene.opened_once()


def an_objection_against_an_acceptance_freezes_whatever_came_first() -> None:
    # decision 7
    for _ in range(2):
        scene = Scene()
        opening = scene.ask()
        link, objection = cast.link(opening), cast.link(opening, "objection")
        results = race(
            lambda link=link, scene=scene: scene.accept(link),
            lambda key=objection.key: actions.object_to(link_key=key, note="", actor=cast.VISITOR, now=NOW),
        )
        found = Opening.objects.get(company=scene.company)
        access = Access.objects.filter(company=scene.company).first()
        assert set(refusals(results)) <= {"link_superseded", "opening_move"}
        if found.state == S.OPEN:  # the acceptance was first; the objection, if its link still stood, suspended it
            assert access is not None
            assert (access.suspended_at is not None) == (not refusals(results))
        else:
            assert found.state == S.DISPUTED
            assert access is None


def an_objection_pressed_twenty_times_at_once_is_one_objection() -> None:
    scene = Scene()
    opening = scene.ask()
    key = cast.link(opening, "objection").key
    results = race(lambda: actions.object_to(link_key=key, note="", actor=cast.VISITOR, now=NOW), times=RACERS)
    assert refusals(results) == {"link_used": RACERS - 1}
    assert opening.objections.count() == 1
    assert scene.mails()["opening/objected"] == 1


# --------------------------------------------------------------------------------------------------- the desk


def verifying_against_refusing_by_two_officers_does_one_of_them() -> None:
    # C10
    for _ in range(2):
        scene = Scene()
        opening = scene.ask(on_record=False)
        seen = mark(Opening.objects.get(pk=opening.pk))
        results = race(
            lambda key=opening.key, seen=seen: actions.verify(key=key, note="called", actor=OLGA, now=NOW, seen=seen),
            lambda key=opening.key, seen=seen: actions.refuse(
                key=key, reason=RefusalReason.OTHER, note="", actor=OMAR, now=NOW, seen=seen
            ),
        )
        assert len(winners(results)) == 1
        assert refusals(results) == {"opening_move": 1}
        mails = scene.mails()
        assert mails["opening/terms"] + mails["opening/refused"] == 1


def verifying_twenty_times_at_once_sends_the_terms_once() -> None:
    scene = Scene()
    opening = scene.ask(on_record=False)
    results = race(lambda: actions.verify(key=opening.key, note="called", actor=OLGA, now=NOW), times=RACERS)
    assert refusals(results) == {"opening_move": RACERS - 1}
    assert scene.mails()["opening/terms"] == 1


def approving_a_plsa_twenty_times_at_once_opens_once() -> None:
    scene = Scene()
    opening = scene.accept(cast.link(scene.ask()), scene.person("anna", on_record=False))
    assert opening.state == S.HELD
    results = race(
        lambda: actions.approve_plsa(key=opening.key, note="called", actor=OLGA, now=NOW),
        lambda: actions.approve_plsa(key=opening.key, note="called", actor=OMAR, now=NOW),
        times=RACERS // 2,
    )
    assert len(winners(results)) == 1
    assert refusals(results) == {"opening_move": RACERS - 1}
    assert len(plsas_of(scene.company, NOW)) == 1


def two_held_claims_approved_at_once_open_the_company_once() -> None:
    scene = Scene()
    held = [
        scene.accept(cast.link(scene.ask(name)), scene.person(f"anna{name}", on_record=False)) for name in ("a", "b")
    ]
    results = race(
        *(lambda key=one.key: actions.approve_plsa(key=key, note="called", actor=OLGA, now=NOW) for one in held)
    )
    assert len(winners(results)) == 1
    assert refusals(results) == {"already_open": 1}
    assert len(plsas_of(scene.company, NOW)) == 1


def settling_against_settling_does_one_of_them() -> None:
    for _ in range(2):
        scene = Scene()
        opening = scene.ask()
        key = cast.link(opening, "objection").key
        actions.object_to(link_key=key, note="", actor=cast.VISITOR, now=NOW)
        results = race(
            lambda key=opening.key: actions.settle(key=key, upheld=True, note="x", actor=OLGA, now=NOW),
            lambda key=opening.key: actions.settle(key=key, upheld=False, note="x", actor=OMAR, now=NOW),
        )
        assert len(winners(results)) == 1
        assert refusals(results) == {"nothing_to_settle": 1}


def the_clock_of_two_workers_lapses_and_reminds_once() -> None:
    scenes = [Scene() for _ in range(3)]
    for scene in scenes:
        scene.ask()
    week, month = NOW + timedelta(days=7), NOW + timedelta(days=30)
    race(lambda: actions.remind_due(now=week), times=4)
    race(lambda: actions.lapse_due(now=month), times=4)
    for scene in scenes:
        assert scene.mails()["opening/reminder"] == 1
        assert scene.mails()["opening/lapsed"] == 1
        assert Opening.objects.get(company=scene.company).state == S.LAPSED


def lapsing_against_an_acceptance_ends_in_one_of_them() -> None:
    for _ in range(2):
        scene = Scene()
        link = cast.link(scene.ask())
        month = NOW + timedelta(days=30)
        race(
            lambda link=link, scene=scene: _quietly(scene.accept, link),
            lambda month=month: actions.lapse_due(now=month),
        )
        found = Opening.objects.get(company=scene.company)
        assert (found.state, Access.objects.filter(company=scene.company).exists()) in {
            (S.OPEN, True),
            (S.LAPSED, False),
        }


def closing_the_company_against_an_acceptance_ends_with_nobody_inside() -> None:
    # H4
    for _ in range(2):
        scene = Scene()
        link = cast.link(scene.ask())
        results = race(
            lambda link=link, scene=scene: scene.accept(link),
            lambda scene=scene: close_company(actor=SYSTEM, now=NOW, company=scene.company, reason="merged"),
        )
        assert set(refusals(results)) <= {"cofor_inactive"}
        assert not Company.objects.get(pk=scene.company.pk).active


def _quietly(act: Any, *arguments: Any) -> object:
    try:
        return act(*arguments)
    except Refused as refusal:
        return refusal.code


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
    number = next(_numbers)
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
        number = next(_numbers)
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
            lambda to=to: accounts.change_state(person_id=person.pk, to=to, reason="x", actor=OLGA, now=NOW)
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
            company_id=scene.company.pk, company_key=scene.company.key, reason="left", actor=SYSTEM, now=NOW
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
    assert found[302] == 1
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
            f"{part}-last_name": person.last_name, f"{part}-first_name": person.first_name, f"{part}-email": person.email
        }  # fmt: skip
    answers = race(lambda: Client().post("/en/get-an-access/request/", typed), times=RACERS)
    assert _statuses(answers) == {302: RACERS}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Opening.objects.filter(company=scene.company).count() == 1


def a_message_sent_twenty_times_is_one_ticket() -> None:
    # G3
    from passerelle.support import actions as support

    number = next(_numbers)
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

    name = f"192.0.2.{next(_numbers)}"
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
