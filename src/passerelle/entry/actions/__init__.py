"""Writes of entering: signing in and out, the company a session acts for."""

from passerelle.entry.actions.sign_in import choose_company, note_refusal, note_sign_in, note_sign_out

__all__ = ["choose_company", "note_refusal", "note_sign_in", "note_sign_out"]
