"""Moves that every projector has passed: history that nobody reads any more, dropped.

A move tells the projectors behind this one whom a batch took an identity from. A replay needs none of the past: it
finds everybody where they belong by now.
"""

from django.db import connection

from lianyi.events.log.queries import passed_by_all


def drop_passed_moves(workspace: int) -> int:
    """Drops them; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM move WHERE workspace = %s AND batch <= %s", [workspace, passed_by_all(workspace)])
        return int(cursor.rowcount)
