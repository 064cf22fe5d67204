"""Rows that are over go after a while; their keys stay, so nothing leaves twice however late it is asked for again.

Over is what was sent, and what a person said had failed. All else waits for its sender or for a person, however long.
A row goes and its key is put down in one statement; who makes a row looks for the key afterwards, so it sees one or
the other.
"""

from datetime import datetime, timedelta

from django.db import connection

from lianyi.foundation.outbox.models import BY_A_MEMBER, OutboxRow

KEPT_FOR = timedelta(days=90)
A_BATCH = 1_000
_KEY = "substring(sha256(convert_to(workspace_id || E'\n' || kind || E'\n' || key, 'UTF8')) FOR 16)"
_PAYLOAD = "substring(sha256(convert_to(payload::text, 'UTF8')) FOR 8)"
_OVER = f"(state = 'sent' OR (state = 'failed' AND error = '{BY_A_MEMBER}'))"  # as the index says it


def forget(now: datetime, limit: int = A_BATCH) -> int:
    """Forgets up to `limit` rows that have been over for `KEPT_FOR`, the oldest first; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH old AS MATERIALIZED (
                SELECT id FROM outbox WHERE {_OVER} AND settled_at < %(before)s
                ORDER BY settled_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED),
            gone AS (DELETE FROM outbox USING old WHERE outbox.id = old.id RETURNING outbox.*)
            INSERT INTO outbox_spent (digest, workspace_id, "row", payload)
            SELECT {_KEY}, workspace_id, id, {_PAYLOAD} FROM gone
            """,
            {"before": now - KEPT_FOR, "limit": limit},
        )
        return int(cursor.rowcount)


def spent(row: OutboxRow) -> tuple[int, bool] | None:
    """The number of the forgotten row that had the key of `row`, which is in the table, and whether it had the same
    payload; None when there was none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s."row", s.payload = o.payload FROM outbox_spent s
            JOIN (SELECT {_KEY} AS digest, {_PAYLOAD} AS payload FROM outbox WHERE id = %s) o USING (digest)
            """,
            [row.pk],
        )
        found: tuple[int, bool] | None = cursor.fetchone()
        return found
