from datetime import datetime


def deliver(message_key: str, *, now: datetime) -> None:
    raise NotImplementedError
