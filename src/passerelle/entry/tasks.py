"""Work of the worker for entering."""

from __future__ import annotations

from django.utils.dateparse import parse_datetime

from passerelle import jobs
from passerelle.core import clock
from passerelle.core.actor import SYSTEM, visitor
from passerelle.entry import actions
from passerelle.entry.actions import drafts


@jobs.task()
def send_device_link(login_key: str, address: str, asked_at: str) -> None:
    """Mail the link that makes a browser known, if there is such a login. Asked for on a page that never tells."""
    now = parse_datetime(asked_at) or clock.now()
    if login_key:
        actions.send_device_link(login_key=login_key, actor=visitor(address), now=now)


@jobs.daily(at="03:50")
@jobs.task(tries=3)
def sweep_diagnoses() -> None:
    """Remove the refusals whose number no longer works."""
    actions.sweep_diagnoses(now=clock.now())


@jobs.daily(at="03:55")
@jobs.task(tries=3)
def sweep_drafts() -> None:
    """Remove what was typed and never come back to."""
    drafts.sweep_drafts(actor=SYSTEM, now=clock.now())
