"""A real SMTP server on loopback that takes mail, or does what a test asks of it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Box:
    """What arrived, and what the server answers instead of taking it."""

    def __init__(self, **answers: str) -> None:
        self.taken: list[Envelope] = []
        self._answers = answers

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if "mail" in self._answers:
            return self._answers["mail"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if "rcpt" in self._answers:
            return self._answers["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        if self._answers.get("data") == "silence":
            assert server.transport is not None
            server.transport.abort()
            await asyncio.sleep(0)
        return self._answers.get("data", "250 OK")


@contextmanager
def smtp_server(box: Box, host: str = "127.0.0.1", **more: Any) -> Iterator[int]:
    """Runs until the block ends; its port."""
    with socket.socket() as free:
        free.bind((host, 0))
        port: int = free.getsockname()[1]
    controller = Controller(box, hostname=host, port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def knows(user: str, password: str) -> Any:
    """Lets this user in, and nobody else."""

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login, data.password) == (user.encode(), password.encode()), handled=False)

    return check
