"""PostgreSQL arrays as text, for parameters of many elements: psycopg looks at each element anew, which costs ten times
more. They are to be cast in the statement: `%s::int[]`, `%s::bytea[]`.
"""

from collections.abc import Iterable


def ints(values: Iterable[int]) -> str:
    """For `int[]` and its kin."""
    return "{" + ",".join(map(str, values)) + "}"


def blobs(values: Iterable[bytes]) -> str:
    """For `bytea[]`."""
    return "{" + ",".join(["\\\\x" + value.hex() for value in values]) + "}"
