"""The work of the mail: one task a message, and a round that finds messages whose task was lost."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from passerelle import jobs
from passerelle.core import clock
from passerelle.mail import delivery
from passerelle.mail.models import Message, MessageState

UNDER_WAY = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
FAR = timedelta(minutes=10)  # longer than any wait between two tries


@jobs.task(queue="mail", tries=None, first=10, cap=60)
def deliver(message_key: str) -> None:
    """Send one message. It decides itself when to come back and when to give up, so its tries have no end."""
    delivery.deliver(message_key, now=clock.now())


@jobs.every(minutes=5)
@jobs.task(tries=3)
def sweep() -> None:
    """Queue messages again that wait without a task (after a restored backup, say), at most 10 minutes late.

    A task that waits for longer than any try does was put off under a clock that has been set back: it is due now.
    """
    now = clock.now()
    tasks = DBTaskResult.objects.filter(task_path=deliver.module_path, status__in=UNDER_WAY).order_by()
    put_off = tasks.filter(status=TaskResultStatus.READY, run_after__gt=now + FAR)
    put_off.exclude(run_after=get_date_max()).update(run_after=now)
    waiting = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING], queued_at__lt=now - FAR)
    keys = list(waiting.order_by("queued_at").values_list("key", flat=True))
    if not keys:
        return
    held = {arguments["args"][0] for arguments in tasks.values_list("args_kwargs", flat=True)}
    with transaction.atomic():
        for key in keys:
            if key not in held:
                jobs.enqueue(deliver, key)
