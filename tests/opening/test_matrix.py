"""Every act of an opening tried in every state: the table of states says what comes of it, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from passerelle.audit.models import Event
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.models import Message
from passerelle.opening import actions
from passerelle.opening.actions.completion import close_others
from passerelle.opening.enums import FINAL, LIVING, MAY_LAPSE, MOVES, OpeningState, RefusalReason, Step
from passerelle.opening.models import Opening
from passerelle.opening.rules import next_state
from passerelle.portal.access.words import refusal_words
from tests import cast

S, P = OpeningState, Step
NOTE = "spoke with the company"


class Case:
    """One claim, led into a state by real acts."""

    def __init__(self, officer: Actor, now: datetime) -> None:
        self.officer, self.now = officer, now
        cast.publish_terms(now)
        self.company = cast.company(now)
        cast.on_record(self.company, "direction@fournier.example", domains=("fournier.example",))
        self.opening = cast.ask(self.company, now)

    def fresh(self, purpose: str) -> str:
        """A living link of the opening, so that its state decides, not the link's."""
        subject = self.opening.key if purpose != "objection" else f"{self.opening.key}:1"
        with transaction.atomic():
            return links.issue(
                purpose, subject_key=subject, recipient="direction@fournier.example",
                expires_at=self.now + timedelta(days=900), now=self.now,
            ).key  # fmt: skip

    def accept(self, plsa: actions.PartyData | None = None) -> None:
        actions.accept_terms(
            link_key=self.fresh("terms"), cofor=self.company.cofor, text_id=cast.text().pk, corrected_plsa=plsa,
            language="en", actor=cast.VISITOR, now=self.now,
        )  # fmt: skip

    def hold(self) -> None:
        self.accept(cast.ACCOMPLICE)

    def object_to(self) -> None:
        actions.object_to(link_key=self.fresh("objection"), note="", actor=cast.VISITOR, now=self.now)

    def decline(self) -> None:
        actions.refuse_terms(link_key=self.fresh("terms"), note="", actor=cast.VISITOR, now=self.now)

    def disown(self) -> None:
        actions.disown(link_key=self.fresh("terms"), note="", actor=cast.VISITOR, now=self.now)

    def verify(self) -> None:
        actions.verify(key=self.opening.key, note=NOTE, actor=self.officer, now=self.now)

    def refuse(self) -> None:
        actions.refuse(key=self.opening.key, reason=RefusalReason.OTHER, note=NOTE, actor=self.officer, now=self.now)

    def settle(self, upheld: bool = False) -> None:
        actions.settle(key=self.opening.key, upheld=upheld, note=NOTE, actor=self.officer, now=self.now)

    def uphold(self) -> None:
        self.settle(upheld=True)

    def revive(self) -> None:
        actions.revive(key=self.opening.key, actor=self.officer, now=self.now)

    def approve(self) -> None:
        actions.approve_plsa(key=self.opening.key, note=NOTE, actor=self.officer, now=self.now)

    def lapse(self) -> None:
        actions.lapse_due(now=self.now + timedelta(days=400))

    def close(self) -> None:
        with transaction.atomic():
            close_others(self.company.pk, actor=cast.VISITOR, now=self.now)


def to_verify(case: Case) -> None:
    case.opening = cast.ask(case.company, case.now, requester=cast.HOSTILE, representative=cast.ACCOMPLICE)


def awaiting(case: Case) -> None:
    pass


def disputed(case: Case) -> None:
    case.object_to()


def disputed_after_the_acceptance(case: Case) -> None:
    case.hold()
    case.object_to()


def terms_refused(case: Case) -> None:
    case.decline()


def held(case: Case) -> None:
    case.hold()


def opened(case: Case) -> None:
    case.accept()


def refused(case: Case) -> None:
    case.refuse()


def lapsed(case: Case) -> None:
    case.lapse()


def closed(case: Case) -> None:
    case.close()


STATES: dict[Callable[[Case], None], OpeningState] = {
    to_verify: S.TO_VERIFY, awaiting: S.AWAITING, disputed: S.DISPUTED, disputed_after_the_acceptance: S.DISPUTED,
    terms_refused: S.TERMS_REFUSED, held: S.HELD, opened: S.OPEN, refused: S.REFUSED, lapsed: S.LAPSED,
    closed: S.CLOSED,
}  # fmt: skip

