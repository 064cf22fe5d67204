"""What an erasure means for the catalogue: it goes on counting the events, of which it holds nothing but their number.

When the first and the last of a type came, and which of its events were examined, cannot be taken back; counting all
events anew can take minutes. So it is noted that people were erased since the counting began, and a rebuild that finds
no more of anything than is there differs by their events alone, and not by a fault.
"""

from django.db import connection

from lianyi.events.catalogue.models import ErasedSince

Counts = dict[tuple[object, ...], int]  # what is counted → events

_COUNTS = """
    SELECT 'type', name, NULL, NULL, NULL, events FROM event_type WHERE workspace = %(workspace)s
    UNION ALL SELECT 'day', name, day::text, NULL, NULL, events FROM event_day WHERE workspace = %(workspace)s
    UNION ALL SELECT 'sender', name, form, origin, key::text, events FROM event_sender WHERE workspace = %(workspace)s
    UNION ALL SELECT 'left out', NULL, NULL, NULL, NULL, events FROM event_left_out WHERE workspace = %(workspace)s
"""


def note_erased(workspace: int, people: int) -> None:
    """So many people were erased, whose events are counted still."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO event_erased AS e (workspace, people) VALUES (%s, %s) "
            "ON CONFLICT (workspace) DO UPDATE SET people = e.people + excluded.people",
            [workspace, people],
        )


def erased_since(workspace: int) -> int:
    """How many people were erased since the events were counted from the first one."""
    return ErasedSince.objects.filter(workspace=workspace).values_list("people", flat=True).first() or 0


def counts(workspace: int) -> Counts:
    """Everything that is counted, and how many events of it."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"workspace": workspace})
        return {row[:-1]: row[-1] for row in cursor.fetchall()}


def within(counted: Counts, before: Counts) -> bool:
    """Whether nothing is counted that was not, and nothing more often than before."""
    return all(events <= before.get(what, 0) for what, events in counted.items())
