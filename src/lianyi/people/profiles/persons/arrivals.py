"""When people were first seen and what they bought, of everybody at once.

A million rows come as one piece of PostgreSQL's binary COPY: as rows of the driver they would cost seconds.
"""

import io

import numpy as np
import numpy.typing as npt
from django.db import connection

Ints = npt.NDArray[np.int64]

_SEEN = np.dtype([("fields", ">i2"), ("size", ">i4"), ("identity", ">i4"), ("size_too", ">i4"), ("at", ">i8")])
_BOUGHT = np.dtype(
    [
        ("fields", ">i2"),
        ("size", ">i4"),
        ("number", ">i4"),
        ("size_too", ">i4"),
        ("orders", ">i4"),
        ("size_of_spent", ">i4"),
        ("spent", ">i8"),
    ]
)


def first_seen_map(workspace: int) -> tuple[Ints, Ints]:
    """Identities, in no order, and the moment (µs) at which each was first seen."""
    rows = _copied("SELECT identity, first_seen_at FROM presence WHERE workspace = %s", workspace, _SEEN)
    return rows["identity"].astype(np.int64), rows["at"].astype(np.int64)


def bought_map(workspace: int) -> tuple[Ints, Ints, Ints]:
    """Persons who bought, in no order, how many orders each placed, and what it spent, in millionths."""
    rows = _copied(
        "SELECT number, orders, (spent * 1000000)::int8 FROM person WHERE workspace = %s AND orders > 0",
        workspace,
        _BOUGHT,
    )
    return rows["number"].astype(np.int64), rows["orders"].astype(np.int64), rows["spent"].astype(np.int64)


def _copied(query: str, workspace: int, row: np.dtype[np.void]) -> npt.NDArray[np.void]:
    data = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", [workspace]) as copy:
        for part in copy:
            data.write(part)
    # 19 bytes of head, rows of fields with their sizes, and two bytes at the end.
    return np.frombuffer(data.getbuffer()[19:-2], row)
