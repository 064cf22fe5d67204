"""The rules that the search for duplicates is compared with: what one writes in an hour, over the same records."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from bench.public_people import Pair
from lianyi.people.duplicates.schemas import Record

_TEXTS = ("given_name", "surname", "street", "city")
_CODES = ("birth_date", "postcode")


def three_of_six(records: Sequence[Record]) -> set[Pair]:
    """Names, street and suburb alike (Jaro-Winkler 0.85 or more), birth date and postcode equal: three of the six."""
    alike = [f"coalesce(jaro_winkler_similarity(l.{name}, r.{name}) >= 0.85, false)::int" for name in _TEXTS]
    equal = [f"coalesce(l.{name} = r.{name}, false)::int" for name in _CODES]
    return _pairs(records, _TEXTS + _CODES, f"{' + '.join(alike + equal)} >= 3")


def exact_rules(records: Sequence[Record]) -> set[Pair]:
    """One e-mail address, or both names, or a birth date and one of the names."""
    given, surname = "l.given_name = r.given_name", "l.surname = r.surname"
    condition = (
        f"l.email = r.email OR ({given} AND {surname}) OR (l.birth_date = r.birth_date AND ({given} OR {surname}))"
    )
    return _pairs(records, ("email", "surname", "birth_date"), f"coalesce({condition}, false)")


def _pairs(records: Sequence[Record], keys: Sequence[str], condition: str) -> set[Pair]:
    """Of the pairs that have a value of one of `keys` in common, those that `condition` holds for."""
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        con.register("record", pa.Table.from_pylist([record._asdict() for record in records]))
        con.execute("CREATE TABLE person AS SELECT * FROM record")
        shared = " UNION ".join(
            f"SELECT l.id AS a, r.id AS b FROM person l JOIN person r ON l.{key} = r.{key} AND l.id < r.id"
            for key in keys
        )
        query = f"SELECT a, b FROM ({shared}) JOIN person l ON l.id = a JOIN person r ON r.id = b WHERE {condition}"
        return set(con.execute(query).fetchall())
