"""Questions of entering: may a person enter, through which gates, and why not."""

from passerelle.entry.rules.entering import doors, may_enter

__all__ = ["doors", "may_enter"]
