"""PostgreSQL arrays of many elements, without psycopg, which looks at each element anew.

As parameters they are text, to be cast in the statement: `%s::int[]`, `%s::bytea[]`. What is asked for comes as
`array_send(array_agg(...))`: one value, where a row for each of a million would take several times as long on its way.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

_SENT = np.dtype([("size", ">i4"), ("value", ">i4")])
_SENT_HEAD = 20  # bytes, before the elements


def ints(values: Iterable[int]) -> str:
    """For `int[]` and its kin."""
    return "{" + ",".join(map(str, values)) + "}"


def blobs(values: Iterable[bytes]) -> str:
    """For `bytea[]`."""
    return "{" + ",".join(["\\\\x" + value.hex() for value in values]) + "}"


def sent(value: bytes | None) -> npt.NDArray[np.int64]:
    """The numbers of an `int[]` that came as `array_send`; none of NULL, which `array_agg` gives for no rows."""
    if value is None:
        return np.zeros(0, np.int64)
    return np.frombuffer(value, _SENT, offset=_SENT_HEAD)["value"].astype(np.int64)
