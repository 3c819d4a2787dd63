"""The work of the mail: one task a message, and a round that finds messages whose task was lost."""

from __future__ import annotations

from passerelle import jobs
from passerelle.core import clock
from passerelle.mail import delivery


@jobs.task(queue="mail", tries=None, first=10, cap=60)
def deliver(message_key: str) -> None:
    """Send one message. It decides itself when to come back and when to give up, so its tries have no end."""
    delivery.deliver(message_key, now=clock.now())
