"""The partitions of the table `log`, a day of receipt each: made ahead, and dropped when everybody has read them."""

from datetime import UTC, datetime, timedelta

from django.db import connection

DAYS_AHEAD = 7
KEPT_FOR = timedelta(days=7)
WITHOUT_SAMPLES = "ALTER body SET STATISTICS 0"  # which would outlive the bodies they are from


def ensure_partitions(now: datetime) -> None:
    """Makes the partitions of today and the week ahead. A day whose rows already lie in the default partition, because
    nothing ran for a week, stays there.
    """
    with connection.cursor() as cursor:
        for ahead in range(-1, DAYS_AHEAD):
            day = now.astimezone(UTC).date() + timedelta(days=ahead)
            name = f"log_{day:%Y%m%d}"
            cursor.execute(
                "SELECT to_regclass(%s) IS NOT NULL OR EXISTS (SELECT FROM log_rest WHERE day = %s)",
                [name, day],
            )
            if not cursor.fetchone()[0]:
                following = day + timedelta(days=1)
                cursor.execute(
                    f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF log FOR VALUES FROM ('{day}') TO ('{following}')"
                )
                cursor.execute(f"ALTER TABLE {name} {WITHOUT_SAMPLES}")


def drop_passed_days(now: datetime) -> list[str]:
    """Drops each day's partition that is over a week old, wholly numbered and passed by every cursor; their names."""
    last = now.astimezone(UTC).date() - KEPT_FOR
    dropped = []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'log'::regclass AND c.relname ~ '^log_[0-9]{8}$' AND c.relname < %s ORDER BY 1
            """,
            [f"log_{last:%Y%m%d}"],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(
                f"""
                SELECT EXISTS (SELECT FROM {name} WHERE batch IS NULL) OR EXISTS (
                    SELECT FROM (SELECT workspace, max(batch) AS batch FROM {name} GROUP BY workspace) rows
                    WHERE NOT EXISTS (SELECT FROM cursor WHERE workspace_id = rows.workspace)
                       OR EXISTS (SELECT FROM cursor WHERE workspace_id = rows.workspace AND cursor.batch < rows.batch))
                """
            )
            if cursor.fetchone()[0]:
                break
            cursor.execute(f"DROP TABLE {name}")
            dropped.append(name)
    return dropped
