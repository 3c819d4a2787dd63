"""Writes of entering, each with its line in the trail."""

from passerelle.entry.actions.diagnosis import note_failure, read_diagnosis, sweep_diagnoses
from passerelle.entry.actions.sign_in import choose_company, note_refusal, note_sign_in, note_sign_out

__all__ = [
    "choose_company",
    "note_failure",
    "note_refusal",
    "note_sign_in",
    "note_sign_out",
    "read_diagnosis",
    "sweep_diagnoses",
]
