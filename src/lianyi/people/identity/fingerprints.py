"""A digest of each table of a workspace, equal exactly when the content is, whatever the order of its rows."""

from django.db import connection

from lianyi.events.log.queries import passed_by_all

# What a replay must bring back. An identity that belongs to nobody is a number that is taken, and no fact. A move is
# news for the projectors that have still to pass its batch; what all have passed is history, which an erasure changes.
TABLES = {
    "identity": "number, person, strong, kind, scope, value, hash, first_seen_at",
    "link": "a, b, strength, occurred_at, event_id, ordinal",
    "person_merge": "event_id, ordinal, a, b, occurred_at, in_force",
    "kept_apart": "event_id, occurred_at, in_force",
    "kept_apart_side": "event_id, number, side",
    "overruling": "overruled, by",
    "link_question": "a, b, stated_at",
    "move": "batch, number, was, became",
}
_ONLY = {"identity": "AND person > 0", "move": "AND batch > %(passed)s"}


def fingerprints(workspace: int) -> dict[str, str]:
    """By table: the number of rows and the sum of their 64-bit hashes."""
    found = {}
    asked = {"ws": workspace, "passed": passed_by_all(workspace)}
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(
                f"""
                SELECT count(*), coalesce(sum(hashtextextended(row({columns})::text, 0)::numeric), 0)
                FROM {table} WHERE workspace = %(ws)s {_ONLY.get(table, "")}
                """,
                asked,
            )
            count, total = cursor.fetchone()
            found[table] = f"{count}:{int(total):x}"
    return found
