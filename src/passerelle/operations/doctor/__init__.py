"""The examination of an installation: one finding a question, each with what to do (I11)."""

from passerelle.operations.doctor.findings import Finding, State
from passerelle.operations.doctor.questions import examine

__all__ = ["Finding", "State", "examine"]
