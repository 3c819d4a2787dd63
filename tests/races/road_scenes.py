"""Races on the road: requests, links, the desk. A scene makes its own company and asserts what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.mail.models import Link, Message
from passerelle.memberships.models import Access
from passerelle.memberships.queries import plsas_of
from passerelle.opening import actions
from passerelle.opening.enums import LIVING, RefusalReason
from passerelle.opening.models import Opening
from passerelle.opening.queries import mark
from passerelle.suppliers.actions import close_company
from passerelle.suppliers.models import Company
from tests import cast
from tests.races.company import NOW, OLGA, OMAR, PASSWORD, S, Scene
from tests.races.play import RACERS, race, refusals, winners

# ------------------------------------------------------------------------------------------------ the request


def a_request_sent_twenty_times_at_once_is_one_request() -> None:
    # C5
    scene = Scene()
    found = race(scene.ask, times=RACERS)
    assert len({opening.pk for opening in found}) == 1
    assert Opening.objects.filter(company=scene.company).count() == 1
    assert scene.mails() == {"opening/received": 1, "opening/terms": 1, "opening/notice": 1}
    assert scene.lines(Tag.OPENING_REQUESTED) == 1


def two_claims_at_once_stand_beside_eachother() -> None:
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
