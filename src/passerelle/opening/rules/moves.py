"""The one way an opening changes state."""

from __future__ import annotations

from passerelle.core.errors import Refused
from passerelle.opening.enums import MOVES, OpeningState, Step


def next_state(state: OpeningState, step: Step) -> OpeningState:
    """The state after a step. Refuses `opening_move` (facts `state`, `step`) when the table has no such move: the page
    then says what happened in the meantime."""
    try:
        return MOVES[state][step]
    except KeyError:
        raise Refused("opening_move", state=state.value, step=step.value) from None
