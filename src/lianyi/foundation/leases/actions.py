"""Taking, keeping and giving back a lease. The database's clock decides, not the callers'."""

from datetime import timedelta

from django.db import connection


def take_lease(name: str, holder: str, lives_for: timedelta) -> int | None:
    """The fence number while `holder` has the lease, for `lives_for` from now on; None while another has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO lease (name, holder, fence, until)
            VALUES (%(name)s, %(holder)s, 1, clock_timestamp() + %(life)s * interval '1 second')
            ON CONFLICT (name) DO UPDATE SET
                fence = lease.fence + (lease.holder <> excluded.holder)::int,
                holder = excluded.holder,
                until = excluded.until
            WHERE lease.holder = excluded.holder OR lease.until < clock_timestamp()
            RETURNING fence
            """,
            {"name": name, "holder": holder, "life": lives_for.total_seconds()},
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def give_back_lease(name: str, holder: str) -> None:
    """Lets the next holder start at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lease SET until = clock_timestamp() - interval '1 second' WHERE name = %s AND holder = %s",
            [name, holder],
        )


def advance_fence(name: str, by: int) -> int:
    """Makes the next holder's number larger than this one, which is `by` more than the last."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO lease (name, holder, fence, until) VALUES (%s, '', %s, clock_timestamp())
            ON CONFLICT (name) DO UPDATE SET fence = lease.fence + excluded.fence, holder = '', until = excluded.until
            RETURNING fence
            """,
            [name, by],
        )
        return int(cursor.fetchone()[0])
