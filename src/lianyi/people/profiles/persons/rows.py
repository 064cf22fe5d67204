"""The table `person`: what lists and searches show of a person, a function of the facts of the person's identities.

Somebody of whom no name, source or order is known has no row: most people are cookies that looked at two pages. Rows
are made anew, set by set, for the persons whose facts a batch changed and those that an identity joined or left; a
touch that came to somebody who is otherwise as before is put into the row. Nothing else ever writes here.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from lianyi.events.projection_tables import fingerprint
from lianyi.foundation.workspaces.queries import currency_of
from lianyi.kernel.text import search_terms
from lianyi.people.profiles.arrays import integers, literal
from lianyi.people.profiles.growth import wrote
from lianyi.people.profiles.orders import storing as orders
from lianyi.people.profiles.orders.facts import is_purchase, net
from lianyi.people.profiles.persons.members import Members, members
from lianyi.people.profiles.persons.naming import NAME_TRAITS, display_name
from lianyi.people.profiles.touches.storing import Touch
from lianyi.people.profiles.traits.picks import picks_of_persons

AT_ONCE = 10_000

_FIELDS = {
    "name": "text",
    "bigrams": "text",  # array literals, cast where they are put in
    "first_source": "int4",
    "first_touch_at": "int8",
    "last_source": "int4",
    "last_touch_at": "int8",
    "orders": "int4",
    "spent": "numeric",
}
_COLUMNS = ", ".join(_FIELDS)
_NEW = ", ".join(f"excluded.{field}" for field in _FIELDS)
_OLD = ", ".join(f"old.{field}" for field in _FIELDS)
_PUT = f"""
INSERT INTO person AS old (workspace, number, {_COLUMNS})
SELECT %s, number, {_COLUMNS.replace("bigrams", "bigrams::text[]")}
FROM unnest(%s::int[], {", ".join(f"%s::{kind}[]" for kind in _FIELDS.values())}) AS new (number, {_COLUMNS})
ON CONFLICT (workspace, number) DO UPDATE SET ({_COLUMNS}) = ROW({_NEW}) WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})
"""
_EARLIER = """old.first_touch_at IS NULL
    OR (excluded.first_touch_at, excluded.first_source) < (old.first_touch_at, old.first_source)"""
_LATER = """old.last_touch_at IS NULL
    OR (excluded.last_touch_at, excluded.last_source) > (old.last_touch_at, old.last_source)"""
_TOUCHED = {"first_source": _EARLIER, "first_touch_at": _EARLIER, "last_source": _LATER, "last_touch_at": _LATER}
_ADD_TOUCHES = f"""
INSERT INTO person AS old (workspace, number, name, {", ".join(_TOUCHED)}, orders, spent)
SELECT %s, number, '', {", ".join(_TOUCHED)}, 0, 0
FROM unnest(%s::int[], {", ".join(f"%s::{_FIELDS[field]}[]" for field in _TOUCHED)})
    AS new (number, {", ".join(_TOUCHED)})
ON CONFLICT (workspace, number) DO UPDATE SET
    {
    ", ".join(
        f"{field} = CASE WHEN {what} THEN excluded.{field} ELSE old.{field} END" for field, what in _TOUCHED.items()
    )
}
WHERE {_EARLIER} OR {_LATER}
"""
_CAME = """
SELECT m.person, (array_agg(t.source ORDER BY t.started_at, t.source))[1], min(t.started_at),
    (array_agg(t.source ORDER BY t.started_at DESC, t.source DESC))[1], max(t.started_at)
FROM unnest(%s::int[], %s::int[]) AS m (identity, person)
JOIN touch t ON t.workspace = %s AND t.identity = m.identity GROUP BY m.person
"""


class Bought(NamedTuple):
    """A person's purchases, and what they came to less what was given back, in the workspace's currency."""

    orders: int
    spent: Decimal


NOTHING = Bought(0, Decimal(0))


def row_fingerprint(workspace: int) -> str:
    """Equal exactly when the rows are."""
    return fingerprint("person", ("number", *_FIELDS), workspace)


def remake(workspace: int, persons: Collection[int]) -> None:
    """Makes the rows of these persons anew; those that are persons no more, or of whom nothing is known, have none."""
    asked = sorted(persons)
    for start in range(0, len(asked), AT_ONCE):
        _remake(workspace, asked[start : start + AT_ONCE])


def add_touches(workspace: int, touches: Mapping[int, Collection[Touch]]) -> None:
    """Puts touches that came, by person, into the rows of these persons, of whom nothing else has changed."""
    if not touches:
        return
    news = [
        (person, first.source, first.at, last.source, last.at)
        for person, some in sorted(touches.items())
        for first, last in [(min(some), max(some))]
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ADD_TOUCHES, [workspace, *map(integers, zip(*news, strict=True))])
    wrote("person", workspace, len(news))


def _remake(workspace: int, persons: Sequence[int]) -> None:
    group = members(workspace, persons)
    names, bought, came = _names(workspace, group), _bought(workspace, group), _came(workspace, group)
    made = {
        person: (
            names.get(person, ""),
            literal(search_terms(names[person]), "text") if person in names else None,
            *came.get(person, (None, None, None, None)),
            *bought.get(person, NOTHING),
        )
        for person in sorted({*names, *bought, *came})
    }
    gone = [person for person in persons if person not in made]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(
                "DELETE FROM person WHERE workspace = %s AND number = ANY(%s::int[])", [workspace, integers(gone)]
            )
        if made:
            columns = zip(*made.values(), strict=True)
            literals = [literal(column, kind) for column, kind in zip(columns, _FIELDS.values(), strict=True)]
            cursor.execute(_PUT, [workspace, integers(made), *literals])
    wrote("person", workspace, len(made))


def _came(workspace: int, group: Members) -> dict[int, tuple[int, int, int, int]]:
    """Person → first source and when, last source and when."""
    with connection.cursor() as cursor:
        cursor.execute(_CAME, [integers(group.numbers), integers(group.persons), workspace])
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _names(workspace: int, group: Members) -> dict[int, str]:
    picked = picks_of_persons(workspace, group, NAME_TRAITS)
    names = {
        person: display_name({name: str(value.value) for name, value in values.items()})
        for person, values in picked.items()
    }
    return {person: name for person, name in names.items() if name}


def _bought(workspace: int, group: Members) -> dict[int, Bought]:
    currency = currency_of(workspace)
    person_of = group.person_of
    bought: dict[int, Bought] = {}
    for order in orders.of_identities(workspace, group.numbers):
        person = person_of[order.identity]
        before = bought.get(person, NOTHING)
        ours = order.fact.currency in ("", currency)
        bought[person] = Bought(
            before.orders + is_purchase(order.fact), before.spent + (net(order.fact) if ours else 0)
        )
    return bought
