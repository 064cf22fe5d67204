"""When people were first seen and what they bought, of everybody at once.

The database packs the fields of many rows into one value: a million rows of the driver, or messages of COPY, would
cost seconds, all of them of the thread that also answers pages.
"""

import numpy as np
import numpy.typing as npt
from django.db import connection

Ints = npt.NDArray[np.int64]

_SEEN = np.dtype([("identity", ">i4"), ("at", ">i8")])
_BOUGHT = np.dtype([("number", ">i4"), ("orders", ">i4"), ("spent", ">i8")])


def first_seen_map(workspace: int) -> tuple[Ints, Ints]:
    """Identities, in no order, and the moment (µs) at which each was first seen."""
    rows = _packed(
        """
        SELECT string_agg(int4send(identity) || int8send(first_seen_at), '')
        FROM presence WHERE workspace = %s GROUP BY identity >> 17
        """,
        workspace,
        _SEEN,
    )
    return rows["identity"].astype(np.int64), rows["at"].astype(np.int64)


def bought_map(workspace: int) -> tuple[Ints, Ints, Ints]:
    """Persons who bought, in no order, how many orders each placed, and what it spent, in millionths."""
    rows = _packed(
        """
        SELECT string_agg(int4send(number) || int4send(orders) || int8send((spent * 1000000)::int8), '')
        FROM person WHERE workspace = %s AND orders > 0 GROUP BY number >> 17
        """,
        workspace,
        _BOUGHT,
    )
    return rows["number"].astype(np.int64), rows["orders"].astype(np.int64), rows["spent"].astype(np.int64)


def _packed(query: str, workspace: int, row: np.dtype[np.void]) -> npt.NDArray[np.void]:
    with connection.cursor() as cursor:
        cursor.execute(query, [workspace])
        return np.frombuffer(b"".join(data for (data,) in cursor.fetchall()), row)
