"""What entering reads from the database."""

from passerelle.entry.queries.diagnosis import diagnosis_by_number
from passerelle.entry.queries.gates import gate_facts

__all__ = ["diagnosis_by_number", "gate_facts"]
