"""Statistics for the planner, while a workspace grows.

Of a workspace that its statistics do not know PostgreSQL expects one row, and would read all of them for each look-up,
until it takes statistics by itself a minute later. An import writes a million rows in that minute, so statistics are
taken whenever what this process wrote into a table has doubled.
"""

from collections import defaultdict

from django.db import connection

FIRST = 1_000

_written: dict[tuple[str, int], int] = defaultdict(int)
_due: dict[tuple[str, int], int] = defaultdict(lambda: FIRST)


def wrote(table: str, workspace: int, rows: int) -> None:
    """Says that `rows` were written, in the present transaction."""
    key = (table, workspace)
    _written[key] += rows
    if _written[key] >= _due[key]:
        _due[key] = 2 * _written[key]
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {table}")
