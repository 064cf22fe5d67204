"""Who bought on which day and for how much, of everybody at once.

The database judges and packs the rows; who an identity belongs to and what is of one day is worked out in arrays. Most
orders are told in one piece and stand as they are. Only the others are put together, as `facts.merge` does: the
database takes ten times as long for that.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection

from lianyi.foundation.workspaces.queries import zone_of
from lianyi.people.identity import queries as identity
from lianyi.people.profiles.arrays import integers, literal

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_EPOCH = date(1970, 1, 1).toordinal()
_PREFIX = 8  # bytes of an order's id: orders that share them by chance are looked at whole, as are those in parts
_AT_ONCE = 50_000
_ROW = np.dtype([("id", "V8"), ("identity", ">i4"), ("day", ">i4"), ("bought", ">i2"), ("amount", ">f8")])
# An amount that nobody stated, or in another currency, is not a number here. What came to nothing by a refund was no
# purchase.
_PACKED = f"""
    SELECT string_agg(substring(id FROM 1 FOR {_PREFIX}) || int4send(identity)
        || int4send(timezone(%(zone)s, to_timestamp(coalesce(placed_at, first_at) / 1000000.0))::date
            - date '1970-01-01')
        || int2send((placed_at IS NOT NULL AND NOT void AND coalesce(total > 0 AND total + more > 0, true))::int::int2)
        || float8send(CASE WHEN NOT void AND currency IN ('', %(currency)s) AND (total IS NOT NULL OR placed_at IS NULL)
            THEN coalesce(total, 0) + more ELSE 'NaN' END), '')
    FROM one GROUP BY identity >> 17
"""
_ROWS = f"""
    WITH one AS (
        SELECT id, identity, placed_at, first_at, currency, %(net)s AND (cancelled OR refunded_whole) AS void,
            coalesce(stated, CASE WHEN lines > 0 THEN gross END)::float8 AS total,
            CASE WHEN %(net)s THEN adjusted - given_back - refunded ELSE 0 END::float8 AS more
        FROM orders WHERE workspace = %(workspace)s {{some}})
    {_PACKED}
"""
_SOME = "AND id IN (SELECT id FROM orders WHERE workspace = %(workspace)s AND identity = ANY(%(identities)s::int[]))"
_IN_PARTS = f"""
    WITH one AS (
        SELECT id, coalesce((array_agg(identity ORDER BY first_at, identity) FILTER (WHERE identity > 0))[1], 0)
                AS identity,
            min(placed_at) AS placed_at, min(first_at) AS first_at, max(currency) AS currency,
            %(net)s AND bool_or(cancelled OR refunded_whole) AS void,
            coalesce((array_agg(stated ORDER BY stated_at DESC, stated IS NOT NULL DESC, stated DESC)
                FILTER (WHERE stated_at IS NOT NULL))[1],
                CASE WHEN sum(lines) > 0 THEN sum(gross) END)::float8 AS total,
            CASE WHEN %(net)s THEN sum(adjusted) - sum(given_back) - sum(refunded) ELSE 0 END::float8 AS more
        FROM unnest(%(ids)s::bytea[]) AS k (prefix) JOIN orders
        ON workspace = %(workspace)s AND id >= prefix AND id <= prefix || '\\xffffffffffffffff'::bytea GROUP BY id)
    {_PACKED}
"""


class Purchases(NamedTuple):
    """Persons, ascending, the days (since 1970, in the workspace's zone) on which each bought, ascending, and what that
    came to, not a number where nobody said. `given_back` was returned under numbers that are no purchase's.
    """

    persons: Ints
    days: Ints
    amounts: Floats
    given_back: float


def purchases(
    workspace: int, currency: str, until: date, identities: Sequence[int] | None = None, *, net: bool = True
) -> Purchases:
    """What people bought up to the day `until`, that one included; with `identities`, only the orders of which these
    spoke. What was given back of these orders and what was cancelled is taken off, also when that came later; not
    `net`, they are as they were placed. A million orders take seconds.
    """
    asked: dict[str, int | str | bool] = {
        "workspace": workspace,
        "currency": currency,
        "zone": str(zone_of(workspace)),
        "identities": integers(identities or ()),
        "net": net,
    }
    rows = _fetched(_ROWS.format(some="" if identities is None else _SOME), asked)
    ids = rows["id"].view(">u8")
    distinct, place, many = np.unique(ids, return_inverse=True, return_counts=True)
    parts, in_parts = distinct[many > 1], [rows[many[place.reshape(-1)] == 1]]
    for start in range(0, len(parts), _AT_ONCE):
        some = [one.to_bytes(_PREFIX) for one in parts[start : start + _AT_ONCE].tolist()]
        in_parts.append(_fetched(_IN_PARTS, {**asked, "ids": literal(some, "bytea")}))
    whole = np.concatenate(in_parts)
    return _by_person(workspace, whole[whole["day"] <= until.toordinal() - _EPOCH])


def _fetched(query: str, asked: dict[str, int | str | bool]) -> npt.NDArray[np.void]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return np.frombuffer(b"".join(data for (data,) in cursor.fetchall()), _ROW)


def _by_person(workspace: int, rows: npt.NDArray[np.void]) -> Purchases:
    persons = identity.owners(rows["identity"].astype(np.int64), identity.moved_map(workspace))
    days, amounts = rows["day"].astype(np.int64), rows["amount"].astype(np.float64)
    bought, known = (rows["bought"] != 0) & (persons > 0), ~np.isnan(amounts)
    given_back = 0.0 - float(amounts[~bought & known & (persons > 0)].sum())
    return Purchases(*_by_day(persons[bought], days[bought], amounts[bought]), given_back)


def _by_day(persons: Ints, days: Ints, amounts: Floats) -> tuple[Ints, Ints, Floats]:
    order = np.lexsort((days, persons))
    persons, days, amounts = persons[order], days[order], amounts[order]
    if not len(persons):
        return persons, days, amounts
    starts = np.flatnonzero(np.r_[True, (np.diff(persons) != 0) | (np.diff(days) != 0)])
    known = ~np.isnan(amounts)
    sums = np.add.reduceat(np.where(known, amounts, 0.0), starts)
    any_known = np.add.reduceat(known.astype(np.int64), starts) > 0
    return persons[starts], days[starts], np.where(any_known, sums, np.nan)
