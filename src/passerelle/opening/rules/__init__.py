"""Questions about openings: the six checks, who is matched to what is on record, what may follow what."""

from passerelle.opening.rules.analysis import Analysis, Check, Facts, OpeningFacts, judge
from passerelle.opening.rules.matching import decide_basis
from passerelle.opening.rules.moves import next_state
from passerelle.opening.rules.words import ACTOR_NAMES, CHECK_NAMES, CHECK_TEXTS, Words, words_for

__all__ = [
    "ACTOR_NAMES",
    "CHECK_NAMES",
    "CHECK_TEXTS",
    "Analysis",
    "Check",
    "Facts",
    "OpeningFacts",
    "Words",
    "decide_basis",
    "judge",
    "next_state",
    "words_for",
]
