"""Questions of entering: may a person enter, through which gates, and why not."""

from passerelle.entry.rules.diagnosis import Chain, Link, explain, obstacles
from passerelle.entry.rules.entering import doors, may_enter
from passerelle.entry.rules.gates import GateFacts, may_pass_terms, needs_second_factor, next_gate

__all__ = [
    "Chain",
    "GateFacts",
    "Link",
    "doors",
    "explain",
    "may_enter",
    "may_pass_terms",
    "needs_second_factor",
    "next_gate",
    "obstacles",
]
