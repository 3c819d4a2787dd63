"""Questions to the Suppliers Database."""

from passerelle.suppliers.queries.companies import find_by_cofor, find_by_duns, find_by_key

__all__ = ["find_by_cofor", "find_by_duns", "find_by_key"]
