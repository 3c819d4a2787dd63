"""Questions to the Suppliers Database."""

from passerelle.suppliers.queries.companies import find_by_cofor, find_by_duns, find_by_key
from passerelle.suppliers.queries.search import Found, Results, search

__all__ = ["Found", "Results", "find_by_cofor", "find_by_duns", "find_by_key", "search"]
