"""Writes on openings, by who does them: the company's people, the Assistance, the clock."""

from passerelle.opening.actions.acceptance import (
    accept_terms,
    activate,
    designate,
    disown,
    refuse_terms,
)
from passerelle.opening.actions.base import PartyData
from passerelle.opening.actions.desk import approve_plsa, refuse, revive, settle, verify
from passerelle.opening.actions.follow_up import ask_designation, ask_renewal, resend_activation, resend_terms
from passerelle.opening.actions.objection import object_to
from passerelle.opening.actions.request import RequestOutcome, request_access
from passerelle.opening.actions.time import lapse_due, remind_due

__all__ = [
    "PartyData",
    "RequestOutcome",
    "accept_terms",
    "activate",
    "approve_plsa",
    "ask_designation",
    "ask_renewal",
    "designate",
    "disown",
    "lapse_due",
    "object_to",
    "refuse",
    "refuse_terms",
    "remind_due",
    "request_access",
    "resend_activation",
    "resend_terms",
    "revive",
    "settle",
    "verify",
]
