"""Work of the worker for sessions, passwords, lost second factors and lost mailboxes."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from passerelle import jobs
from passerelle.accounts.actions.email_changes import carry_out_email_change
from passerelle.accounts.actions.passwords import forget_former_passwords
from passerelle.accounts.actions.reminders import mind_unused, remind_of_passwords
from passerelle.accounts.actions.removals import carry_out_removal
from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import EmailChange, FactorRemoval
from passerelle.accounts.sessions import SessionStore
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused


@jobs.daily(at="03:40")
@jobs.task()
def sweep_sessions() -> None:
    """Remove sessions whose cookie has expired."""
    SessionStore.clear_expired()


@jobs.daily(at="06:10")
@jobs.task()
def mind_the_calendar() -> None:
    """Remind of passwords that end, warn the owners of unused logins and suspend those warned long enough ago.

    Both are done whatever fails of the first; the task fails if any did.
    """
    now, failures = clock.now(), []
    for work in (remind_of_passwords, mind_unused):
        try:
            work(now=now)
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("the calendar failed for some", failures)


@jobs.daily(at="03:50")
@jobs.task()
def forget_passwords() -> None:
    """Forget the previous passwords whose days are over (decision 13)."""
    forget_former_passwords(actor=SYSTEM, now=clock.now())


@jobs.every(minutes=5)
@jobs.task()
def end_removals() -> None:
    """Remove the lost second factors whose hours of waiting are over (decision 17)."""
    end_removals_due(clock.now())


def end_removals_due(now: datetime) -> None:
    due = FactorRemoval.objects.filter(cancelled_at__isnull=True, done_at__isnull=True, effective_at__lte=now)
    for key in list(due.values_list("key", flat=True)):
        with suppress(Refused):  # its owner was faster and keeps the factor
            carry_out_removal(removal_key=key, actor=SYSTEM, now=now)


@jobs.every(minutes=5)
@jobs.task()
def end_email_changes() -> None:
    """Put the new addresses in force whose hours of waiting are over (ADR 0020)."""
    end_email_changes_due(clock.now())


def end_email_changes_due(now: datetime) -> None:
    due = EmailChange.objects.filter(
        cancelled_at__isnull=True, done_at__isnull=True, new_confirmed_at__isnull=False, effective_at__lte=now,
        expires_at__gt=now, person__state=LoginState.ACTIVE,
    )  # fmt: skip
    for key in list(due.values_list("key", flat=True)):
        with suppress(Refused):  # stopped since
            carry_out_email_change(change_key=key, actor=SYSTEM, now=now)
