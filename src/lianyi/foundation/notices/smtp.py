"""Handing mail to a server (RFC 5321), step by step, since what a failure means depends on how far it came.

Before the content was sent nothing is out; once it is on its way and no answer came, nobody knows.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from lianyi.foundation.notices.server import MailServer
from lianyi.kernel.outcomes import Disconnected, Rejected, Unavailable, Unsettled

_WITHIN = 15.0  # seconds for each step
_LINE_DOT = re.compile(rb"^\.", re.MULTILINE)
_Reply = tuple[int, bytes]


@dataclass(frozen=True)
class SmtpServer:
    """The server that EMAIL_URL names."""

    server: MailServer
    repeat_is_safe = False

    @property
    def sender(self) -> str:
        """Whom mail comes from."""
        return self.server.sender

    def deliver(self, name: str, recipient: str, message: bytes) -> None:
        """Returns once the server has taken the message; raises one of `kernel.outcomes`."""
        del name
        if not recipient.isascii():
            raise Rejected("mail.address")
        session = self._connected()
        try:
            _taken(_asked(lambda: session.mail(self.server.sender)))
            _taken(_asked(lambda: session.rcpt(recipient)))
            _taken(_asked(lambda: session.docmd("DATA")))
            _taken(_handed_over(session, message))
            with contextlib.suppress(smtplib.SMTPException, OSError):
                session.quit()
        finally:
            session.close()

    def _connected(self) -> smtplib.SMTP:
        try:
            return self._signed_in()
        except smtplib.SMTPAuthenticationError as error:
            if 400 <= error.smtp_code < 500:
                raise Unavailable(f"smtp.{error.smtp_code}") from None
            raise Disconnected(f"smtp.{error.smtp_code}") from None
        except ssl.SSLCertVerificationError:
            raise Disconnected("smtp.certificate") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"smtp.{type(error).__name__}") from None

    def _signed_in(self) -> smtplib.SMTP:
        """A session in which mail may be sent. A password goes over TLS with a good certificate only; a relay that
        wants none may have any certificate, as one on the next machine mostly does.
        """
        server = self.server
        checked, us = ssl.create_default_context(), server.sender.rpartition("@")[2]
        if server.tls_first:
            session: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, us, timeout=_WITHIN, context=checked)
        else:
            session = smtplib.SMTP(server.host, server.port, us, timeout=_WITHIN)
        try:
            session.ehlo_or_helo_if_needed()
            if not server.tls_first and session.has_extn("starttls"):
                session.starttls(context=checked if server.user and not server.is_here else _unchecked())
                session.ehlo()
            elif server.user and not (server.tls_first or server.is_here):
                raise Disconnected("smtp.no_tls")
            if server.user:
                session.login(server.user, server.password.reveal())
        except BaseException:
            session.close()
            raise
        return session


def _asked(step: Callable[[], _Reply]) -> _Reply:
    """One step before the content: whatever breaks in it, nothing is out."""
    try:
        return step()
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(f"smtp.{type(error).__name__}") from None
    except ValueError:  # what smtplib will not put into a line
        raise Rejected("mail.address") from None


def _handed_over(session: smtplib.SMTP, message: bytes) -> _Reply:
    try:
        session.send(_LINE_DOT.sub(b"..", message) + b".\r\n")
        reply = session.getreply()
    except (smtplib.SMTPException, OSError):
        raise Unsettled("smtp.lost") from None
    if not 200 <= reply[0] < 600:
        raise Unsettled("smtp.unreadable")
    return reply


def _taken(reply: _Reply) -> None:
    code = reply[0]
    if 500 <= code < 600:
        raise Rejected(f"smtp.{code}")
    if not 200 <= code < 400:
        raise Unavailable(f"smtp.{code}")


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
