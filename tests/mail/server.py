"""A real mail server on 127.0.0.1 that does what a test tells it to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
Data = Callable[[SMTP, Envelope], Awaitable[str]]


class Server:
    """Keeps what it accepts. `rcpt` answers for an address; `data` runs in place of accepting."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.accepted: list[tuple[str, EmailMessage]] = []
        self.rcpt: Callable[[str], str] = lambda address: OK
        self.data: Data | None = None
        self._controller: Controller | None = None

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        answer = self.rcpt(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return await self.data(server, envelope)
        self.keep(envelope)
        return OK

    def keep(self, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.accepted.append((envelope.rcpt_tos[0], message_from_bytes(content, policy=policy.default)))

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


async def cut(server: SMTP, envelope: Envelope) -> str:
    """The line goes dead while the server has the whole mail but has not answered."""
    assert server.transport
    server.transport.abort()  # type: ignore[attr-defined]
    return OK


async def hang(server: SMTP, envelope: Envelope) -> str:
    await asyncio.sleep(30)
    return OK
