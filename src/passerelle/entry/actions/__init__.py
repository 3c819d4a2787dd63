"""Writes of entering, each with its line in the trail."""

from passerelle.entry.actions.devices import (
    block_for_former_password,
    lift_block,
    make_device_known,
    send_device_link,
    send_lift_link,
)
from passerelle.entry.actions.diagnosis import note_busy, note_failure, read_diagnosis, sweep_diagnoses
from passerelle.entry.actions.provider import Recognised, recognise
from passerelle.entry.actions.sign_in import choose_company, note_sign_in, note_sign_out, renew_hash

__all__ = [
    "Recognised",
    "block_for_former_password",
    "choose_company",
    "lift_block",
    "make_device_known",
    "note_busy",
    "note_failure",
    "note_sign_in",
    "note_sign_out",
    "read_diagnosis",
    "recognise",
    "renew_hash",
    "send_device_link",
    "send_lift_link",
    "sweep_diagnoses",
]
