"""PostgreSQL arrays of many elements, without psycopg, which looks at each element anew.

As parameters they are text, to be cast in the statement: `%s::int[]`, `%s::bytea[]`. What is asked for comes as
`array_send(array_agg(...))`: one value, where a row for each of a million would take several times as long on its way.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_SENT = np.dtype([("size", ">i4"), ("value", ">i4")])
_SENT_HEAD = 20  # bytes, before the elements


def ints(values: Iterable[int]) -> str:
    """For `int[]` and its kin."""
    return "{" + ",".join(map(str, values)) + "}"


def blobs(values: Iterable[bytes]) -> str:
    """For `bytea[]`."""
    return "{" + ",".join(["\\\\x" + value.hex() for value in values]) + "}"


def pairs(row: Sequence[bytes | None]) -> tuple[Ints, Ints]:
    """The numbers of two of them that belong together, ascending by those of the first."""
    first, second = map(_numbers, row)
    order = np.argsort(first, kind="stable")
    return first[order], second[order]


def _numbers(value: bytes | None) -> Ints:
    if value is None:  # which `array_agg` gives for no rows
        return np.zeros(0, np.int64)
    return np.frombuffer(value, _SENT, offset=_SENT_HEAD)["value"].astype(np.int64)
