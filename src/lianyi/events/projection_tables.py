"""Tables that a projector keeps: their rows of a workspace are dropped before a replay, and compared after it."""

from collections.abc import Iterable

from django.db import connection


def forget(table: str, workspace: int) -> None:
    """Drops every row of the workspace from `table`."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE workspace = %s", [workspace])


def fingerprint(table: str, columns: Iterable[str], workspace: int) -> str:
    """A digest of the rows' content that does not depend on their order: the number of rows, and two sums of hashes."""
    row = f"ROW({', '.join(columns)})::text"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) || ':' || coalesce(sum(hashtextextended({row}, 1)), 0) || ':' || "
            f"coalesce(sum(hashtextextended({row}, 2)), 0) FROM {table} WHERE workspace = %s",
            [workspace],
        )
        return str(cursor.fetchone()[0])
