"""What the passing of time does: whoever left an address gets the mail by which it is confirmed, and members hear of
submissions, of many in one mail.

An address gets few mails in an hour and in a day, from all forms of the installation together, whoever types it: a form
fills nobody's mailbox. Any number of workers may do this at once, one after the other.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from lianyi.foundation.notices.actions import tell_one_of
from lianyi.foundation.notices.schemas import Notice
from lianyi.foundation.outbox.actions import enqueue
from lianyi.growth.forms.definitions import read
from lianyi.growth.forms.letters import DAY, Kind
from lianyi.growth.forms.models import FormLetter, FormRow, FormVersion
from lianyi.growth.forms.queries import letter_of
from lianyi.kernel.clock import from_micros
from lianyi.kernel.ids import digest

LETTER = "form_letter"  # the kind of the outbox's rows
AT_ONCE = 100
AN_HOUR, A_DAY = 3, 6  # mails to one address
TOGETHER_FOR = 600_000_000  # µs: what comes within it after one notice is told by the next
_LATE_AFTER = DAY  # what is older is no news
_HOUR = 3_600_000_000  # µs
_LOCK = 0x6C790F0F

State = FormLetter.State


@transaction.atomic
def send_letters(workspace: int, now: int) -> int:
    """Hands some of the mails that are due to the outbox; how many were due."""
    due = FormLetter.objects.filter(workspace=workspace, kind=Kind.CONFIRM.value, state=State.DUE)
    if not due.exists():
        return 0
    _alone()
    rows = list(due.order_by("at", "event")[:AT_ONCE])
    for row in rows:
        event = bytes(row.event)
        letter = letter_of(workspace, event)
        if letter is None or letter.until <= now:
            _settle([row], State.LATE, now)
            continue
        recipient = digest("recipient", letter.email)
        if _enough(recipient, now):
            _settle([row], State.SPARED, now)
            continue
        enqueue(workspace, LETTER, f"confirm:{event.hex()}", {"submission": event.hex()}, _moment(now))
        _settle([row], State.TOLD, now, recipient)
    return len(rows)


@transaction.atomic
def tell_members(workspace: int, address: str, now: int) -> int:
    """Mails the members whom a form names of what was sent by it since the last mail; `address` is that of the pages.
    How many mails.
    """
    due = FormLetter.objects.filter(workspace=workspace, kind=Kind.NOTICE.value, state=State.DUE)
    if not due.exists():
        return 0
    _alone()
    mails = 0
    for form in sorted(set(due.values_list("form", flat=True))):
        told = FormLetter.objects.filter(workspace=workspace, form=form, kind=Kind.NOTICE.value, state=State.TOLD)
        last = told.order_by("-told_at").values_list("told_at", flat=True).first()
        if last is not None and now < last + TOGETHER_FOR:
            continue
        due.filter(form=form, at__lt=now - _LATE_AFTER).update(state=State.LATE, told_at=now)
        newest = due.filter(form=form).order_by("-at", "-event").first()
        if newest is not None:
            event, members = bytes(newest.event).hex(), _members(form)
            count = due.filter(form=form).update(state=State.TOLD, told_at=now)
            values: dict[str, int | str] = {"count": count, "form": _name(form), "link": f"{address}/forms/{form}"}
            for member in members:
                tell_one_of(workspace, member, Notice.FORM_SUBMITTED, values, f"{workspace}:{event}", _moment(now))
            mails += len(members)
    return mails


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _enough(recipient: bytes, now: int) -> bool:
    found = FormLetter.objects.filter(recipient=recipient, told_at__gt=now - DAY)
    moments = list(found.order_by("-told_at").values_list("told_at", flat=True)[:A_DAY])
    recent = [one for one in moments if one is not None and one > now - _HOUR]
    return len(moments) >= A_DAY or len(recent) >= AN_HOUR


def _settle(rows: Sequence[FormLetter], state: State, now: int, recipient: bytes | None = None) -> None:
    for row in rows:
        found = FormLetter.objects.filter(workspace=row.workspace, event=row.event, kind=row.kind)
        found.update(state=state, told_at=now, recipient=recipient)


def _members(form: int) -> list[int]:
    """Those whom the form names as it is published now, each once."""
    row = FormVersion.objects.filter(form=form).order_by("-number").first()
    return list(dict.fromkeys(read(row.definition).notify)) if row else []


def _name(form: int) -> str:
    return FormRow.objects.values_list("name", flat=True).get(pk=form)


def _moment(now: int) -> datetime:
    return from_micros(now)