# What each act may do to a state. Several steps: what is known of the opening decides which.
ACTS: dict[str, set[Step]] = {
    "accept": {P.OPEN}, "hold": {P.HOLD}, "object_to": {P.OBJECT}, "decline": {P.REFUSE_TERMS}, "disown": {P.DISOWN},
    "verify": {P.VERIFY}, "refuse": {P.REFUSE}, "settle": {P.SETTLE, P.SETTLE_HELD}, "uphold": {P.REFUSE},
    "revive": {P.REVIVE}, "approve": {P.OPEN}, "lapse": {P.LAPSE}, "close": {P.CLOSE},
}  # fmt: skip

# Which state's door an act knocks at, where the table has the same step for another act too.
ONLY_IN: dict[str, set[OpeningState]] = {
    "accept": {S.AWAITING}, "approve": {S.HELD}, "uphold": {S.DISPUTED},
}  # fmt: skip

# Acts that are right without moving the opening: a second objection, one after the opening, the mail once more.
STAYS = {("object_to", S.DISPUTED), ("object_to", S.OPEN), ("revive", S.AWAITING)}
SILENT = {"lapse", "close"}  # acts on many: one that has nothing to do says nothing


def expected(act: str, way: Callable[[Case], None], state: OpeningState) -> OpeningState | None:
    """The state after the act, None where it is refused."""
    if (act, state) in STAYS:
        return state
    steps = {step for step in ACTS[act] if step in MOVES[state]}
    if state not in ONLY_IN.get(act, {state}):
        steps = set()
    if act == "settle" and steps:
        steps = {P.SETTLE_HELD if way is disputed_after_the_acceptance else P.SETTLE}
    if steps:
        [step] = steps
        return MOVES[state][step]
    return state if act in SILENT else None


@pytest.mark.django_db
@pytest.mark.parametrize("way", STATES, ids=lambda way: way.__name__)
def test_each_act_in_a_state_does_what_the_table_says(
    way: Callable[[Case], None], officer: Actor, now: datetime
) -> None:
    # C5–C10, decision 7
    case = Case(officer, now)
    way(case)
    state = OpeningState(Opening.objects.get(pk=case.opening.pk).state)
    assert state is STATES[way]
    for act in ACTS:
        wanted = expected(act, way, state)
        before = (Event.objects.count(), Message.objects.count())
        refusal = None
        with transaction.atomic():
            try:
                with transaction.atomic():
                    getattr(case, act)()
            except Refused as error:
                refusal = error
            after = Opening.objects.get(pk=case.opening.pk)
            lines = (Event.objects.count(), Message.objects.count())
            transaction.set_rollback(True)
        assert (refusal is None) == (wanted is not None), f"{act} in {state}: {refusal!r}"
        assert after.state == (wanted or state), act
        if refusal is not None:
            assert lines == before, f"{act} in {state} was refused and left traces"
            assert refusal.code == "nothing_to_settle" or refusal_words(refusal)
        elif wanted is not state:
            assert lines[0] > before[0], f"{act} in {state} left no line in the trail"


def test_every_state_is_led_to_and_every_step_is_tried() -> None:
    assert set(STATES.values()) == set(OpeningState)
    assert set().union(*ACTS.values()) == set(Step)


def test_the_table_and_the_named_sets_of_states_agree() -> None:
    assert set(MOVES) == set(OpeningState)
    assert set(OpeningState) == LIVING | FINAL
    assert not LIVING & FINAL
    assert {state for state in MOVES if P.LAPSE in MOVES[state]} == MAY_LAPSE
    assert all(not MOVES[state] for state in FINAL)  # nothing leaves an end
    assert all(P.CLOSE in MOVES[state] and P.REFUSE in MOVES[state] for state in LIVING)


@pytest.mark.parametrize("state", OpeningState)
@pytest.mark.parametrize("step", Step)
def test_a_step_the_table_does_not_know_is_refused_with_both_names(state: OpeningState, step: Step) -> None:
    if step in MOVES[state]:
        assert next_state(state, step) is MOVES[state][step]
        return
    with pytest.raises(Refused, match="opening_move") as refusal:
        next_state(state, step)
    assert refusal.value.facts == {"state": state.value, "step": step.value}
    assert refusal_words(refusal.value)
