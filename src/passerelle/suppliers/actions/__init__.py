"""What can be done to the Suppliers Database."""

from passerelle.suppliers.actions.companies import close_company, register, reopen_company
from passerelle.suppliers.actions.imports import ChangeSet, Consequence, FindConsequences, Note, apply_import, plan

__all__ = [
    "ChangeSet",
    "Consequence",
    "FindConsequences",
    "Note",
    "apply_import",
    "close_company",
    "plan",
    "register",
    "reopen_company",
]
