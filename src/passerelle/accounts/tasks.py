"""Work of the worker for sessions."""

from __future__ import annotations

from passerelle import jobs
from passerelle.accounts.sessions import SessionStore


@jobs.daily(at="03:40")
@jobs.task()
def sweep_sessions() -> None:
    """Remove sessions whose cookie has expired."""
    SessionStore.clear_expired()
