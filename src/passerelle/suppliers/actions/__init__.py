"""What can be done to the Suppliers Database."""

from passerelle.suppliers.actions.companies import close_company, register, reopen_company

__all__ = ["close_company", "register", "reopen_company"]
