"""What is owed after a submission: a mail by which its address is confirmed, and news of it to members.

A row says so once, however often its event is read; it goes a while after nothing can follow from it any more, and an
event of before then owes nothing that is still sent.
"""

from collections.abc import Sequence
from enum import StrEnum

from django.db import connection

from lianyi.events.schemas import Event
from lianyi.growth.forms.definitions import read
from lianyi.growth.forms.models import FormVersion

DAY = 86_400_000_000  # µs
KEPT_FOR = 40 * DAY  # longer than any link of a mail works
_PUT = """
INSERT INTO form_letter (workspace, event, kind, form, at, state) VALUES (%s, %s, %s, %s, %s, 'due')
ON CONFLICT DO NOTHING
"""


class Kind(StrEnum):
    """What it is about."""

    CONFIRM = "confirm"  # to the address that was left
    NOTICE = "notice"  # to members


def owe(workspace: int, submitted: Sequence[Event]) -> None:
    """Puts down what follows of these submissions; nothing of those that a machine sent."""
    people = [event for event in submitted if not event.machine]
    rows = [(event, Kind.CONFIRM) for event in people if event.properties.get("confirm")]
    telling = _telling(workspace, {_version(event) for event in people})
    rows += [(event, Kind.NOTICE) for event in people if _version(event) in telling]
    if rows:
        values = [(workspace, event.id, kind.value, _version(event)[0], event.occurred_at) for event, kind in rows]
        with connection.cursor() as cursor:
            cursor.executemany(_PUT, values)


def forget_old(now: int, limit: int = 1_000) -> int:
    """Forgets up to `limit` of what nothing can follow from any more; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM form_letter WHERE (workspace, event, kind) IN (
                SELECT workspace, event, kind FROM form_letter WHERE at < %s ORDER BY at LIMIT %s)
            """,
            [now - KEPT_FOR, limit],
        )
        return int(cursor.rowcount)


def _telling(workspace: int, versions: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these versions of forms that members want to hear of."""
    if not versions:
        return set()
    rows = FormVersion.objects.filter(form__workspace=workspace, form__in={form for form, _ in versions})
    found = rows.values_list("form", "number", "definition")
    return {(form, number) for form, number, text in found if (form, number) in versions and read(text).notify}


def _version(event: Event) -> tuple[int, int]:
    return int(event.properties["form"]), int(event.properties["version"])
