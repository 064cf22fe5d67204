"""What a deletion leaves behind in PostgreSQL's files: row versions that nobody sees any more, taken away.

A plain VACUUM only says that their place is free, so a table is written anew. That locks it: a large one, or one that
somebody reads for long, is only vacuumed, and left to a later call.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.db import OperationalError, ProgrammingError, connection
from django.db.backends.utils import CursorWrapper

AT_ONCE = 512 << 20  # bytes of a table and its indexes: some seconds
_PATIENCE = timedelta(seconds=5)


def tidy(tables: Iterable[str], largest: int | None = AT_ONCE) -> list[str]:
    """Writes the tables, of a partitioned one the partitions, anew, up to `largest` bytes each (None: any), and has
    the files on disk changed by now. Those that a later call has to write. Call it outside of a transaction.

    A large day of the log is not written anew: intake waits for no rewriting, and the day is dropped after a week.
    """
    left = []
    with connection.cursor() as cursor:
        for table, size in _relations(cursor, sorted(tables)):
            of_log = table.startswith("log_")
            too_large = size > AT_ONCE if of_log else largest is not None and size > largest
            if too_large or not _rewritten(cursor, table):
                cursor.execute(f'VACUUM "{table}"')
                left += [] if of_log and too_large else [table]
        with suppress(ProgrammingError):  # without the right to it, the server's own next checkpoint does it
            cursor.execute("CHECKPOINT")
    return left


def all_large(tables: Iterable[str]) -> bool:
    """Whether none of these tables is to be written at once; one that is gone is not."""
    with connection.cursor() as cursor:
        sizes = [size for _, size in _relations(cursor, sorted(tables))]
    return bool(sizes) and min(sizes) > AT_ONCE


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
    """The tables and partitions that there are, with their sizes."""
    cursor.execute(
        """
        SELECT c.relname, pg_total_relation_size(c.oid) FROM unnest(%s::text[]) AS wanted (name)
        JOIN pg_partition_tree(to_regclass(quote_ident(wanted.name))) t ON t.isleaf JOIN pg_class c ON c.oid = t.relid
        UNION
        SELECT c.relname, pg_total_relation_size(c.oid) FROM unnest(%s::text[]) AS wanted (name)
        JOIN pg_class c ON c.oid = to_regclass(quote_ident(wanted.name)) WHERE c.relkind = 'r' ORDER BY 1
        """,
        [tables, tables],
    )
    return list(cursor.fetchall())
