"""PostgreSQL array literals of whole columns, which a statement unnests into rows.

The driver makes such a literal an element at a time, in Python; joining texts is ten times faster, and a batch has a
hundred thousand elements.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt


def literal(values: Iterable[Any], kind: str) -> str:
    """The array `values` of PostgreSQL type `kind`, None being null."""
    text = _TEXTS[kind]
    return "{" + ",".join(["NULL" if value is None else text(value) for value in values]) + "}"


def integers(values: Iterable[int] | npt.NDArray[np.int64]) -> str:
    """An array of integers without nulls."""
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    return "{" + ",".join(map(str, plain)) + "}"


def text_of(value: str) -> str:
    """A text as an element."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unpacked(data: bytes | None) -> npt.NDArray[np.int64]:
    """The integers that `string_agg(int4send(…), '')` packed: a million of them come as one value, where as many rows
    would cost seconds in the driver.
    """
    return np.frombuffer(data or b"", ">i4").astype(np.int64)


def _bytes(value: bytes) -> str:
    return f'"\\\\x{bytes(value).hex()}"'


def _boolean(value: object) -> str:
    return "t" if value else "f"


def _number(value: int | Decimal) -> str:
    return str(value)


_TEXTS: dict[str, Callable[[Any], str]] = {
    "int2": _number,
    "int4": _number,
    "int8": _number,
    "numeric": _number,
    "bool": _boolean,
    "text": text_of,
    "bytea": _bytes,
}
