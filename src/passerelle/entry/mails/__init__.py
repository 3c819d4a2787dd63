"""The mails of entering, one module a matter."""
