"""What everything stands on: who acts, what they may do, verdicts, keys."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC

import pytest

from passerelle.core import clock
from passerelle.core.actor import SYSTEM, Actor, ActorKind, visitor
from passerelle.core.errors import Refused
from passerelle.core.keys import READABLE, random_key, reference
from passerelle.core.powers import POWERS, Role, Verb, may
from passerelle.core.verdict import no, yes


@pytest.mark.parametrize("kind", [kind for kind in ActorKind if kind not in {ActorKind.STAFF, ActorKind.SYSTEM}])
def test_only_staff_hold_powers_of_the_desk(kind: ActorKind) -> None:
    everything = frozenset(role.value for role in Role)
    assert not any(may(Actor(kind, roles=everything), verb) for verb in Verb)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_its_row_says_and_nothing_else(role: Role) -> None:
    actor = Actor(ActorKind.STAFF, roles=frozenset({role.value}))
    assert {verb for verb in Verb if may(actor, verb)} == POWERS[role]


def test_roles_add_up_and_unknown_ones_give_nothing() -> None:
    both = Actor(ActorKind.STAFF, roles=frozenset({Role.EDITOR.value, Role.PURCHASING.value, "emperor"}))
    assert {verb for verb in Verb if may(both, verb)} == POWERS[Role.EDITOR] | POWERS[Role.PURCHASING]
    assert not any(may(Actor(ActorKind.STAFF), verb) for verb in Verb)


def test_every_power_but_that_over_staff_belongs_to_somebody_beside_the_administrator() -> None:
    others = frozenset[Verb]().union(*(verbs for role, verbs in POWERS.items() if role is not Role.ADMINISTRATOR))
    assert others == frozenset(Verb) - {Verb.MANAGE_STAFF}


def test_the_system_acts_for_itself() -> None:
    assert all(may(SYSTEM, verb) for verb in Verb)


def test_an_actor_cannot_be_changed_only_seen_from_elsewhere() -> None:
    actor = visitor(name="Vera Visitor")
    assert (actor.at("192.0.2.7").address, actor.address) == ("192.0.2.7", "")
    with pytest.raises(FrozenInstanceError):
        actor.name = "Somebody Else"  # type: ignore[misc]


def test_a_verdict_says_why_and_what_to_do_next() -> None:
    refusal = no("no_plsa", actor="legal_representative", next_action="designate_plsa")
    assert not refusal
    assert (refusal.reason, refusal.actor, refusal.next_action) == ("no_plsa", "legal_representative", "designate_plsa")
    assert yes()


def test_a_refusal_carries_its_code_field_and_facts() -> None:
    refusal = Refused("email_taken", field="email", name="Ada")
    assert (str(refusal), refusal.field, refusal.facts) == ("email_taken", "email", {"name": "Ada"})


def test_keys_are_long_random_and_fit_an_address() -> None:
    keys = {random_key() for _ in range(2000)}
    assert len(keys) == 2000
    assert {len(key) for key in keys} == {22}


def test_references_can_be_read_out() -> None:
    prefix, *parts = reference("OP").split("-")
    assert (prefix, [len(part) for part in parts]) == ("OP", [4, 4])
    assert set("".join(parts)) <= set(READABLE)
    assert not set("01OIL") & set(READABLE)


def test_the_clock_tells_universal_time() -> None:
    assert clock.now().tzinfo is UTC
