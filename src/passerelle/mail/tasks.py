"""The work of the mail: one task a message, and a round that finds messages whose task was lost."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from passerelle import jobs
from passerelle.core import clock
from passerelle.mail import delivery
from passerelle.mail.models import Message, MessageState

UNDER_WAY = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


@jobs.task(queue="mail", tries=None, first=10, cap=60)
def deliver(message_key: str) -> None:
    """Send one message. It decides itself when to come back and when to give up, so its tries have no end."""
    delivery.deliver(message_key, now=clock.now())


@jobs.every(minutes=5)
@jobs.task(tries=3)
def sweep() -> None:
    """Queue messages again that wait without a task: after a restored backup, or tasks deleted by hand."""
    long_ago = clock.now() - timedelta(minutes=10)
    waiting = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING], queued_at__lt=long_ago)
    keys = list(waiting.order_by("queued_at").values_list("key", flat=True))
    if not keys:
        return
    tasks = DBTaskResult.objects.filter(task_path=deliver.module_path, status__in=UNDER_WAY).order_by()
    held = {arguments["args"][0] for arguments in tasks.values_list("args_kwargs", flat=True)}
    with transaction.atomic():
        for key in keys:
            if key not in held:
                jobs.enqueue(deliver, key)
