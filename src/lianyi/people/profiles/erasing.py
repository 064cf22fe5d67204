"""What is known of identities, erased.

Rows stand under the identity that they came with, so they go with it. An order of which somebody else spoke too stays
theirs, without what was said by who is erased.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db import connection

from lianyi.events.log.actions import Record
from lianyi.people.profiles.arrays import integers
from lianyi.people.profiles.lifecycle import storing as lifecycle
from lianyi.people.profiles.lifecycle.rules import rule_of
from lianyi.people.profiles.orders import storing as orders
from lianyi.people.profiles.persons import rows
from lianyi.people.profiles.persons.members import persons_of

# Tables that `ProfilesProjector` keeps by identity, and all those in which a row is of an identity or a person.
TOLD = dict.fromkeys(("trait_fact", "tag_fact", "consent", "touch", "orders", "presence"), "identity")
TABLES = {**TOLD, "intent_signal": "identity", "silence": "identity", "person": "number", "standing": "number"}


def remove(
    workspace: int, numbers: Collection[int], tables: Mapping[str, str] = TABLES
) -> tuple[dict[str, int], set[int]]:
    """Deletes what these tables know of the identities: how many rows of each, and the identities of others who spoke
    of the same orders.
    """
    wanted = integers(sorted(numbers))
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT id FROM orders WHERE workspace = %s AND identity = ANY(%s::int[])", [workspace, wanted]
        )
        shared = {bytes(order) for (order,) in cursor.fetchall()}
        for table, column in tables.items():
            cursor.execute(
                f"DELETE FROM {table} WHERE workspace = %s AND {column} = ANY(%s::int[])", [workspace, wanted]
            )
            counts[table] = cursor.rowcount
    return counts, orders.speakers(workspace, shared) if shared else set()


def settle(workspace: int, identities: Iterable[int], persons: Iterable[int], record: Record, now: int) -> None:
    """Makes the rows and standings of others anew whom an erasure touched: owners of `identities`, and `persons`."""
    touched = persons_of(workspace, identities) | set(persons)
    rows.remake(workspace, touched)
    if touched:
        lifecycle.assess(workspace, touched, rule_of(workspace), record, now)
