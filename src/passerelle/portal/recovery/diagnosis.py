"""What a person reads of their own login once three values belonged together: the diagnosis (D8, I5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passerelle.entry.actions.recovery import Matched
from passerelle.entry.queries import gate_facts
from passerelle.entry.rules import doors
from passerelle.entry.rules.diagnosis import Chain, explain
from passerelle.limits.pauses import peek
from passerelle.portal.session.enter import STRANGERS
from passerelle.web.credentials import LINKS, next_words, reason_words, sentence, since_words

# Who sits at the page has shown three values and no password: whether a second factor is set up is not theirs to learn.
_SHOWN = {"login", "state", "password", "pause", "membership", "mandate"}


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the diagnosis in words."""

    name: str
    title: str
    holds: bool
    lines: tuple[str, ...]


def steps_of(answer: Matched, now: datetime) -> list[Step]:
    """The links from the login to the company that was typed, each with why, since when and who can mend it."""
    person, membership = answer.person, answer.membership
    gates = gate_facts(person, doors(answer.memberships), membership.company, factor="", now=now)
    # Who is the only PLSA is no help to themselves, and the company is not without one either.
    others = [plsa for plsa in answer.plsas if plsa.pk != person.pk]
    chain = Chain(
        memberships=[membership],
        plsas={membership.company.key: len(others)} if others or not answer.plsas else {},
        paused_until=peek(STRANGERS, person.login_key, now=now).paused_until,
        gates=gates,
    )
    steps = []
    for link in explain(person, chain, now=now):
        if link.name in _SHOWN:
            said = (sentence(link), reason_words(link), since_words(link), *next_words(link))
            steps.append(
                Step(link.name, str(LINKS[link.name]), bool(link.verdict), tuple(line for line in said if line))
            )
    return steps
