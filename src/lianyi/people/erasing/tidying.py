"""What a deletion leaves behind in PostgreSQL's files: row versions that nobody sees any more, taken away.

A plain VACUUM only says that their place is free, so a table is written anew. That locks it: a large one, or one that
somebody reads for long, is only vacuumed, and written anew by a later call.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.db import OperationalError, ProgrammingError, connection
from django.db.backends.utils import CursorWrapper

AT_ONCE = 512 << 20  # bytes of a table and its indexes: some seconds
# The tables that erasures touch, but for the log: its days are dropped after a week, and intake waits for no rewriting.
REWRITTEN_DAILY = (
    *("identity", "link", "person_merge", "kept_apart_side", "link_question", "move", "duplicate_suggestion"),
    *("trait_fact", "tag_fact", "consent", "touch", "orders", "presence", "intent_signal", "silence"),
    *("person", "standing", "dead_letter", "media_file"),
)
_PATIENCE = timedelta(seconds=5)


def tidy(tables: Iterable[str], largest: int | None = AT_ONCE) -> list[str]:
    """Writes the tables, of a partitioned one the partitions, anew, up to `largest` bytes each (None: any), and has
    the files on disk changed by now. The tables that were only vacuumed. Call it outside of a transaction.
    """
    left = []
    with connection.cursor() as cursor:
        for table, size in _relations(cursor, sorted(tables)):
            if (largest is not None and size > largest) or not _rewritten(cursor, table):
                cursor.execute(f'VACUUM "{table}"')
                left.append(table)
        with suppress(ProgrammingError):  # without the right to it, the server's own next checkpoint does it
            cursor.execute("CHECKPOINT")
    return left


def _rewritten(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(f"SET lock_timeout = {int(_PATIENCE.total_seconds() * 1000)}")
    try:
        cursor.execute(f'VACUUM (FULL) "{table}"')
    except OperationalError:
        return False
    finally:
        cursor.execute("RESET lock_timeout")
    return True


def _relations(cursor: CursorWrapper, tables: list[str]) -> list[tuple[str, int]]:
    cursor.execute(
        """
        SELECT c.relname, pg_total_relation_size(c.oid) FROM unnest(%s::text[]) AS wanted (name)
        JOIN pg_partition_tree(wanted.name::regclass) t ON t.isleaf JOIN pg_class c ON c.oid = t.relid
        UNION
        SELECT c.relname, pg_total_relation_size(c.oid) FROM unnest(%s::text[]) AS wanted (name)
        JOIN pg_class c ON c.oid = wanted.name::regclass WHERE c.relkind = 'r' ORDER BY 1
        """,
        [tables, tables],
    )
    return list(cursor.fetchall())
