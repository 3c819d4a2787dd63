"""The examination of an installation: one finding a question, each with what to do (I11)."""

from passerelle.operations.doctor.examine import examine
from passerelle.operations.doctor.findings import Finding, State

__all__ = ["Finding", "State", "examine"]
