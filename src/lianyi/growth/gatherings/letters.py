"""The sender of tickets: makes a mail of a row of the outbox, with the code as a picture and the gathering for a
calendar.

Names and addresses are looked up when it is sent, so that the outbox holds none, and whoever cancelled or was erased
meanwhile gets nothing.
"""

from datetime import datetime
from email.message import EmailMessage
from html import escape
from io import BytesIO
from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from lianyi.foundation.notices.mail import WayOut, begun
from lianyi.foundation.outbox.schemas import Parcel
from lianyi.growth.gatherings.calendars import calendar_file
from lianyi.growth.gatherings.changes import CALLED_OFF, MOVED
from lianyi.growth.gatherings.lines import RegistrationLine
from lianyi.growth.gatherings.models import GatheringRow, GatheringVersion
from lianyi.growth.gatherings.queries import registration_of
from lianyi.growth.gatherings.reading import read
from lianyi.growth.gatherings.rendering import qr
from lianyi.growth.gatherings.seats import Seat
from lianyi.growth.gatherings.telling import TICKET
from lianyi.growth.gatherings.telling_time import when
from lianyi.growth.gatherings.tickets import code_of, spaced, ticket_for
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.kernel.outcomes import Rejected


class _Letter(NamedTuple):
    """What a mail says."""

    to: str
    subject: str
    text: str
    code: bytes | None  # a picture, for who has a seat
    calendar: bytes
    name: str  # of the calendar file
    method: str


class TicketSender:
    """The outbox's sender of tickets."""

    kind = TICKET

    def __init__(self, way: WayOut) -> None:
        self._way = way

    @property
    def repeat_is_safe(self) -> bool:
        """As it is of mail."""
        return self._way.repeat_is_safe

    def send(self, parcel: Parcel, now: datetime) -> str:
        """Its Message-ID, which follows from the row's key; "" where nobody left an address."""
        letter = _letter(parcel)
        if letter is None:
            return ""
        name, message = begun(self._way, parcel, letter.to, letter.subject, now)
        _fill(message, letter)
        self._way.deliver(f"ticket-{parcel.id}", letter.to, message.as_bytes())
        return name


def _letter(parcel: Parcel) -> _Letter | None:
    try:
        line = registration_of(parcel.workspace, str(parcel.payload["registration"]))
    except Refused:
        raise Rejected("ticket.gone") from None
    row = GatheringRow.objects.get(workspace=parcel.workspace, pk=line.gathering)
    what = str(parcel.payload["what"])
    if not _holds(what, line, row):
        raise Rejected("ticket.changed")  # they cancelled, wait no more, or it was changed once more
    version = GatheringVersion.objects.get(gathering=row, number=row.published or 0)
    definition = read(version.definition)
    to = str(line.answers.get(definition.mail_field, ""))
    if not to:
        return None
    off = what == CALLED_OFF
    seated = line.seat is Seat.SEATED and not off
    registration = bytes.fromhex(line.event)
    token = ticket_for(settings.SECRET_KEY.encode(), row.pk, registration)
    place = f"{parcel.payload['address']}/g/{row.slug}/t/{token}"
    calendar = calendar_file(
        parcel.workspace, row.pk, version.number, version.published_at, definition, line.language, place,
        seated=seated, called_off=off,
    )  # fmt: skip
    title = " ".join(definition.title.told(line.language).split())
    with translation.override("zh-hans" if line.language.startswith("zh") else "en"):
        facts = [when(definition, line.language), definition.place.told(line.language)]
        facts += [definition.online] if seated else []
        subject, said = _words(what, line, title, code_of(token))
        end = [] if off else [place, _behind()]
        text = "\n\n".join([said, "\n".join(one for one in facts if one), *end]) + "\n"
    method = "CANCEL" if off else "PUBLISH"
    return _Letter(to, subject, text, _picture(place) if seated else None, calendar, f"{row.slug}.ics", method)


def _holds(what: str, line: RegistrationLine, row: GatheringRow) -> bool:
    """Whether what was to be told is still so."""
    if what == CALLED_OFF:
        return row.called_off_at is not None and line.seat in (Seat.SEATED, Seat.WAITING)
    if row.called_off_at is not None:
        return False
    if what.startswith(f"{MOVED}:"):
        return what == f"{MOVED}:{row.moved}" and line.seat in (Seat.SEATED, Seat.WAITING)
    return line.seat.value == what


def _words(what: str, line: RegistrationLine, title: str, code: str) -> tuple[str, str]:
    """Subject and first lines, in the active language."""
    if what == CALLED_OFF:
        said = _("{title} is called off. We are sorry; please don't come.").format(title=title)
        return _("Called off: {title}").format(title=title), said
    if what.startswith(f"{MOVED}:"):
        said = _("{title} has another time or place. Your registration stays as it is; what holds now:")
        return _("Another time or place: {title}").format(title=title), said.format(title=title)
    if line.seat is Seat.WAITING:
        return (
            _("You are on the waiting list: {title}").format(title=title),
            _("All seats of {title} are taken. You have the next one that frees before you, and hear of it.").format(
                title=title
            ),
        )
    if line.promoted:
        subject = _("A seat has become free for you: {title}").format(title=title)
    else:
        subject = _("Your ticket: {title}").format(title=title)
    return subject, _("Your seat is reserved. Show the code at the door, or say {code}.").format(code=spaced(code))


def _behind() -> str:
    return _("Your ticket stands at this address. If you cannot come, say so there: somebody may wait for the seat.")


def _picture(place: str) -> bytes:
    picture = BytesIO()
    qr(place).save(picture, kind="png", scale=6, border=4)
    return picture.getvalue()


def _fill(message: EmailMessage, letter: _Letter) -> None:
    message.set_content(letter.text)
    if letter.code is not None:
        name = digest(letter.code).hex() + "@ticket"
        paragraphs = "".join(f"<p>{escape(one)}</p>" for one in letter.text.strip().split("\n\n"))
        message.add_alternative(
            f'<html><body>{paragraphs.replace(chr(10), "<br>")}<p><img src="cid:{name}" alt=""></p></body></html>',
            subtype="html",
        )
        html = message.get_payload()[1]  # type: ignore[index]
        assert isinstance(html, EmailMessage)
        html.add_related(letter.code, "image", "png", cid=f"<{name}>")
    message.add_attachment(
        letter.calendar, "text", "calendar", filename=letter.name, params={"method": letter.method, "charset": "utf-8"}
    )
