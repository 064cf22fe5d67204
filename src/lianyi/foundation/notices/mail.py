"""The sender of mail: makes a message of a row, and hands it to a way out: a server or a folder.

Names and addresses are looked up when it is sent, so that the outbox holds none.
"""

from datetime import datetime
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from django.utils import translation

from lianyi.foundation.members.invitations.actions import secret_of
from lianyi.foundation.members.invitations.queries import letter_of
from lianyi.foundation.members.queries import member_of
from lianyi.foundation.notices.folder import MailFolder
from lianyi.foundation.notices.schemas import MAIL
from lianyi.foundation.notices.server import MailServer
from lianyi.foundation.notices.smtp import SmtpServer
from lianyi.foundation.notices.words import Notice, Words, words
from lianyi.foundation.outbox.schemas import Parcel
from lianyi.kernel.ids import digest
from lianyi.kernel.outcomes import Rejected

_POLICY = SMTP.clone(cte_type="7bit")
_NOWHERE = "lianyi@localhost"  # who mail in a folder comes from


class WayOut(Protocol):
    """Takes one message."""

    @property
    def repeat_is_safe(self) -> bool: ...

    @property
    def sender(self) -> str: ...

    def deliver(self, name: str, recipient: str, message: bytes) -> None: ...


class MailSender:
    """The outbox's sender of mail."""

    kind = MAIL

    def __init__(self, way: WayOut) -> None:
        self._way = way

    @property
    def repeat_is_safe(self) -> bool:
        """A folder makes one file of two; of a server nobody knows."""
        return self._way.repeat_is_safe

    def send(self, parcel: Parcel, now: datetime) -> str:
        """Its Message-ID. A member who left gets nothing."""
        email, said = _addressed(parcel)
        return deliver(self._way, parcel, email, said, now)


def deliver(way: WayOut, parcel: Parcel, email: str, said: Words, now: datetime) -> str:
    """Hands one message over; its Message-ID, which follows from the row's key."""
    name, message = begun(way, parcel, email, said.subject, now)
    message.set_content(said.body)
    way.deliver(str(parcel.id), email, message.as_bytes())
    return name


def begun(way: WayOut, parcel: Parcel, email: str, subject: str, now: datetime) -> tuple[str, EmailMessage]:
    """The Message-ID of a row, and a message with its head; what it says is to be filled in."""
    host = way.sender.rpartition("@")[2]
    name = f"<{digest(str(parcel.workspace), parcel.kind, parcel.key).hex()}@{host}>"
    message = EmailMessage(_POLICY)
    try:
        message["From"], message["To"] = way.sender, email
    except (ValueError, HeaderParseError):
        raise Rejected("mail.address") from None
    message["Subject"], message["Date"], message["Message-ID"] = subject, format_datetime(now), name
    message["Auto-Submitted"] = "auto-generated"
    return name, message


def _addressed(parcel: Parcel) -> tuple[str, Words]:
    """To whom a row goes, and what it says in their language."""
    notice, values = Notice(parcel.payload["notice"]), parcel.payload["values"]
    if notice is Notice.INVITATION:
        nonce = str(parcel.payload["nonce"])
        letter = letter_of(parcel.workspace, int(parcel.payload["invitation"]), nonce, secret_of(nonce))
        with translation.override(letter.language):
            link = f"{values['address']}/invitation/{letter.secret}"
            return letter.email, words(notice, {"workspace": letter.workspace, "link": link})
    member = member_of(parcel.workspace, int(parcel.payload["member"]))
    with translation.override(member.language):
        return member.email, words(notice, values)


def way_out(server: MailServer | None, home: Path) -> WayOut:
    """The way that an installation has: its server, else a folder of its home."""
    return MailFolder(home / "mail", _NOWHERE) if server is None else SmtpServer(server)


def mail_sender(server: MailServer | None, home: Path) -> MailSender:
    """The sender of notices."""
    return MailSender(way_out(server, home))
