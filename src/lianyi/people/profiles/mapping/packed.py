"""Rows that the database packs into few values, as arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lianyi.events.log.fetching import fetch
from lianyi.people.profiles.arrays import integers

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.void]

NEVER = -(2**62)  # stands for a moment that is not there

_FROM_TEXT = {"i2": "int2send", "i4": "int4send", "i8": "int8send"}


class Group:
    """Identities and the persons they belong to, place by place."""

    def __init__(self, numbers: Sequence[int] | Ints, persons: Sequence[int] | Ints) -> None:
        self.numbers = np.asarray(numbers, np.int64)
        self.persons = np.asarray(persons, np.int64)

    def given(self) -> list[str]:
        """As the parameters of `MEMBERS`."""
        return [integers(self.numbers), integers(self.persons)]

    def of(self, persons: Ints) -> "Group":
        """Only these persons'."""
        some = np.isin(self.persons, persons)
        return Group(self.numbers[some], self.persons[some])


MEMBERS = "unnest(%s::int[], %s::int[]) AS m (identity, person)"


def packing(fields: Sequence[tuple[str, str]]) -> tuple[str, np.dtype[np.void]]:
    """The expression that packs a row of these (kind, expression), and how what it makes is to be read: fields have the
    names f0, f1, …; `bytes` are sixteen of them.
    """
    said, read = [], []
    for place, (kind, expression) in enumerate(fields):
        if kind == "bytes":
            said.append(f"substr(coalesce({expression}, '') || '\\x{'00' * 16}'::bytea, 1, 16)")
            read += [(f"f{place}", ">u8"), (f"f{place}b", ">u8")]
        else:
            said.append(f"{_FROM_TEXT[kind]}({expression})")
            read.append((f"f{place}", f">{kind}"))
    return " || ".join(said), np.dtype(read)


def unpack(data: bytes | None, row: np.dtype[np.void]) -> Rows:
    """The rows that `string_agg` of such an expression made."""
    return np.frombuffer(data or b"", row)


def ask(query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query, whose bytes come as they are."""
    return fetch(query, parameters)
